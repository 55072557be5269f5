using FuelSessions.Packages.Tests.Feed;

namespace FuelSessions.Packages.Tests.Apps;

/// <summary>The apps of people who install what we ship. Where a document shows code, that is the code, letter by letter.</summary>
internal static class Catalog
{
    private const string NewestRedisClient = "StackExchange.Redis 3.4.35";
    private static readonly string Npgsql = $"Npgsql.EntityFrameworkCore.PostgreSQL {Repository.Version("Npgsql.EntityFrameworkCore.PostgreSQL")}";
    private static readonly string Design = $"Microsoft.EntityFrameworkCore.Design {Repository.Version("Microsoft.EntityFrameworkCore.Design")}";
    private static readonly string Sqlite = $"Microsoft.EntityFrameworkCore.Sqlite {Repository.Version("Microsoft.EntityFrameworkCore.Sqlite")}";

    internal static readonly ThrowawayApp Readme = new("Readme", Repository.Sample("README.md", "## A 15-line app"), "FuelSessions");

    internal static readonly ThrowawayApp Core = new("Core", Package("FuelSessions"), "FuelSessions");

    internal static readonly ThrowawayApp Dashboard = new("Dashboard", Package("FuelSessions.Dashboard"), "FuelSessions.Dashboard");

    /// <summary>With a Razor page whose form brings a token.</summary>
    internal static readonly ThrowawayApp Forms = new("Forms", Repository.Sample("docs/forms.md"), "FuelSessions")
    {
        Files = new Dictionary<string, string> { ["Pages/Index.cshtml"] = Repository.Block("docs/forms.md", "cshtml") },
    };

    internal static readonly ThrowawayApp Redis = new("RedisAlone", Package("FuelSessions.Redis"), "FuelSessions.Redis");

    internal static readonly ThrowawayApp RedisNewest = new("RedisNewest", Package("FuelSessions.Redis"), "FuelSessions.Redis", NewestRedisClient);

    /// <summary>Beside the framework's own packages for Redis, with a connection for each purpose.</summary>
    internal static readonly ThrowawayApp RedisInCompany = new(
        "RedisInCompany",
        """
        using FuelSessions;
        using Microsoft.AspNetCore.DataProtection;
        using Microsoft.Extensions.Caching.Distributed;
        using StackExchange.Redis;

        var builder = WebApplication.CreateBuilder(args);
        string redis = builder.Configuration.GetConnectionString("redis")!;
        builder.Services.AddKeyedSingleton<IConnectionMultiplexer>("sessions", (_, _) => ConnectionMultiplexer.Connect(redis));
        builder.Services.AddStackExchangeRedisCache(o => o.Configuration = redis);
        builder.Services.AddDataProtection().PersistKeysToStackExchangeRedis(ConnectionMultiplexer.Connect(redis), "company:keys");
        builder.Services.AddFuelSessions(o => o.Driver = "redis").AddRedisDriver(o => o.ServiceKey = "sessions");

        var app = builder.Build();
        app.UseFuelSessions();
        app.MapGet("/", async (Session session, IDistributedCache cache) =>
        {
            int visit = session.Increment("visits") is var visits ? (int)visits : 0;
            await cache.SetStringAsync("last", $"Visit {visit}.");
            return await cache.GetStringAsync("last");
        });
        app.Run();
        """,
        "FuelSessions.Redis",
        "Microsoft.Extensions.Caching.StackExchangeRedis 10.0.15",
        "Microsoft.AspNetCore.DataProtection.StackExchangeRedis 10.0.15");

    internal static readonly ThrowawayApp Db = new("DbSqlite", Package("FuelSessions.EntityFrameworkCore"), "FuelSessions.EntityFrameworkCore", Sqlite);

    /// <summary>With all tables in the app's own context, and EF's tools.</summary>
    internal static readonly ThrowawayApp ShopOnSqlite = Shop("ShopOnSqlite", OwnContext(), Sqlite);

    internal static readonly ThrowawayApp ShopOnPostgres = Shop("ShopOnPostgres", OwnContext().Replace("UseSqlite", "UseNpgsql", StringComparison.Ordinal), Npgsql);

    /// <summary>Compiled only.</summary>
    internal static readonly ThrowawayApp ShopOnSqlServer = Shop(
        "ShopOnSqlServer",
        OwnContext().Replace("UseSqlite", "UseSqlServer", StringComparison.Ordinal),
        $"Microsoft.EntityFrameworkCore.SqlServer {Repository.Version("Microsoft.EntityFrameworkCore.SqlServer")}");

    internal static readonly ThrowawayApp Memcached = new("Memcached", Package("FuelSessions.Memcached"), "FuelSessions.Memcached");

    internal static readonly ThrowawayApp Tokens = new("TokensInFiles", Package("FuelSessions.Tokens"), "FuelSessions.Tokens");

    internal static readonly ThrowawayApp TokensRedis = new("TokensRedis", Package("FuelSessions.Tokens.Redis"), "FuelSessions.Tokens.Redis");

    internal static readonly ThrowawayApp TokensDb = new("TokensDb", Package("FuelSessions.Tokens.EntityFrameworkCore"), "FuelSessions.Tokens.EntityFrameworkCore", Sqlite);

    /// <summary>Compiled only: somebody's own driver with the suite.</summary>
    internal static readonly ThrowawayApp Testing = new("OwnDriver", Package("FuelSessions.Testing"), "FuelSessions.Testing")
    {
        Sdk = "Microsoft.NET.Sdk",
    };

    /// <summary>Compiled only: each public name of ours in a web project, where the SDK imports many namespaces by itself.</summary>
    internal static readonly ThrowawayApp Names = new(
        "Names",
        PublicNames.Code(),
        "FuelSessions.Redis", "FuelSessions.EntityFrameworkCore", "FuelSessions.Memcached", "FuelSessions.Dashboard", "FuelSessions.Tokens", "FuelSessions.Tokens.Redis", "FuelSessions.Tokens.EntityFrameworkCore", "FuelSessions.Testing");

    /// <summary>Published as a native program, by itself.</summary>
    internal static readonly ThrowawayApp Native = new(
        "Native",
        """
        using System.Security.Claims;
        using FuelSessions;
        using Microsoft.AspNetCore.Authentication;

        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services.AddFuelSessions(o => o.RotationTime = TimeSpan.FromMilliseconds(1))
            .AddRedisDriver(builder.Configuration.GetConnectionString("redis") ?? "localhost:6379")
            .AddDashboard();
        builder.Services.AddAuthentication().AddFuelSessions();
        builder.Services.AddAuthorization();
        builder.Services.AddHealthChecks().AddFuelSessions();

        var app = builder.Build();
        app.UseFuelSessions();
        app.MapGet("/", (Session session) => $"{session.Get<int>("visits")}");
        app.MapGet("/visit", (Session session) => $"{session.Increment("visits")}");
        app.MapGet("/sign-in", context => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "ada")], "name"))));
        app.MapHealthChecks("/health");
        app.MapFuelSessionsDashboard().RequireAuthorization();
        app.Run();
        """,
        "FuelSessions.Redis",
        "FuelSessions.Dashboard")
    {
        Properties = "<PublishAot>true</PublishAot><TrimmerSingleWarn>false</TrimmerSingleWarn><InvariantGlobalization>true</InvariantGlobalization>",
    };

    internal static readonly ThrowawayApp[] All =
        [Readme, Core, Dashboard, Forms, Redis, RedisNewest, RedisInCompany, Db, ShopOnSqlite, ShopOnPostgres, ShopOnSqlServer, Memcached, Tokens, TokensRedis, TokensDb, Testing, Names, Native];

    private static ThrowawayApp Shop(string name, string code, string provider) =>
        new(name, code, "FuelSessions.EntityFrameworkCore", "FuelSessions.Tokens.EntityFrameworkCore", provider, Design);

    private static string OwnContext() => Repository.Sample("docs/databases.md", "## In a context of your own");

    private static string Package(string name) => Repository.Sample($"src/{name}/README.md");
}
