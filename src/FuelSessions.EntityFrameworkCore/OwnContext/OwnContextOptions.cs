using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FuelSessions.EntityFrameworkCore.OwnContext;

/// <summary>The options of a context of FuelSessions' own, on the provider that the app chooses.</summary>
internal static class OwnContextOptions
{
    internal static DbContextOptions<TContext> Create<TContext>(
        IServiceProvider services,
        string table,
        Action<IServiceProvider, DbContextOptionsBuilder> configure)
        where TContext : DbContext, IOwnContext
    {
        var options = new DbContextOptionsBuilder<TContext>();
        options.UseApplicationServiceProvider(services);

        // Before the app's: what its own interceptor sets on a connection stays.
        var plain = new PlainSqliteConnections();
        options.AddInterceptors(plain);
        configure(services, options);

        // After them: what they make of a command is what is executed.
        options.AddInterceptors(plain.BehindTheApps, SqliteWait.Instance);
        options.ReplaceService<IModelCacheKeyFactory, OwnTableModelKey>();
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new OwnTable(table));
        return options.Options;
    }
}
