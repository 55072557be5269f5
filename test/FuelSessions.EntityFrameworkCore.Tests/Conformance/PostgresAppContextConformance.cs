using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

/// <summary>The app's own context, from its own factory, with a provider that retries.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresAppContextConformance(PostgresServer server) : TestAppConformance
{
    private protected override async Task<TestApp> AppAsync(TimeProvider clock)
    {
        string database = await server.SharedDatabaseAsync(nameof(PostgresAppContextConformance));
        return await WithShopAsync(clock, options => options.UseNpgsql(database, postgres => postgres.EnableRetryOnFailure()));
    }

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }
}
