using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>The tests that share one MariaDB server.</summary>
[CollectionDefinition(Name)]
public sealed class MariaDbCollection : ICollectionFixture<MariaDbServer>
{
    internal const string Name = "mariadb";
}
