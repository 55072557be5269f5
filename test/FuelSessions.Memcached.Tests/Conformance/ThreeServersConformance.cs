using FuelSessions.Drivers;
using FuelSessions.Memcached.Items;
using FuelSessions.Memcached.Tests.Support;
using FuelSessions.Testing;

namespace FuelSessions.Memcached.Tests.Conformance;

public sealed class ThreeServersConformance(ThreeServers servers) : SessionDriverConformance, IClassFixture<ThreeServers>
{
    protected override TimeSpan ExpiresTolerance => TimeSpan.FromSeconds(ItemEnd.Grid);

    protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) =>
        new(TestDriver.On(servers.Addresses, clock, options => options.ConnectionsPerServer = 2));
}
