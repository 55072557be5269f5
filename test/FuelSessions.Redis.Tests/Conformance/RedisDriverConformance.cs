using FuelSessions.Drivers;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Testing;

namespace FuelSessions.Redis.Tests.Conformance;

/// <summary>Redis counts the time to live by its own clock, so time really passes.</summary>
public abstract class RedisDriverConformance : SessionDriverConformance
{
    private Node? _node;

    protected abstract string Redis { get; }

    protected virtual string KeyPrefix => "fuel:session:";

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _node = new Node(Redis, clock, options => options.KeyPrefix = KeyPrefix);
        return ValueTask.FromResult(_node.Driver);
    }

    protected override async ValueTask LetTimePassAsync(TimeSpan duration)
    {
        await Task.Delay(duration + TimeSpan.FromMilliseconds(100));
        await base.LetTimePassAsync(duration);
    }

    public override async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }
}
