using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>The tests that share one PostgreSQL server, and one MariaDB server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>, ICollectionFixture<SharedMariaDb>
{
    internal const string Name = "postgres";
}
