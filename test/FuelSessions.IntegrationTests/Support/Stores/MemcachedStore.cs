using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A memcached of the test's own, with room for the largest session.</summary>
internal sealed class MemcachedStore(MemcachedProcess server) : Store("memcached", "mid")
{
    internal static async Task<MemcachedStore> StartAsync() => new(await MemcachedProcess.StartAsync("-I", "2m"));

    internal override void AddDriver(FuelSessionsBuilder builder) => builder.AddMemcachedDriver(server.Address);

    public override async ValueTask DisposeAsync() => await server.DisposeAsync();
}
