using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>The tests that share one Garnet server.</summary>
[CollectionDefinition(Name)]
public sealed class GarnetCollection : ICollectionFixture<GarnetServer>
{
    internal const string Name = "garnet";
}
