using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>The tests that share one Redis server.</summary>
[CollectionDefinition(Name)]
public sealed class RedisCollection : ICollectionFixture<RedisServer>
{
    internal const string Name = "redis";
}
