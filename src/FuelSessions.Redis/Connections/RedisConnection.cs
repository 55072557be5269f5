using System.Runtime.CompilerServices;
using FuelSessions.Redis.Scripts;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// The driver's one connection: made in the background when it is first needed, and again if that failed. Once it is made, the
/// client itself reconnects.
/// </summary>
internal sealed class RedisConnection(Func<Task<IConnectionMultiplexer>> connect, int? database, bool isOwn) : IAsyncDisposable
{
    /// <summary>How many calls may be without an answer although nobody waits for one any more.</summary>
    private const int MostAbandoned = 1000;

    private readonly Lock _connecting = new();
    private Task<Connected>? _connection;
    private int _abandoned;

    /// <summary>Sends a command, and again if it met a key that was just moving between the nodes of a cluster.</summary>
    /// <param name="command">Sends it; its last argument is whether a script is to be sent with its text, because the server does not know it.</param>
    /// <param name="decode">Makes the result of the answer.</param>
    /// <exception cref="OperationCanceledException">There was no answer in time. The command may be carried out all the same.</exception>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    internal async ValueTask<TResult> RunAsync<TState, TAnswer, TResult>(
        TState state,
        Func<IDatabase, TState, bool, Task<TAnswer>> command,
        Func<TState, TAnswer, TResult> decode,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool withText = false;
        for (int attempt = 1; ; attempt++)
        {
            Connected connected = await ConnectedAsync(cancellationToken).ConfigureAwait(false);
            RefuseBacklog();
            Task<TAnswer> answer = command(connected.Database, state, withText);
            try
            {
                await answer.WaitAsync(cancellationToken).ConfigureAwait(false);

                if (connected.AnswersInOrder)
                {
                    // Off the thread that hands out answers: an app that blocks in its endpoint must not hold up everybody else's.
                    await Task.Yield();
                }

                return decode(state, answer.Result);
            }
            catch (OperationCanceledException) when (!answer.IsCompleted)
            {
                Abandon(answer);
                throw;
            }
            catch (RedisServerException error) when (!withText && RedisScript.IsUnknown(error))
            {
                withText = true;
            }
            catch (RedisServerException error) when (MovingKeys.MayTryAgain(error, attempt))
            {
                await Task.Delay(MovingKeys.Pause(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<Connected>? connection = _connection;
        if (!isOwn || connection is null)
        {
            return;
        }

        // One that is only being made would otherwise go on trying.
        await connection.ContinueWith(static made => _ = made.Exception, TaskScheduler.Default).ConfigureAwait(false);
        if (connection.IsCompletedSuccessfully)
        {
            (connection.Result.Connection as IDisposable)?.Dispose();
        }
    }

    private ValueTask<Connected> ConnectedAsync(CancellationToken cancellationToken)
    {
        Task<Connected> connection = Connection();
        return connection.IsCompletedSuccessfully ? new(connection.Result) : new(connection.WaitAsync(cancellationToken));
    }

    private Task<Connected> Connection()
    {
        if (Volatile.Read(ref _connection) is { IsFaulted: false, IsCanceled: false } connection)
        {
            return connection;
        }

        lock (_connecting)
        {
            // On another thread: a factory that blocks must not take more of a request than its deadline allows.
            return _connection is { IsFaulted: false, IsCanceled: false } other ? other : _connection = Task.Run(ConnectAsync);
        }
    }

    private async Task<Connected> ConnectAsync()
    {
        IConnectionMultiplexer connection = await connect().ConfigureAwait(false);
        return new Connected(connection, connection.GetDatabase(database ?? -1), AnswerOrder.IsKept(connection));
    }

    private void Abandon(Task answer)
    {
        Interlocked.Increment(ref _abandoned);
        _ = answer.ContinueWith(
            late =>
            {
                _ = late.Exception;
                Interlocked.Decrement(ref _abandoned);
            },
            TaskScheduler.Default);
    }

    // The client would keep what a server that hangs does not answer, without an end.
    private void RefuseBacklog()
    {
        if (Volatile.Read(ref _abandoned) >= MostAbandoned)
        {
            throw new TimeoutException($"Redis has not answered {MostAbandoned} earlier calls; this one was not sent.");
        }
    }

    private sealed record Connected(IConnectionMultiplexer Connection, IDatabase Database, bool AnswersInOrder);
}
