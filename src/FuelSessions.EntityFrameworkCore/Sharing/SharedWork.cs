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
        if (lease.Dialect.IsSqlite)
        {
            return await StandingTransaction.TryBeginAsync(lease, place, cancellationToken).ConfigureAwait(false)
                ?? (SharedWork)await ContextTransaction.OpenAsync(lease, place, cancellationToken).ConfigureAwait(false);
        }

        Expect(place, lease);
        if (!lease.IsUnwatched)
        {
            throw new InvalidOperationException("Somebody has begun to look at commands meanwhile, and EF knows no batch to tell of.");
        }

        await lease.Context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return new SharedBatch(lease);
    }

    private protected static void Expect(DatabasePlace place, ContextLease lease)
    {
        if (!place.Equals(DatabasePlace.Of(lease)))
        {
            throw new InvalidOperationException("This context leads to another database than the one before.");
        }
    }

    /// <summary>Runs and commits them. If that fails none of them is answered.</summary>
    internal abstract Task RunAsync(List<WaitingWrite> writes, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
