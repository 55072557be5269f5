using System.Collections.Concurrent;

namespace FuelSessions.Engine;

/// <summary>What has happened and was not told to the app yet, in its order. Where it happens nobody can be waited for: it may be under a lock, or half done.</summary>
internal sealed class PendingEvents
{
    private readonly ConcurrentQueue<SessionEvent> _events = new();
    private int _isBeingTold;

    internal bool IsEmpty => _events.IsEmpty;

    internal void Add(SessionEvent happened) => _events.Enqueue(happened);

    /// <summary>Tells all of them, one after the other. What happens meanwhile, such as by who is told, is told by who tells already.</summary>
    /// <param name="tell">Throws nothing.</param>
    internal async ValueTask TellAsync(Func<SessionEvent, ValueTask> tell)
    {
        while (!_events.IsEmpty && Interlocked.Exchange(ref _isBeingTold, 1) == 0)
        {
            while (_events.TryDequeue(out SessionEvent? happened))
            {
                await tell(happened).ConfigureAwait(false);
            }

            Volatile.Write(ref _isBeingTold, 0);
        }
    }
}
