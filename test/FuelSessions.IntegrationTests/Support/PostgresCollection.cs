using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>The tests that share one PostgreSQL server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    internal const string Name = "postgres";
}
