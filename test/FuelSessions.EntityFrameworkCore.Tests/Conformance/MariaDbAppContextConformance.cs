using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

/// <summary>The app's own context, from its own factory, with a provider that retries.</summary>
[Collection(MariaDbCollection.Name)]
public sealed class MariaDbAppContextConformance(MariaDbServer server) : CollectingDriverConformance
{
    private TestApp? _app;

    protected override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        string database = await server.SharedDatabaseAsync(nameof(MariaDbAppContextConformance));
        _app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            clock,
            services => services.AddPooledDbContextFactory<ShopContext>(
                options => options.UseMySQL(database, mysql => mysql.EnableRetryOnFailure())));
        await using ShopContext shop = _app.Services.GetRequiredService<IDbContextFactory<ShopContext>>().CreateDbContext();
        await shop.Database.EnsureCreatedAsync();
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
