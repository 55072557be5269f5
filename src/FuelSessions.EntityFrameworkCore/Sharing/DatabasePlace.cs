using System.Data;
using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Providers;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Statements;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>Where a context writes to: two that say the same are as good as each other.</summary>
/// <param name="Model">Of the context's tables.</param>
/// <param name="ConnectionString">Of the connection that it opens, as the app's interceptors left it.</param>
internal sealed record DatabasePlace(IModel Model, string ConnectionString)
{
    /// <returns>
    /// Null if what is written through this context has to be written by itself: on a connection that the app has given, which it may be using
    /// for something else, in a transaction that is not FuelSessions', or past those who look at commands.
    /// </returns>
    internal static async ValueTask<DatabasePlace?> OfAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (IsGivenConnection(context) || context.Database.CurrentTransaction is not null || !(Dialect.Of(context).IsSqlite || MayBatch(context)))
        {
            return null;
        }

        DbConnection connection = context.Database.GetDbConnection();
        if (connection.State != ConnectionState.Closed)
        {
            return null;
        }

        if (MayLeadElsewhere(context))
        {
            await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }

        return Of(context);
    }

    internal static DatabasePlace Of(DbContext context) => new(context.Model, context.Database.GetDbConnection().ConnectionString);

    // Who looks at commands is told of each by EF, which knows no batch.
    private static bool MayBatch(DbContext context) => Onlookers.AreAbsent(context) && context.Database.GetDbConnection().CanCreateBatch;

    private static bool IsGivenConnection(DbContext context) =>
        context.GetService<IDbContextOptions>().Extensions.OfType<RelationalOptionsExtension>().Any(options => options.Connection is not null);

    // An interceptor of the app's may choose the file as a connection is opened: another one for each tenant, for instance.
    private static bool MayLeadElsewhere(DbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?.Any(interceptor =>
            interceptor is IDbConnectionInterceptor && !PlainSqliteConnections.IsOne(interceptor)) == true;
}
