using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// Waits for another writer of a SQLite file, in place of the provider: that one sleeps on the thread, for as long as the command's timeout, in
/// seconds, and knows nothing of a token. Here the thread is free meanwhile, and the wait ends with the command's timeout or with the token,
/// whichever comes first. Only for commands of FuelSessions'; those of the app on the same context are left alone.
/// </summary>
internal sealed class SqliteWait : DbCommandInterceptor
{
    /// <summary>A command's timeout that is less than any time that has passed: the provider tries once.</summary>
    internal const int Once = -1;

    private const int LongestPause = 25;

    private static readonly AsyncLocal<bool> IsHere = new();

    private SqliteWait()
    {
    }

    internal static SqliteWait Instance { get; } = new();

    /// <summary>From here on, for what the calling asynchronous method does.</summary>
    internal static void BeginHere() => IsHere.Value = true;

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        IsHere.Value && !result.HasResult ? InPlaceAsync(command, static command => command.ExecuteNonQuery(), cancellationToken) : new(result);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        IsHere.Value && !result.HasResult ? InPlaceAsync(command, static command => command.ExecuteReader(), cancellationToken) : new(result);

    /// <summary>Executes a command as soon as the file is free.</summary>
    internal static async ValueTask<T> ExecuteAsync<T>(DbCommand command, Func<DbCommand, T> execute, CancellationToken cancellationToken)
    {
        int seconds = command.CommandTimeout;
        command.CommandTimeout = Once;
        long began = Stopwatch.GetTimestamp();
        DbException? busy = null;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    return execute(command);
                }
                catch (DbException error) when (DbErrors.IsConflict(error) && (seconds == 0 || Stopwatch.GetElapsedTime(began).TotalSeconds < seconds))
                {
                    busy = error;
                }

                await Task.Delay(Patience.PauseAfter(attempt, LongestPause), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException error) when (busy is not null)
        {
            throw new OperationCanceledException(error.Message, busy, cancellationToken);
        }
        finally
        {
            command.CommandTimeout = seconds;
        }
    }

    private static async ValueTask<InterceptionResult<T>> InPlaceAsync<T>(DbCommand command, Func<DbCommand, T> execute, CancellationToken cancellationToken) =>
        InterceptionResult<T>.SuppressWithResult(await ExecuteAsync(command, execute, cancellationToken).ConfigureAwait(false));
}
