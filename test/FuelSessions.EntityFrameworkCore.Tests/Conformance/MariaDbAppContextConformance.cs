using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

/// <summary>The app's own context, from its own factory, with a provider that retries.</summary>
[Collection(MariaDbCollection.Name)]
public sealed class MariaDbAppContextConformance(MariaDbServer server) : TestAppConformance
{
    private protected override async Task<TestApp> AppAsync(TimeProvider clock)
    {
        string database = await server.SharedDatabaseAsync(nameof(MariaDbAppContextConformance));
        return await WithShopAsync(clock, options => options.UseMySQL(database, mysql => mysql.EnableRetryOnFailure()));
    }

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }
}
