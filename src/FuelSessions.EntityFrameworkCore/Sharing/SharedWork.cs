using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>Writes of several requests in one commit, in the way that suits the database.</summary>
internal abstract class SharedWork : IAsyncDisposable
{
    /// <summary>Whether they may be stored though running them has failed.</summary>
    internal bool MayBeStored { get; private protected set; }

    /// <exception cref="InvalidOperationException">The context does not lead there, or is looked at.</exception>
    internal static async Task<SharedWork> BeginAsync(ContextLease lease, DatabasePlace place, CancellationToken cancellationToken)
    {
        // An interceptor of the app's may choose the file of SQLite as it is opened.
        bool isSqlite = lease.Dialect.IsSqlite;
        if (isSqlite)
        {
            await lease.Context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!place.Equals(DatabasePlace.Of(lease)))
        {
            throw new InvalidOperationException("This context leads to another database than the one before.");
        }

        if (isSqlite)
        {
            return await SharedTransaction.BeginAsync(lease, cancellationToken).ConfigureAwait(false);
        }

        if (!lease.IsUnwatched)
        {
            throw new InvalidOperationException("Somebody has begun to look at commands meanwhile, and EF knows no batch to tell of.");
        }

        await lease.Context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return new SharedBatch(lease);
    }

    /// <summary>Runs and commits them. If that fails none of them is answered.</summary>
    internal abstract Task RunAsync(List<WaitingWrite> writes, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
