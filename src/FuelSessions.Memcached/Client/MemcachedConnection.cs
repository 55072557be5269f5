using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace FuelSessions.Memcached.Client;

/// <summary>
/// One connection that all callers share: commands go out as they come, and answers come back in that order. Whatever
/// does not fit closes it, and fails all that are in flight, rather than handing an answer to the wrong caller.
/// </summary>
internal sealed class MemcachedConnection : IDisposable
{
    /// <summary>How many commands may wait for their answers; further callers wait for room.</summary>
    internal const int MostInFlight = 1024;

    private static long _lastId;

    private readonly string _name;
    private readonly NetworkStream _stream;
    private readonly PipeReader _incoming;
    private readonly TimeSpan _responseTimeout;
    private readonly Timer _watchdog;

    // Unbounded in bytes, so that a flush never waits; bounded by the number of commands.
    private readonly Pipe _outgoing = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));
    private readonly SemaphoreSlim _room = new(MostInFlight);
    private readonly InFlight _inFlight = new();
    private readonly Lock _sending = new();
    private readonly ServerClock _clock = new();
    private MemcachedException? _closed;
    private long _lastReceived;

    private MemcachedConnection(string name, NetworkStream stream, PipeReader incoming, int largestItem, TimeSpan responseTimeout)
    {
        (_name, _stream, _incoming, LargestItem, _responseTimeout) = (name, stream, incoming, largestItem, responseTimeout);
        TimeSpan period = responseTimeout / 2;
        _watchdog = new Timer(static state => ((MemcachedConnection)state!).Watch(), this, period, period);
    }

    /// <summary>No two connections of this process have the same.</summary>
    internal long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>The server's limit for an item, key and overhead included, in bytes.</summary>
    internal int LargestItem { get; }

    internal bool IsOpen => Volatile.Read(ref _closed) is null;

    /// <summary>Begins to use a connected socket, which is the connection's from then on.</summary>
    /// <exception cref="MemcachedException">It is no memcached, or one that can't keep sessions.</exception>
    internal static async Task<MemcachedConnection> BeginAsync(string name, Socket socket, TimeSpan responseTimeout, CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        PipeReader incoming = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, useZeroByteReads: true));
        int largestItem = await Handshake.AskAsync(stream, incoming, cancellationToken).ConfigureAwait(false);
        var connection = new MemcachedConnection(name, stream, incoming, largestItem, responseTimeout);
        _ = connection.ReceiveAsync();
        _ = connection.TransmitAsync();
        return connection;
    }

    /// <summary>
    /// Sends a command. Cancelling it ends the wait, not the command: what was sent is done by the server.
    /// </summary>
    /// <returns>Its answer, or one that says that it was not sent because this connection is closed.</returns>
    /// <exception cref="MemcachedException">The server refused it, or went away before it answered.</exception>
    internal ValueTask<Reply> SendAsync(in MetaCommand command, CancellationToken cancellationToken) =>
        _room.Wait(0, CancellationToken.None) ? Send(command, cancellationToken) : WaitAndSendAsync(command, cancellationToken);

    /// <summary>Asks for the server's time, on which the ends of items depend.</summary>
    /// <returns>The server's Unix time in seconds.</returns>
    internal async Task<long> AskTimeAsync(MetaCommand command, CancellationToken cancellationToken)
    {
        try
        {
            long askedAt = Environment.TickCount64;
            Reply reply = await SendAsync(command, cancellationToken).ConfigureAwait(false);
            return reply.Status == ReplyStatus.Done ? _clock.Set(reply.TimeToLive, askedAt) : throw new MemcachedException("It closed the connection.");
        }
        finally
        {
            _clock.AskAgain();
        }
    }

    internal bool MustAskTime() => _clock.MustAsk();

    public void Dispose() => Close(new MemcachedException($"The connection to memcached server {_name} was closed, because the app ends."));

    private async ValueTask<Reply> WaitAndSendAsync(MetaCommand command, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await Send(command, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<Reply> Send(in MetaCommand command, CancellationToken cancellationToken)
    {
        PendingCommand pending = PendingCommand.Begin(cancellationToken);
        ValueTask<Reply> answer = pending.Task();
        bool sent;
        lock (_sending)
        {
            sent = _closed is null;
            if (sent)
            {
                _inFlight.Add(pending, command.Answers);
                Write(command, pending.Opaque);
            }
        }

        if (!sent)
        {
            _room.Release();
            pending.Complete(new Reply(ReplyStatus.NotSent));
        }

        return answer;
    }

    private void Write(in MetaCommand command, uint opaque)
    {
        try
        {
            command.WriteTo(_outgoing.Writer, opaque);

            // Never waits: see the pipe's options.
            _ = _outgoing.Writer.FlushAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            // Half a command may be in the pipe: nothing sent after it would be understood.
            Close(Lost(error));
        }
    }

    private async Task TransmitAsync()
    {
        PipeReader outgoing = _outgoing.Reader;
        try
        {
            while (true)
            {
                ReadResult result = await outgoing.ReadAsync().ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> part in result.Buffer)
                {
                    await _stream.WriteAsync(part).ConfigureAwait(false);
                }

                outgoing.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception error)
        {
            Close(Lost(error));
        }

        await outgoing.CompleteAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                ReadResult result = await _incoming.ReadAsync().ConfigureAwait(false);
                Volatile.Write(ref _lastReceived, Environment.TickCount64);
                ReadOnlySequence<byte> buffer = result.Buffer;
                while (ReplyReader.TryRead(ref buffer, LargestItem, out Reply reply))
                {
                    Answer(reply);
                }

                if (result.IsCompleted)
                {
                    throw new MemcachedException("it closed the connection");
                }

                _incoming.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (Exception error)
        {
            Close(Lost(error));
        }

        await _incoming.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Hands an answer to the caller whose command it is the answer to.</summary>
    private void Answer(in Reply reply)
    {
        PendingCommand pending;
        lock (_sending)
        {
            pending = _inFlight.TakeFor(reply);
        }

        _room.Release();
        if (reply.Status == ReplyStatus.ServerError)
        {
            pending.Fail(new MemcachedException($"Memcached server {_name} could not do it: {reply.Error}.") { IsNotDone = true });
        }
        else
        {
            pending.Complete(reply with { Connection = Id, End = _clock.EndOf(reply.TimeToLive) });
        }
    }

    private void Watch()
    {
        long? oldest;
        lock (_sending)
        {
            oldest = _inFlight.Oldest;
        }

        if (oldest is { } sentAt && Environment.TickCount64 - Math.Max(sentAt, Volatile.Read(ref _lastReceived)) > _responseTimeout.TotalMilliseconds)
        {
            Close(Lost(new TimeoutException($"it did not answer for {_responseTimeout:g} (ResponseTimeout)")));
        }
    }

    private MemcachedException Lost(Exception error) =>
        new($"The connection to memcached server {_name} was lost: {error.Message.TrimEnd('.')}.", error);

    private void Close(MemcachedException error)
    {
        PendingCommand[] abandoned;
        lock (_sending)
        {
            if (_closed is not null)
            {
                return;
            }

            Volatile.Write(ref _closed, error);
            _outgoing.Writer.Complete();
            abandoned = _inFlight.TakeAll();
        }

        _watchdog.Dispose();
        _stream.Dispose();
        foreach (PendingCommand pending in abandoned)
        {
            _room.Release();
            pending.Fail(error);
        }
    }
}
