using FuelSessions.EntityFrameworkCore.Sqlite;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>
/// One on a connection that stands beside the context's own, so that it is on the file that is there. EF has no part in it: who begins to look at commands meanwhile, and whatever
/// else needs EF, has it undone, and each of its writes is tried by itself.
/// </summary>
internal sealed class StandingTransaction : SharedTransaction
{
    private readonly ContextLease _lease;
    private readonly StandingConnection _standing;

    private StandingTransaction(ContextLease lease, StandingConnection standing)
        : base(lease) => (_lease, _standing) = (lease, standing);

    /// <summary>Waits for other processes, without a thread.</summary>
    /// <returns>Null: there is no such connection, or somebody looks on.</returns>
    internal static async Task<StandingTransaction?> TryBeginAsync(ContextLease lease, DatabasePlace place, CancellationToken cancellationToken)
    {
        if (!lease.IsUnwatched)
        {
            return null;
        }

        Expect(place, lease);
        StandingConnection? standing = await SqliteWait.RunAsync(lease, TryBegin, static lease => lease.CommandTimeout, cancellationToken).ConfigureAwait(false);
        return standing is null ? null : new StandingTransaction(lease, standing);
    }

    internal override Task RunAsync(List<WaitingWrite> writes, CancellationToken cancellationToken) => _standing.IsCurrent
        ? base.RunAsync(writes, cancellationToken)
        : throw new InvalidOperationException("The file was replaced after the transaction had begun, and some of the writes may have come after that.");

    private protected override void Commit() => _standing.Commit();

    public override ValueTask DisposeAsync()
    {
        if (_standing.IsInTransaction)
        {
            // Whatever it was that failed: nobody goes on with it.
            _lease.DropStanding();
        }

        return default;
    }

    // The file may be replaced while it is waited for.
    private static StandingConnection? TryBegin(ContextLease lease)
    {
        StandingConnection? standing = lease.Standing();
        standing?.Begin();
        return standing;
    }
}
