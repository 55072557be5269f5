using FuelSessions.Drivers;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Conformance;

[Collection(RedisCollection.Name)]
public sealed class RedisFindingConformance(RedisServer server) : RedisFinding(server.Configuration);

[Collection(GarnetCollection.Name)]
public sealed class GarnetFindingConformance(GarnetServer garnet) : RedisFinding(garnet.Server.Configuration);

/// <summary>Where a principal's set and the records are on different nodes.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterFindingConformance(RedisCluster cluster) : RedisFinding(cluster.Configuration);

public abstract class RedisFinding(string redis) : PrincipalFindingConformance
{
    private Node? _node;

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _node = new Node(redis, clock, _ => { });
        return ValueTask.FromResult(_node.Driver);
    }

    public override async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }
}
