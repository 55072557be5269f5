using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>Data Protection keys beside the sessions: what one node protects, another one reads.</summary>
[Collection(PostgresCollection.Name)]
public sealed class KeyRingTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Is_shared_on_sqlite() => await AssertSharedAsync(options => options.UseSqlite(_folder.ConnectionString()));

    [Fact]
    public async Task Is_shared_on_postgres()
    {
        string database = await server.CreateDatabaseAsync();
        await AssertSharedAsync(options => options.UseNpgsql(database, postgres => postgres.EnableRetryOnFailure()));
    }

    [Fact]
    public async Task Is_shared_in_an_apps_own_context()
    {
        static TestApp Node(string connectionString) => new(
            builder => builder.AddDbDriver<ShopContext>().PersistDataProtectionKeys(),
            TimeProvider.System,
            services => services.AddDbContext<ShopContext>(options => options.UseSqlite(connectionString)));
        await AssertSharedAsync(() => Node(_folder.ConnectionString()));
    }

    [Fact]
    public async Task Keeps_any_text()
    {
        await using TestApp app = await TestApp.OnPostgres(await server.CreateDatabaseAsync()).CreatedAsync();
        var keys = ((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys;
        var element = new System.Xml.Linq.XElement("key", new System.Xml.Linq.XAttribute("name", "\U0001F980 <&>"), new string('ü', 100_000));
        keys.StoreElement(element, "the same name");
        keys.StoreElement(element, "the same name");
        keys.StoreElement(element, null!);
        Assert.All(keys.GetAllElements(), stored => Assert.True(System.Xml.Linq.XNode.DeepEquals(element, stored)));
        Assert.Equal(3, keys.GetAllElements().Count);
    }

    public void Dispose() => _folder.Dispose();

    private static Task AssertSharedAsync(Action<DbContextOptionsBuilder> configure) => AssertSharedAsync(() => new TestApp(
        builder => builder.AddDbDriver(configure).PersistDataProtectionKeys(),
        TimeProvider.System));

    private static async Task AssertSharedAsync(Func<TestApp> node)
    {
        await using TestApp first = await node().CreatedAsync();
        string text = Protector(first).Protect("hello");
        Assert.NotEmpty(((IKeepDataProtectionKeys)first.Driver).DataProtectionKeys.GetAllElements());

        await using TestApp second = node();
        Assert.Equal("hello", Protector(second).Unprotect(text));
        Assert.Single(((IKeepDataProtectionKeys)second.Driver).DataProtectionKeys.GetAllElements());
    }

    private static IDataProtector Protector(TestApp app) =>
        app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
}
