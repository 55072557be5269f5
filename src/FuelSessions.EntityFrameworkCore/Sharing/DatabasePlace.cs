using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>Where a context writes to: two that say the same are as good as each other.</summary>
/// <param name="Model">Of the context's tables.</param>
/// <param name="ConnectionString">Of the connection that it opens.</param>
internal sealed record DatabasePlace(IModel Model, string ConnectionString)
{
    /// <returns>
    /// Null if what is written through this context has to be written by itself: on a connection that the app has given, which it may be using
    /// for something else, in a transaction that is not FuelSessions', or past those who look at commands.
    /// </returns>
    internal static async ValueTask<DatabasePlace?> OfAsync(ContextLease lease, CancellationToken cancellationToken)
    {
        if (lease.Facts.HasGivenConnection || lease.IsInTransaction || !(lease.Dialect.IsSqlite || MayBatch(lease)) || lease.Connection.State != ConnectionState.Closed)
        {
            return null;
        }

        if (lease.Facts.LeadsAnywhere)
        {
            await lease.Context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }

        return Of(lease);
    }

    internal static DatabasePlace Of(ContextLease lease) => new(lease.Model, lease.ConnectionString);

    // Who looks at commands is told of each by EF, which knows no batch.
    private static bool MayBatch(ContextLease lease) => lease.IsUnwatched && lease.Connection.CanCreateBatch;
}
