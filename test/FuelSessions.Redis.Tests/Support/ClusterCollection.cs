using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>The tests that share one Redis Cluster.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<RedisCluster>
{
    internal const string Name = "redis cluster";
}
