namespace FuelSessions.Demo.Tests.Support;

[CollectionDefinition(Name)]
public sealed class DemosCollection : ICollectionFixture<Demos>
{
    internal const string Name = "Demos";
}
