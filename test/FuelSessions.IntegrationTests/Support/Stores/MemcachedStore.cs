using FuelSessions.Memcached;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A memcached of the test's own, with room for the largest session.</summary>
internal sealed class MemcachedStore(MemcachedProcess server) : Store("memcached", "mid")
{
    private MemcachedProxy? _proxy;

    internal static async Task<MemcachedStore> StartAsync() => new(await MemcachedProcess.StartAsync("-I", "2m"));

    /// <summary>Has the apps that start from now on reach it through something that can refuse writes.</summary>
    internal void PutProxyInFront() => _proxy = new MemcachedProxy(server.Port);

    internal override void AddDriver(FuelSessionsBuilder builder) => builder.AddMemcachedDriver(options =>
    {
        options.Servers.Add(MemcachedServer.Parse(_proxy?.Address ?? server.Address));

        // As StoreTimeout: what has to be answered takes as long as the machine likes.
        options.ConnectTimeout = options.ResponseTimeout = TimeSpan.FromMinutes(1);
    });

    internal override Task RefuseWritesAsync(bool refuse)
    {
        (_proxy ?? throw new InvalidOperationException("Put the proxy in front before the app starts.")).Refuses = refuse;
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await server.DisposeAsync();
    }
}
