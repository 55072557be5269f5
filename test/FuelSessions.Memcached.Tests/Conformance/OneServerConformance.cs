using FuelSessions.Drivers;
using FuelSessions.Memcached.Items;
using FuelSessions.Memcached.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Memcached.Tests.Conformance;

[Collection(MemcachedCollection.Name)]
public sealed class OneServerConformance(MemcachedProcess server) : SessionDriverConformance
{
    protected override TimeSpan ExpiresTolerance => TimeSpan.FromSeconds(ItemEnd.Grid);

    // Memcached's own limit of 1 MiB counts the whole item.
    protected override int LargestPayload => (1024 * 1024) - 1024;

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) => new(TestDriver.On(server.Address, clock));

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.SignalAsync("STOP");
        return () => server.SignalAsync("CONT");
    }
}
