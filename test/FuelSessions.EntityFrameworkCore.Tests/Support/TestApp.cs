using FuelSessions.Drivers;
using FuelSessions.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>An app's services with the db driver among them, in Production unless told otherwise.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    internal TestApp(
        Action<FuelSessionsBuilder> addDriver,
        TimeProvider? clock = null,
        Action<IServiceCollection>? configure = null,
        string environment = "Production")
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock ?? FakeClock.AtPresent());
        services.AddSingleton<IHostEnvironment>(new Environment(environment));
        configure?.Invoke(services);
        addDriver(services.AddFuelSessions());
        Services = services.BuildServiceProvider(validateScopes: true);
    }

    internal ServiceProvider Services { get; }

    internal ISessionDriver Driver => Services.GetRequiredService<DriverRegistry>().Driver("db");

    /// <summary>With a context of the driver's own on a SQLite file.</summary>
    internal static TestApp OnSqlite(
        string connectionString,
        TimeProvider? clock = null,
        Action<IServiceCollection>? configure = null,
        string environment = "Production",
        Action<DbContextOptionsBuilder>? more = null) =>
        new(builder => builder.AddDbDriver(options => More(options.UseSqlite(connectionString), more)), clock, configure, environment);

    /// <summary>With a context of the driver's own on PostgreSQL.</summary>
    internal static TestApp OnPostgres(
        string connectionString,
        TimeProvider? clock = null,
        Action<IServiceCollection>? configure = null,
        string environment = "Production",
        Action<DbContextOptionsBuilder>? more = null) =>
        new(builder => builder.AddDbDriver(options => More(options.UseNpgsql(connectionString), more)), clock, configure, environment);

    /// <summary>With a context of the driver's own on MariaDB.</summary>
    internal static TestApp OnMariaDb(
        string connectionString,
        TimeProvider? clock = null,
        Action<IServiceCollection>? configure = null,
        string environment = "Production",
        Action<DbContextOptionsBuilder>? more = null) =>
        new(builder => builder.AddDbDriver(options => More(options.UseMySQL(connectionString), more)), clock, configure, environment);

    /// <summary>On whichever of the first two a connection string leads to.</summary>
    internal static TestApp On(string connectionString, TimeProvider clock) =>
        connectionString.StartsWith("Host=", StringComparison.Ordinal) ? OnPostgres(connectionString, clock) : OnSqlite(connectionString, clock);

    internal async Task<TestApp> CreatedAsync()
    {
        await Services.EnsureFuelSessionsCreatedAsync();
        return this;
    }

    /// <summary>What the driver does as the app starts.</summary>
    internal Task StartAsync() => Services.GetServices<IHostedService>().OfType<StartUp>().Single().StartAsync(default);

    public ValueTask DisposeAsync() => Services.DisposeAsync();

    private static void More(DbContextOptionsBuilder options, Action<DbContextOptionsBuilder>? more) => more?.Invoke(options);

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
