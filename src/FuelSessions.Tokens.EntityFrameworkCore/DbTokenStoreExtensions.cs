using FuelSessions.EntityFrameworkCore;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.Tokens.EntityFrameworkCore;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens;

/// <summary>Keeps a client's tokens in a relational database.</summary>
/// <remarks>
/// Tokens are encrypted with Data Protection, whose keys all processes must share, and rows are found by a hash that names no user. One process at a time
/// renews a token. Rows whose tokens have ended are removed while others are written, at most once an hour.
/// </remarks>
public static class DbTokenStoreExtensions
{
    // As long as a session's by default.
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Through a context of the client's own. The table is made when it is first used in Development, and in a program without a host; otherwise with
    /// <see cref="TokenSessionsCreationExtensions.EnsureTokenSessionsCreatedAsync(IServiceProvider, CancellationToken)"/>.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <param name="configure">Chooses the EF Core provider: <c>db => db.UseSqlite("Data Source=tokens.db")</c>. A retrying one is fine.</param>
    /// <param name="table">The table's name. Clients may share one.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseDb(this TokenSessionOptions options, Action<DbContextOptionsBuilder> configure, string table = TokensDbContext.DefaultTable)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        return options.UseDb((services, _) => new KeptContexts<TokensDbContext>(
            OwnContextOptions.Create<TokensDbContext>(services, table, (_, builder) => configure(builder)), mayStand: false).Lease);
    }

    /// <summary>
    /// In the app's own database, through instances of its own context that are never the request's: from its
    /// <see cref="IDbContextFactory{TContext}"/> if there is one. Its <c>OnModelCreating</c> calls
    /// <see cref="TokenSessionsModelBuilderExtensions.AddTokenSessions"/>, which also names the table; the app's migrations make it. In Development,
    /// and only if the app has no migrations, it is created when it is first used.
    /// </summary>
    /// <typeparam name="TContext">The app's context, registered by the app.</typeparam>
    /// <param name="options">The client's options.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseDb<TContext>(this TokenSessionOptions options)
        where TContext : DbContext => options.UseDb((services, client) =>
        {
            IServiceScopeFactory scopes = services.GetService<IServiceScopeFactory>()
                ?? throw new InvalidOperationException(
                    $"The tokens of client '{client}' are to be kept through {typeof(TContext).Name}, and there are no services that it could come from. Use UseDb(db => ...).");
            return () => ContextLease.FromServices<TContext>(scopes);
        });

    private static TokenSessionOptions UseDb(this TokenSessionOptions options, Func<IServiceProvider, string, Func<ContextLease>> source)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.UseStore((services, context) =>
        {
            ILogger logger = context.Loggers.CreateLogger("FuelSessions.Tokens");
            var database = new LeasedDatabase(
                source(services, context.Client),
                createOnDemand: services.GetService<IHostEnvironment>()?.IsDevelopment() ?? true,
                TokenTables.All,
                StoreTimeout,
                logger);
            return new DbTokenStore(database, context.Clock, logger);
        });
    }
}
