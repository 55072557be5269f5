using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Stores.Support;

namespace FuelSessions.Tokens.Tests.Stores;

[Collection(StoresOnRedis.Name)]
public sealed class RedisConformance(RedisServer server) : RedisTokenConformance
{
    protected override IReadOnlyList<RedisServer> Nodes => [server];

    protected override string Configuration => server.Configuration;
}

[Collection(StoresOnCluster.Name)]
public sealed class RedisClusterConformance(RedisCluster cluster) : RedisTokenConformance
{
    protected override IReadOnlyList<RedisServer> Nodes => cluster.Nodes;

    protected override string Configuration => cluster.Configuration;
}

[Collection(StoresOnGarnet.Name)]
public sealed class GarnetConformance(GarnetServer garnet) : RedisTokenConformance
{
    protected override IReadOnlyList<RedisServer> Nodes => [garnet.Server];

    protected override string Configuration => garnet.Server.Configuration;
}

public abstract class RedisTokenConformance : TokenManagerConformance
{
    private readonly string _prefix = $"{Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}:";

    protected abstract IReadOnlyList<RedisServer> Nodes { get; }

    protected abstract string Configuration { get; }

    protected override ValueTask ChooseAsync(TokenSessionOptions options)
    {
        options.UseRedis(Configuration, redis => redis.KeyPrefix = _prefix);
        return default;
    }

    protected override async Task<string?> RawAsync()
    {
        List<object?> found = [];
        foreach (RedisServer node in Nodes)
        {
            foreach (object? key in (object?[])(await node.SendAsync("KEYS", _prefix + "*"))!)
            {
                found.Add(key);
                found.AddRange((object?[])(await node.SendAsync("HGETALL", (string)key!))!);
            }
        }

        return string.Join(' ', found);
    }

    // The server's clock is its own: what ends is ended by hand, and was to end in time.
    protected override async Task PassAsync(TimeSpan time)
    {
        foreach (RedisServer node in Nodes)
        {
            foreach (object? key in (object?[])(await node.SendAsync("KEYS", _prefix + "*:lock"))!)
            {
                Assert.InRange((long)(await node.SendAsync("PTTL", (string)key!))!, 1, (long)time.TotalMilliseconds);
                await node.SendAsync("PEXPIRE", (string)key!, "0");
            }
        }
    }
}
