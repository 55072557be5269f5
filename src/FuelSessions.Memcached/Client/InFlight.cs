namespace FuelSessions.Memcached.Client;

/// <summary>
/// The commands of one connection that wait for their answers, which come in the order in which the commands went out: it knows which answer is
/// whose, and sends and receives nothing itself. Not for several threads at once.
/// </summary>
internal sealed class InFlight
{
    // What a server that was started with -Y says to whoever has not said who he is.
    private const string Unauthenticated = "CLIENT_ERROR unauthenticated";

    private readonly Queue<PendingCommand> _commands = new();
    private uint _lastOpaque;

    /// <summary>When the one that waits longest was sent, in milliseconds of the system's uptime; null: none waits.</summary>
    internal long? Oldest => _commands.TryPeek(out PendingCommand? oldest) ? oldest.SentAt : null;

    /// <summary>It is about to be sent, under the token that it is given.</summary>
    internal void Add(PendingCommand command, ReplyStatus answers)
    {
        command.Sent(++_lastOpaque, answers, Environment.TickCount64);
        _commands.Enqueue(command);
    }

    /// <summary>The command that this is the answer to: the one that waits longest.</summary>
    /// <exception cref="MemcachedProtocolException">It can't be the answer to that.</exception>
    internal PendingCommand TakeFor(in Reply reply)
    {
        if (!_commands.TryPeek(out PendingCommand? oldest))
        {
            throw new MemcachedProtocolException("an answer to nothing");
        }

        bool error = reply.Status is ReplyStatus.ServerError or ReplyStatus.ClientError;
        bool named = reply.Opaque is not null || error || reply.Status == ReplyStatus.Miss;
        if (!named || (reply.Opaque is { } opaque && opaque != oldest.Opaque) || !(error || oldest.Answers.HasFlag(reply.Status)))
        {
            throw new MemcachedProtocolException("an answer to another command than the one whose turn it was");
        }

        if (reply.Status == ReplyStatus.ClientError)
        {
            // What it did not understand it may have taken for something else.
            throw new MemcachedProtocolException(reply.Error?.StartsWith(Unauthenticated, StringComparison.Ordinal) == true
                ? $"it asks for a user and a password ('{reply.Error}'), which FuelSessions does not send: start it without -Y, where only the app reaches it"
                : $"it did not understand a command ('{reply.Error}'); FuelSessions needs memcached 1.6.18 or newer");
        }

        return _commands.Dequeue();
    }

    /// <summary>None of them will be answered.</summary>
    internal PendingCommand[] TakeAll()
    {
        PendingCommand[] abandoned = [.. _commands];
        _commands.Clear();
        return abandoned;
    }
}
