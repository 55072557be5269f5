using System.Data;
using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Statements;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>One on the context's own connection, where statements may go through EF.</summary>
internal sealed class ContextTransaction : SharedTransaction
{
    private readonly ContextLease _lease;
    private readonly bool _isPastEf;
    private bool _isOpen = true;

    private ContextTransaction(ContextLease lease, bool isPastEf)
        : base(lease) => (_lease, _isPastEf) = (lease, isPastEf);

    /// <summary>Waits for other processes, without a thread.</summary>
    internal static async Task<ContextTransaction> OpenAsync(ContextLease lease, DatabasePlace place, CancellationToken cancellationToken)
    {
        // Where nobody is told: a context that EF has opened for is not kept, with all that it has at hand.
        bool isPastEf = lease.IsUnwatched && lease.Connection.State == ConnectionState.Closed;
        try
        {
            await (isPastEf ? OpenPastEfAsync(lease, cancellationToken) : lease.Context.Database.OpenConnectionAsync(cancellationToken)).ConfigureAwait(false);

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

    private static async Task<ContextTransaction> BeginAsync(ContextLease lease, bool isPastEf, CancellationToken cancellationToken)
    {
        DbCommand begin = Command(lease, "BEGIN IMMEDIATE");
        await using (begin.ConfigureAwait(false))
        {
            await SqliteWait.ExecuteAsync(begin, static command => command.ExecuteNonQuery(), cancellationToken).ConfigureAwait(false);
        }

        lease.Prepared = new PreparedCommands(lease.Connection);
        return new ContextTransaction(lease, isPastEf);
    }

    private protected override void Commit()
    {
        Execute("COMMIT");
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
            _lease.Prepared?.Dispose();
            _lease.Prepared = null;
            await CloseAsync(_lease, _isPastEf).ConfigureAwait(false);
        }
    }

    private static Task OpenPastEfAsync(ContextLease lease, CancellationToken cancellationToken)
    {
        lease.Facts.File?.Renew(lease.Connection);
        return lease.Connection.OpenAsync(cancellationToken);
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
