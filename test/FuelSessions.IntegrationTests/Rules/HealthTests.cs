using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>The health check tries the real stores, and leaves nothing in them.</summary>
public sealed class HealthTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task A_store_that_works_is_healthy(string name)
    {
        SessionApp app = await StartAsync(await NewStoreAsync(name));
        Assert.Equal("Healthy", await app.NewBrowser().TextAsync("/health"));
    }

    /// <summary>Probes come every few seconds: an operator is told of errors that are none, such as a key that is there already.</summary>
    [Theory, OnServerStores]
    public async Task A_probe_leaves_no_error_in_the_log(string name)
    {
        SessionApp app = await StartAsync(await NewStoreAsync(name));
        app.Logs.Lines.Clear();
        Assert.Equal("Healthy", await app.NewBrowser().TextAsync("/health"));
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task A_store_that_takes_no_writes_is_unhealthy_until_it_does(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp app = await StartAsync(store);
        Assert.Equal("Healthy", await app.NewBrowser().TextAsync("/health"));
        await store.RefuseWritesAsync(true);
        Assert.Equal("Unhealthy", await app.NewBrowser().TextAsync("/health"));
        await store.RefuseWritesAsync(false);
        Assert.Equal("Healthy", await app.NewBrowser().TextAsync("/health"));
    }

    [Fact]
    public async Task A_server_that_is_away_is_unhealthy()
    {
        Store store = await NewStoreAsync("redis");
        SessionApp app = await StartAsync(store);
        Assert.Equal("Healthy", await app.NewBrowser().TextAsync("/health"));
        await store.BreakAsync();
        app.Services.SetStoreTimeout(TimeSpan.FromSeconds(1));
        Assert.Equal("Unhealthy", await app.NewBrowser().TextAsync("/health"));
        Assert.Contains(app.Logs.Lines, line => line.Id == 115);
    }

    private async Task<SessionApp> StartAsync(Store store)
    {
        SessionApp app = await StartAsync(
            store,
            map: app => app.MapHealthChecks("/health"),
            services: services => services.AddHealthChecks().AddFuelSessions(store.Driver));
        app.Services.SetLongStoreTimeout();
        return app;
    }
}
