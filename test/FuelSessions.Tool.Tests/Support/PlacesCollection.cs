namespace FuelSessions.Tool.Tests.Support;

/// <summary>All tests share the servers: to start them takes longer than the tests.</summary>
[CollectionDefinition(Name)]
public sealed class PlacesCollection : ICollectionFixture<Places>
{
    internal const string Name = "places";
}
