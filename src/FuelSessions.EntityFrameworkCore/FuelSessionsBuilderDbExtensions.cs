using FuelSessions;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the db driver.</summary>
public static class FuelSessionsBuilderDbExtensions
{
    private const string Driver = "db";
    private const string CookieName = "did";

    /// <summary>
    /// Keeps sessions in a relational database, in the table <see cref="FuelSessionsOptions.Table"/>, through a context of the
    /// driver's own. The driver is called <c>db</c>, its cookie <c>did</c>. In Development the table is created
    /// when it is first used; otherwise with
    /// <see cref="FuelSessionsCreationExtensions.EnsureFuelSessionsCreatedAsync(IServiceProvider, CancellationToken)"/>. On SQLite, the connections
    /// that EF makes for it have none of EF's SQL functions (<c>ef_add</c>, <c>regexp</c> and others).
    /// </summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="configure">Chooses the EF Core provider: <c>db => db.UseSqlite("Data Source=sessions.db")</c>. A retrying one is fine.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddDbDriver(this FuelSessionsBuilder builder, Action<DbContextOptionsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddDbDriver((_, options) => configure(options));
    }

    /// <summary>The same, for a provider whose options come from the app's services. Those are the root's: none of them may be scoped.</summary>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <param name="configure">Chooses the EF Core provider.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddDbDriver(this FuelSessionsBuilder builder, Action<IServiceProvider, DbContextOptionsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        // The container's, which ends it with the app.
        builder.Services.Replace(ServiceDescriptor.Singleton(services => new KeptContexts<FuelSessionsDbContext>(
            OwnContextOptions.Create<FuelSessionsDbContext>(services, services.GetRequiredService<IOptionsMonitor<FuelSessionsOptions>>().Get(Driver).Table, configure),
            mayStand: true)));
        return builder.AddDbDriver(services => services.GetRequiredService<KeptContexts<FuelSessionsDbContext>>().Lease);
    }

    /// <summary>
    /// Keeps sessions in the app's own database, through instances of its own context that are never the request's. They
    /// come from its <see cref="IDbContextFactory{TContext}"/> if there is one. Its <c>OnModelCreating</c> calls
    /// <see cref="FuelSessionsModelBuilderExtensions.AddFuelSessions"/>, which also names the table; the app's migrations make it. In
    /// Development, and only if the app has no migrations, it is created when it is first used.
    /// </summary>
    /// <typeparam name="TContext">The app's context, registered by the app.</typeparam>
    /// <param name="builder">The builder that <c>AddFuelSessions</c> returned.</param>
    /// <returns>The same builder.</returns>
    public static FuelSessionsBuilder AddDbDriver<TContext>(this FuelSessionsBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.ConfigureDbContext<TContext>(options => options.AddInterceptors(SqliteWait.Instance));
        return builder.AddDbDriver(services =>
        {
            IServiceScopeFactory scopes = services.GetRequiredService<IServiceScopeFactory>();
            return () => ContextLease.FromServices<TContext>(scopes);
        });
    }

    private static FuelSessionsBuilder AddDbDriver(this FuelSessionsBuilder builder, Func<IServiceProvider, Func<ContextLease>> source)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(services => new LeasedDatabase(
            source(services),
            createOnDemand: services.GetService<IHostEnvironment>()?.IsDevelopment() ?? false,
            SessionTables.All,
            services.GetRequiredService<IOptionsMonitor<FuelSessionsOptions>>().Get(Driver).StoreTimeout,
            services.GetService<ILogger<DbSessionDriver>>() ?? (ILogger)NullLogger.Instance)));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartUp>());
        return builder.AddDriver(Driver, CookieName, Create);
    }

    private static ISessionDriver Create(IServiceProvider services) => new DbSessionDriver(
        services.GetRequiredService<LeasedDatabase>(),
        services.GetService<TimeProvider>() ?? TimeProvider.System);
}
