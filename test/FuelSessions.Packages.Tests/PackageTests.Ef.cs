using FuelSessions.Packages.Tests.Apps;
using FuelSessions.Packages.Tests.Feed;

namespace FuelSessions.Packages.Tests;

// What EF's command line makes of an app whose own context has our tables: migrations, a database from them, and a compiled model.
public sealed partial class PackageTests
{
    [Fact]
    public Task EF_s_tools_work_on_SQLite() => MigratesAndCompilesAsync(Catalog.ShopOnSqlite, $"Data Source={_home}/shop.db");

    [Fact]
    public async Task EF_s_tools_work_on_PostgreSQL() => await MigratesAndCompilesAsync(Catalog.ShopOnPostgres, await postgres.CreateDatabaseAsync());

    private async Task MigratesAndCompilesAsync(ThrowawayApp app, string database)
    {
        string setting = $"--ConnectionStrings:shop={database}";
        await feed.EfAsync(app, "migrations", "add", "Begin");
        await feed.EfAsync(app, "dbcontext", "optimize");
        await feed.BuildAsync(app);
        await feed.EfAsync(app, "migrations", "has-pending-model-changes");
        await feed.EfAsync(app, "database", "update", "--", setting);

        await using TokenProvider provider = await TokenProvider.StartAsync();
        string[] settings = [setting, .. provider.Settings];
        string cookie;
        await using (RunningApp first = await StartAsync(app, settings))
        {
            Assert.Equal("ShopModel", await first.GetAsync("/model"));
            Assert.Equal("Visit 1.", await first.GetAsync());
            Assert.Equal("Visit 2.", await first.GetAsync());
            (await first.PostAsync("/sign-in")).EnsureSuccessStatusCode();
            Assert.Equal("ada", await first.GetAsync("/me"));
            cookie = first.Cookies;
        }

        // With the same key ring and the same tokens.
        await using RunningApp second = await StartAsync(app, settings);
        Assert.Equal("Visit 3.", await second.GetAsync("/", cookie));
        Assert.Equal("ada", await second.GetAsync("/me"));
        Assert.Equal(1, provider.SignIns);
    }
}
