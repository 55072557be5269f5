using System.Data.Common;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
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

    /// <summary>From here on, for what the calling asynchronous method has EF do, if that is on SQLite.</summary>
    internal static void BeginOn(ContextLease lease)
    {
        if (lease.Dialect.IsSqlite)
        {
            IsHere.Value = true;
        }
    }

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
        try
        {
            return await RunAsync((command, execute, seconds), static of => of.execute(of.command), static of => of.seconds, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            command.CommandTimeout = seconds;
        }
    }

    /// <summary>Makes attempts, each of which tries once, until the file is free. It mostly is at the first one, and then nothing is awaited.</summary>
    /// <param name="argument">Of the attempt.</param>
    /// <param name="attempt">Does it, or fails as the file is not free.</param>
    /// <param name="seconds">For how long; 0: until it is cancelled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static ValueTask<T> RunAsync<TArgument, T>(
        TArgument argument, Func<TArgument, T> attempt, Func<TArgument, int> seconds, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long began = Stopwatch.GetTimestamp();
        try
        {
            return new ValueTask<T>(attempt(argument));
        }
        catch (DbException error) when (DbErrors.IsConflict(error))
        {
            return GoOnAsync(argument, attempt, seconds(argument), began, error, cancellationToken);
        }
    }

    private static async ValueTask<T> GoOnAsync<TArgument, T>(
        TArgument argument, Func<TArgument, T> attempt, int seconds, long began, DbException busy, CancellationToken cancellationToken)
    {
        try
        {
            for (int attempts = 1; ; attempts++)
            {
                if (seconds != 0 && Stopwatch.GetElapsedTime(began).TotalSeconds >= seconds)
                {
                    ExceptionDispatchInfo.Throw(busy);
                }

                await Task.Delay(Patience.PauseAfter(attempts, LongestPause), cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    return attempt(argument);
                }
                catch (DbException error) when (DbErrors.IsConflict(error))
                {
                    busy = error;
                }
            }
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException(error.Message, busy, cancellationToken);
        }
    }

    private static async ValueTask<InterceptionResult<T>> InPlaceAsync<T>(DbCommand command, Func<DbCommand, T> execute, CancellationToken cancellationToken) =>
        InterceptionResult<T>.SuppressWithResult(await ExecuteAsync(command, execute, cancellationToken).ConfigureAwait(false));
}
