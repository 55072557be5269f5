namespace FuelSessions.Demo.Tests.Support;

[CollectionDefinition(Name)]
public sealed class DemosCollection : ICollectionFixture<Demos>, ICollectionFixture<Chromium>
{
    internal const string Name = "Demos";
}
