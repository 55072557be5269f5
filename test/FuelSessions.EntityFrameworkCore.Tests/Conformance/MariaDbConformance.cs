using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

[Collection(MariaDbCollection.Name)]
public sealed class MariaDbConformance(MariaDbServer server) : TestAppConformance
{
    private protected override async Task<TestApp> AppAsync(TimeProvider clock) =>
        await TestApp.OnMariaDb(await server.SharedDatabaseAsync(nameof(MariaDbConformance)), clock).CreatedAsync();

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }
}
