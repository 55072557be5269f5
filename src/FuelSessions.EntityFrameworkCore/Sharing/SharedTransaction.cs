using System.Data.Common;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>
/// A transaction on a SQLite file that has it from its beginning on, in which the writes follow each other. Its own commands go past the app's interceptors, as what
/// SQLite does by itself around each statement would.
/// </summary>
internal abstract class SharedTransaction(ContextLease lease) : SharedWork
{
    internal override async Task RunAsync(List<WaitingWrite> writes, CancellationToken cancellationToken)
    {
        foreach (WaitingWrite write in writes)
        {
            await write.RunAsync(lease, cancellationToken).ConfigureAwait(false);
        }

        // Tried once: where readers are in the way, without a write-ahead log, it gives the file free for them.
        MayBeStored = true;
        try
        {
            Commit();
        }
        catch (DbException error) when (DbErrors.IsConflict(error) || DbErrors.IsDiskFull(error))
        {
            // It goes on, and is rolled back: nothing is in doubt.
            MayBeStored = false;
            throw;
        }
    }

    private protected abstract void Commit();
}
