using System.Runtime.CompilerServices;
using FuelSessions.Redis.Scripts;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>
/// The driver's one connection: made in the background when it is first needed, and again if that failed. Once it is made, the
/// client itself reconnects.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly Func<ConnectionReports, Task<IConnectionMultiplexer>> _connect;
    private readonly int? _database;
    private readonly bool _isOwn;
    private readonly ConnectionReports _reports = new();
    private readonly CallsUnderWay _calls;
    private readonly Lock _connecting = new();
    private Task<Connected>? _connection;
    private int _looking;

    /// <param name="connect">Makes it, or finds the app's; what it reports before it is made goes to the reports.</param>
    /// <param name="database">The database's number; null: the connection's own.</param>
    /// <param name="isOwn">Whether it is closed with the driver.</param>
    internal RedisConnection(Func<ConnectionReports, Task<IConnectionMultiplexer>> connect, int? database, bool isOwn)
    {
        _connect = connect;
        _database = database;
        _isOwn = isOwn;
        _calls = new CallsUnderWay(_reports);
    }

    /// <summary>Sends a command, and again if it met a key that was just moving between the nodes of a cluster.</summary>
    /// <param name="command">Sends it; its last argument is whether a script is to be sent with its text, because the server does not know it.</param>
    /// <param name="decode">Makes the result of the answer.</param>
    /// <exception cref="OperationCanceledException">
    /// There was no answer in time. The command may be carried out all the same. What the connection last reported is the inner exception.
    /// </exception>
    /// <exception cref="RedisException">It failed. Like all that is thrown here it says what went wrong and names no key.</exception>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    internal async ValueTask<TResult> RunAsync<TState, TAnswer, TResult>(
        TState state,
        Func<IDatabase, TState, bool, Task<TAnswer>> command,
        Func<TState, TAnswer, TResult> decode,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool withText = false;
        TimeSpan pause = TimeSpan.Zero;
        long failed = 0;
        for (int attempt = 1; ; attempt++)
        {
            bool isCalled = false;
            try
            {
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
                }

                Connected connected = await ConnectedAsync(cancellationToken).ConfigureAwait(false);
                _calls.RefuseBacklog();
                isCalled = true;
                return decode(state, await PooledCall<TState, TAnswer>.RunAsync(_calls, connected.Database, command, state, withText, cancellationToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException error) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("Redis did not answer in time.", Reason(error), cancellationToken);
            }
            catch (RedisServerException error) when (!withText && RedisScript.IsUnknown(error))
            {
                withText = true;
            }
            catch (Exception error) when (isCalled && MovingKeys.MayTryAgain(error, attempt, ref failed))
            {
                pause = MovingKeys.Pause(attempt);
            }
            catch (Exception error) when (isCalled && RedisFailure.IsOfClient(error))
            {
                if (RedisFailure.IsOfNoMaster(error))
                {
                    LookForMaster();
                }

                throw RedisFailure.WithoutKey(error, _reports.Last);
            }
        }
    }

    /// <summary>Returns once there is a connection to send something on.</summary>
    internal ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        _calls.RefuseBacklog();
        Task<Connected> connection = Connection();
        return connection.IsCompletedSuccessfully ? default : new(connection.WaitAsync(cancellationToken));
    }

    /// <summary>For who is about to block a thread: it may be the one that the calls in line wait for, his own among them.</summary>
    internal void SendThoseInLine() => _calls.SendThoseInLine();

    public async ValueTask DisposeAsync()
    {
        Task<Connected>? connection = _connection;
        if (!_isOwn || connection is null)
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
            return _connection is { IsFaulted: false, IsCanceled: false } other ? other : _connection = LeftAlone.Begin(ConnectAsync);
        }
    }

    private async Task<Connected> ConnectAsync()
    {
        IConnectionMultiplexer connection = await _connect(_reports).ConfigureAwait(false);
        _reports.Hear(connection);
        return new Connected(connection, connection.GetDatabase(_database ?? -1));
    }

    // By itself the client looks once a minute (configCheckSeconds) which of its servers is the master, and goes on sending writes to one that is none any more.
    // Of a single one nothing is to be learned; it is read from as long as it is taken for the master.
    private void LookForMaster()
    {
        if (Volatile.Read(ref _connection) is { IsCompletedSuccessfully: true } made && made.Result.Connection.GetEndPoints().Length > 1
            && Interlocked.CompareExchange(ref _looking, 1, 0) == 0)
        {
            LeftAlone.Begin(() => LookForMasterAsync(made.Result.Connection));
        }
    }

    private async Task<bool> LookForMasterAsync(IConnectionMultiplexer connection)
    {
        try
        {
            bool found = await connection.ConfigureAsync().ConfigureAwait(false);
            await Task.Delay(BetweenLooks).ConfigureAwait(false);
            return found;
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    // Null while the connection is being made and has not failed yet.
    private Exception? Reason(OperationCanceledException ended)
    {
        if ((_reports.Last ?? ended.InnerException) is { } known)
        {
            return known;
        }

        return Volatile.Read(ref _connection) is not { IsCompletedSuccessfully: true } made ? null
            : made.Result.Connection.IsConnected ? RedisFailure.Timeout("The connection is there, but the server does not answer.", CommandStatus.Sent)
            : RedisFailure.Connection(ConnectionFailureType.UnableToConnect, "There is no connection to any of its servers.");
    }

    private sealed record Connected(IConnectionMultiplexer Connection, IDatabase Database);
}
