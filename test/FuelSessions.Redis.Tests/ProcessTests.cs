using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests;

/// <summary>[W2] [W3] Several processes that write the same session as fast as they can.</summary>
public abstract class ProcessTests
{
    private const int Increments = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    protected abstract string Redis { get; }

    [Fact]
    public async Task Increments_of_three_processes_add_up()
    {
        await using var node = new Node(Redis);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        using Process first = ChildProcess.Start(ChildProcess.Increment, Redis, record.Key.ToHex(), $"{Increments}");
        using Process second = ChildProcess.Start(ChildProcess.Increment, Redis, record.Key.ToHex(), $"{Increments}");
        await node.Driver.IncrementAsync(record.Key, Increments).WaitAsync(Longest);
        Assert.Equal(0, await ExitCodeAsync(first));
        Assert.Equal(0, await ExitCodeAsync(second));

        SessionRecord end = (await node.Driver.ReadAsync(record.Key, default))!;
        Assert.Equal(3 * Increments, end.Number());
        Assert.Equal(1 + (3 * Increments), end.Version);
    }

    private static async Task<int> ExitCodeAsync(Process process)
    {
        using var longest = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(longest.Token);
            return process.ExitCode;
        }
        finally
        {
            process.Kill();
        }
    }

    [Collection(RedisCollection.Name)]
    public sealed class OnOneServer(RedisServer server) : ProcessTests
    {
        protected override string Redis => server.Configuration;
    }

    // Several connections: without its transaction mode, Garnet's scripts are not atomic.
    [Collection(GarnetCollection.Name)]
    public sealed class OnGarnet(GarnetServer garnet) : ProcessTests
    {
        protected override string Redis => garnet.Server.Configuration;
    }

    [Collection(ClusterCollection.Name)]
    public sealed class OnCluster(RedisCluster cluster) : ProcessTests
    {
        protected override string Redis => cluster.Configuration;
    }
}
