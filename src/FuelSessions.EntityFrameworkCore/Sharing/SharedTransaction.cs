using System.Data;
using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>
/// A transaction on a SQLite file that has it from its beginning on, in which the writes follow each other. Its own commands go past the app's interceptors, as what
/// SQLite does by itself around each statement would.
/// </summary>
internal sealed class SharedTransaction : SharedWork
{
    private readonly ContextLease _lease;
    private readonly bool _isPastEf;
    private bool _isOpen = true;

    private SharedTransaction(ContextLease lease, bool isPastEf) => (_lease, _isPastEf) = (lease, isPastEf);

    /// <summary>Waits for other processes, without a thread.</summary>
    internal static async Task<SharedTransaction> OpenAsync(ContextLease lease, DatabasePlace place, CancellationToken cancellationToken)
    {
        // Where nobody is told: a context that EF has opened for is not kept, with all that it has at hand.
        bool isPastEf = lease.IsUnwatched && lease.Connection.State == ConnectionState.Closed;
        try
        {
            await (isPastEf ? lease.Connection.OpenAsync(cancellationToken) : lease.Context.Database.OpenConnectionAsync(cancellationToken)).ConfigureAwait(false);

            // An interceptor of the app's may choose the file as it is opened.
            Expect(place, lease);
            return await BeginAsync(lease, isPastEf, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await CloseAsync(lease, isPastEf).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<SharedTransaction> BeginAsync(ContextLease lease, bool isPastEf, CancellationToken cancellationToken)
    {
        DbCommand begin = Command(lease, "BEGIN IMMEDIATE");
        await using (begin.ConfigureAwait(false))
        {
            await SqliteWait.ExecuteAsync(begin, static command => command.ExecuteNonQuery(), cancellationToken).ConfigureAwait(false);
        }

        lease.Prepared = [];
        return new SharedTransaction(lease, isPastEf);
    }

    internal override async Task RunAsync(List<WaitingWrite> writes, CancellationToken cancellationToken)
    {
        foreach (WaitingWrite write in writes)
        {
            await write.RunAsync(_lease, cancellationToken).ConfigureAwait(false);
        }

        // Tried once: where readers are in the way, without a write-ahead log, it gives the file free for them.
        MayBeStored = true;
        try
        {
            Execute("COMMIT");
        }
        catch (DbException error) when (DbErrors.IsConflict(error))
        {
            // It goes on, and is rolled back: nothing is in doubt.
            MayBeStored = false;
            throw;
        }

        _isOpen = false;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_isOpen)
            {
                Execute("ROLLBACK");
            }
        }
        catch (DbException)
        {
            // There is none any more: SQLite, or a trigger, has rolled it back itself.
        }
        finally
        {
            _lease.Prepared = null;
            await CloseAsync(_lease, _isPastEf).ConfigureAwait(false);
        }
    }

    private static Task CloseAsync(ContextLease lease, bool isPastEf) => isPastEf ? lease.Connection.CloseAsync() : lease.Context.Database.CloseConnectionAsync();

    private static DbCommand Command(ContextLease lease, string text)
    {
        DbCommand command = lease.Connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = lease.CommandTimeout;
        return command;
    }

    private void Execute(string text)
    {
        using DbCommand command = Command(_lease, text);
        command.CommandTimeout = SqliteWait.Once;
        command.ExecuteNonQuery();
    }
}
