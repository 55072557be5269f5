using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Conformance;

/// <summary>The same promises while the slots of the keys in use move between the nodes: of a cluster of its own, so that nobody waits for it.</summary>
public sealed class MovingClusterConformance(RedisCluster cluster) : RedisDriverConformance, IClassFixture<RedisCluster>
{
    private readonly string _prefix = $"moving:{SessionKey.Create().ToHex()}:";
    private MovingSlots? _slots;

    protected override string Redis => cluster.Configuration;

    protected override string KeyPrefix => _prefix;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _slots = new MovingSlots(cluster, _prefix);
    }

    public override async Task DisposeAsync()
    {
        if (_slots is not null)
        {
            await _slots.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    [Fact]
    public async Task Increments_are_exact_while_their_slot_moves()
    {
        const int Moves = 30;
        SessionRecord start = Sample.New();
        Assert.True((await Driver.WriteAsync(start, default)).IsWritten);
        int[] done = new int[8];
        Task[] writers = [.. done.Select((_, writer) => Task.Run(() => CountAsync(writer)))];
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromMinutes(2));

        SessionRecord end = (await Driver.ReadAsync(start.Key, default))!;
        Assert.Equal(done.Sum(), end.Number());
        Assert.Equal(1 + done.Sum(), end.Version);

        // Until the slot was with each node ten times, however fast this machine is.
        async Task CountAsync(int writer)
        {
            while (_slots!.Moves < Moves)
            {
                await Driver.IncrementAsync(start.Key, 1);
                done[writer]++;
            }
        }
    }
}
