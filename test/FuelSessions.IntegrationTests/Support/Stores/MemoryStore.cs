using FuelSessions.Drivers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>One memory for all apps of a test.</summary>
internal sealed class MemoryStore() : Store("memory", "xid")
{
    private MemorySessionDriver? _memory;

    internal override void AddDriver(FuelSessionsBuilder builder) => builder.AddDriver(
        Driver, CookieName, services => _memory ??= new MemorySessionDriver(services.GetRequiredService<TimeProvider>(), 100_000));
}
