using FuelSessions.Tests.Servers;

namespace FuelSessions.Tokens.Tests.Stores.Support;

[CollectionDefinition(Name)]
public sealed class StoresOnPostgres : ICollectionFixture<PostgresServer>
{
    public const string Name = "stores on PostgreSQL";
}

[CollectionDefinition(Name)]
public sealed class StoresOnMariaDb : ICollectionFixture<MariaDbServer>
{
    public const string Name = "stores on MariaDB";
}

[CollectionDefinition(Name)]
public sealed class StoresOnRedis : ICollectionFixture<RedisServer>
{
    public const string Name = "stores on Redis";
}

[CollectionDefinition(Name)]
public sealed class StoresOnGarnet : ICollectionFixture<GarnetServer>
{
    public const string Name = "stores on Garnet";
}

[CollectionDefinition(Name)]
public sealed class StoresOnCluster : ICollectionFixture<RedisCluster>
{
    public const string Name = "stores on a Redis cluster";
}
