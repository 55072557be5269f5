using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Conformance;

[Collection(ClusterCollection.Name)]
public sealed class ClusterConformance(RedisCluster cluster) : RedisDriverConformance
{
    protected override string Redis => cluster.Configuration;
}
