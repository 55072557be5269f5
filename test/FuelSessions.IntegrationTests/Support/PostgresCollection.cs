using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>The tests that share servers of PostgreSQL and MariaDB, in <see cref="Shards"/>.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>, ICollectionFixture<SharedMariaDb>
{
    internal const string Name = "postgres";
}
