using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests.Conformance;

/// <summary>The driver of an app that is made for each test.</summary>
public abstract class TestAppConformance : CollectingDriverConformance
{
    private TestApp? _app;

    public override async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    protected sealed override async ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock)
    {
        _app = await AppAsync(clock);
        return _app.Driver;
    }

    /// <summary>With its tables.</summary>
    private protected abstract Task<TestApp> AppAsync(TimeProvider clock);

    /// <summary>The app's own context, from its own factory.</summary>
    private protected static async Task<TestApp> WithShopAsync(TimeProvider clock, Action<DbContextOptionsBuilder> use)
    {
        var app = new TestApp(builder => builder.AddDbDriver<ShopContext>(), clock, services => services.AddPooledDbContextFactory<ShopContext>(use));
        await using ShopContext shop = app.Services.GetRequiredService<IDbContextFactory<ShopContext>>().CreateDbContext();
        await shop.Database.EnsureCreatedAsync();
        return app;
    }
}
