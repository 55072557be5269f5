using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// A transaction on a context's connection that has the file from its beginning on. Its own commands go past the app's interceptors, as what
/// SQLite does by itself around each statement would.
/// </summary>
internal sealed class SharedTransaction : IAsyncDisposable
{
    private readonly DbContext _context;
    private bool _isOpen = true;

    private SharedTransaction(DbContext context) => _context = context;

    /// <summary>Waits for other processes, without a thread.</summary>
    /// <exception cref="InvalidOperationException">The context does not lead there.</exception>
    internal static async Task<SharedTransaction> BeginAsync(DbContext context, DatabasePlace place, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (!place.Equals(DatabasePlace.Of(context)))
        {
            throw new InvalidOperationException("This context leads to another database than the one before.");
        }

        DbCommand begin = Command(context, "BEGIN IMMEDIATE");
        await using (begin.ConfigureAwait(false))
        {
            await SqliteWait.ExecuteAsync(begin, static command => command.ExecuteNonQuery(), cancellationToken).ConfigureAwait(false);
        }

        PlainCommands.KeepPrepared(context);
        return new SharedTransaction(context);
    }

    /// <summary>Tried once: where readers are in the way, without a write-ahead log, it gives the file free for them.</summary>
    internal void Commit()
    {
        Execute("COMMIT");
        _isOpen = false;
    }

    public async ValueTask DisposeAsync()
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
            PlainCommands.LetGo(_context);
            await _context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    private static DbCommand Command(DbContext context, string text)
    {
        DbCommand command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = context.Database.GetCommandTimeout() ?? command.CommandTimeout;
        return command;
    }

    private void Execute(string text)
    {
        using DbCommand command = Command(_context, text);
        command.CommandTimeout = SqliteWait.Once;
        command.ExecuteNonQuery();
    }
}
