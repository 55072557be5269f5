using System.Net.Sockets;
using FuelSessions.Memcached.Items;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Memcached.Client;

/// <summary>
/// The connections to one server, made on demand. A server that can't be reached is out for a while, during which its
/// callers fail at once; then one caller's attempt decides for all.
/// </summary>
internal sealed class ServerLink(MemcachedServer server, MemcachedDriverOptions options, ItemKey clockKey, TimeProvider clock, ILogger logger) : IDisposable
{
    private const long FirstPauseMilliseconds = 100;
    private const int MostDoublings = 20;
    private const int SkewWorthTelling = 30;

    private readonly MemcachedConnection?[] _connections = new MemcachedConnection?[options.ConnectionsPerServer];
    private readonly Task<MemcachedConnection>?[] _attempts = new Task<MemcachedConnection>?[options.ConnectionsPerServer];
    private readonly Lock _state = new();
    private Exception? _lastError;
    private int _failures;
    private long _outUntil;
    private bool _disposed;

    /// <summary>Whether it was out of reach a moment ago and is not to be tried again yet.</summary>
    internal bool IsOut => Volatile.Read(ref _failures) > 0 && Environment.TickCount64 < Volatile.Read(ref _outUntil);

    /// <summary>An open connection; which one depends on the item, so that all commands for an item are on the same one.</summary>
    /// <exception cref="MemcachedException">There is none to be had.</exception>
    internal ValueTask<MemcachedConnection> ConnectAsync(uint hash, CancellationToken cancellationToken)
    {
        // The upper bits: the ring has used the order of the whole numbers.
        int slot = (int)((hash >> 8) % (uint)_connections.Length);
        MemcachedConnection? connection = Volatile.Read(ref _connections[slot]);
        if (connection is { IsOpen: true })
        {
            if (connection.MustAskTime())
            {
                _ = AskTimeAsync(connection);
            }

            return new(connection);
        }

        // The attempt serves all callers, so it is not cancelled with one of them.
        return new(Attempt(slot).WaitAsync(cancellationToken));
    }

    public void Dispose()
    {
        MemcachedConnection?[] open;
        lock (_state)
        {
            _disposed = true;
            open = [.. _connections];
        }

        foreach (MemcachedConnection? connection in open)
        {
            connection?.Dispose();
        }
    }

    private Task<MemcachedConnection> Attempt(int slot)
    {
        lock (_state)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_attempts[slot] is { } running)
            {
                return running;
            }

            if (_connections[slot] is { IsOpen: true } made)
            {
                return Task.FromResult(made);
            }

            if (IsOut)
            {
                throw new MemcachedException($"{Sentence.Of(_lastError!.Message)} It is tried again in a moment.", _lastError) { IsNotDone = true };
            }

            Task<MemcachedConnection> attempt = LeftAlone.Begin(() => OpenAsync(slot));
            _attempts[slot] = attempt;
            return attempt;
        }
    }

    private async Task<MemcachedConnection> OpenAsync(int slot)
    {
        try
        {
            MemcachedConnection connection = await OpenAsync().ConfigureAwait(false);
            lock (_state)
            {
                _attempts[slot] = null;
                _connections[slot] = connection;
                _failures = 0;
                if (_disposed)
                {
                    connection.Dispose();
                }
            }

            return connection;
        }
        catch (Exception error)
        {
            lock (_state)
            {
                _attempts[slot] = null;
                _lastError = error;
                long pause = FirstPauseMilliseconds << Math.Min(_failures, MostDoublings);
                Volatile.Write(ref _outUntil, Environment.TickCount64 + Math.Min(pause, (long)options.DeadServerTimeout.TotalMilliseconds));
                Volatile.Write(ref _failures, _failures + 1);
            }

            throw;
        }
    }

    private async Task<MemcachedConnection> OpenAsync()
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        MemcachedConnection? connection = null;
        bool isConnected = false;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(server.Host, server.Port, timeout.Token).ConfigureAwait(false);
            isConnected = true;
            connection = await MemcachedConnection.BeginAsync(server.ToString(), socket, options.ResponseTimeout, timeout.Token).ConfigureAwait(false);
            long time = await connection.AskTimeAsync(MetaCommand.Clock(clockKey), timeout.Token).ConfigureAwait(false);
            long skew = time - clock.GetUtcNow().ToUnixTimeSeconds();
            if (Math.Abs(skew) > SkewWorthTelling)
            {
                MemcachedLog.ClocksDiffer(logger, server.ToString(), skew);
            }

            return connection;
        }
        catch (Exception error)
        {
            connection?.Dispose();
            socket.Dispose();
            string reason = error is not OperationCanceledException ? error.Message.TrimEnd('.')
                : $"no answer within {options.ConnectTimeout:g} (ConnectTimeout)"
                    + (isConnected ? ", though it took the connection: it hangs, or does not speak memcached's text protocol (-B binary)" : "");
            throw new MemcachedException($"Memcached server {server} can't be reached: {reason}.", error) { IsNotDone = true };
        }
    }

    private async Task AskTimeAsync(MemcachedConnection connection)
    {
        try
        {
            await connection.AskTimeAsync(MetaCommand.Clock(clockKey), CancellationToken.None).ConfigureAwait(false);
        }
        catch (MemcachedException error)
        {
            // The callers' own commands will fail on that connection, or not; the estimate lasts a while longer.
            MemcachedLog.TimeNotTold(logger, server.ToString(), error);
        }
    }
}
