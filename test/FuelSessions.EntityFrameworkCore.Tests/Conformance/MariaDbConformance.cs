using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

[Collection(MariaDbCollection.Name)]
public sealed class MariaDbConformance(MariaDbServer server) : CollectingDriverConformance
{
    private TestApp? _app;

    protected override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _app = await TestApp.OnMariaDb(await server.SharedDatabaseAsync(nameof(MariaDbConformance)), clock).CreatedAsync();
        return _app.Driver;
    }

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }

    public override async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
