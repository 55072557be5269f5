using FuelSessions.Tests.Servers;

namespace FuelSessions.Memcached.Tests.Support;

/// <summary>Three servers that take items of up to 2 MB.</summary>
public sealed class ThreeServers : IAsyncLifetime
{
    private readonly MemcachedProcess[] _servers = [.. Enumerable.Range(0, 3).Select(_ => new MemcachedProcess("-I", "2m"))];

    internal IEnumerable<string> Addresses => _servers.Select(server => server.Address);

    public Task InitializeAsync() => Task.WhenAll(_servers.Select(server => server.InitializeAsync()));

    public Task DisposeAsync() => Task.WhenAll(_servers.Select(server => server.DisposeAsync()));
}
