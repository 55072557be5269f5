using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

[Collection(PostgresCollection.Name)]
public sealed class PostgresConformance(PostgresServer server) : TestAppConformance
{
    private protected override async Task<TestApp> AppAsync(TimeProvider clock) =>
        await TestApp.OnPostgres(await server.SharedDatabaseAsync(nameof(PostgresConformance)), clock).CreatedAsync();

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }
}
