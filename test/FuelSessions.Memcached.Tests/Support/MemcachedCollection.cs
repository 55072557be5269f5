using FuelSessions.Tests.Servers;

namespace FuelSessions.Memcached.Tests.Support;

/// <summary>The tests that share one memcached.</summary>
[CollectionDefinition(Name)]
public sealed class MemcachedCollection : ICollectionFixture<MemcachedProcess>
{
    internal const string Name = "memcached";
}
