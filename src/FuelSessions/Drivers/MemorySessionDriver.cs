using System.Collections.Concurrent;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// Keeps records in this process's memory, for tests, development and single nodes: they end with the process.
/// Holds at most <c>maxSessions</c> records; the ones that end first make room, expired ones before all others.
/// </summary>
/// <remarks>
/// Reads take no lock. Writers take one, for a dictionary operation and at most a few steps in a heap: far less than
/// the work of a request, and it keeps the map and the order of ends in agreement.
/// </remarks>
internal sealed class MemorySessionDriver : ISessionDriver, ICollectExpired
{
    private const int StaleEndsAllowed = 1024;

    private readonly TimeProvider _clock;
    private readonly int _maxSessions;
    private readonly ConcurrentDictionary<SessionKey, Entry> _entries = new();
    private readonly PriorityQueue<SessionKey, DateTimeOffset> _ends = new();
    private readonly Lock _writing = new();

    // ConcurrentDictionary.Count locks the whole map.
    private int _count;

    /// <param name="clock">Decides what is expired.</param>
    /// <param name="maxSessions">How many records are kept; at least 1.</param>
    internal MemorySessionDriver(TimeProvider clock, int maxSessions)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSessions, 1);
        _clock = clock;
        _maxSessions = maxSessions;
    }

    internal int Count => Volatile.Read(ref _count);

    internal int QueuedEnds
    {
        get
        {
            lock (_writing)
            {
                return _ends.Count;
            }
        }
    }

    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Live(key)?.Record;
    }

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<SessionRecord?>(cancellationToken)
            : ValueTask.FromResult(Live(key)?.Record);

    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Version, 1);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<WriteResult>(cancellationToken)
            : ValueTask.FromResult(Write(record));
    }

    public ValueTask<bool> TouchAsync(SessionKey key, DateTimeOffset expires, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<bool>(cancellationToken)
            : ValueTask.FromResult(Touch(key, expires));

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<WriteResult>(cancellationToken)
            : ValueTask.FromResult(Delete(key, version));

    public ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        DateTimeOffset now = _clock.GetUtcNow();
        int removed = 0;
        while (removed < limit)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<int>(cancellationToken);
            }

            // One lock a record: writers get their turn in between.
            lock (_writing)
            {
                if (!TryRemoveFirst(now))
                {
                    break;
                }
            }

            removed++;
        }

        return ValueTask.FromResult(removed);
    }

    private WriteResult Write(SessionRecord record)
    {
        lock (_writing)
        {
            if (Live(record.Key) is { Record: SessionRecord stored })
            {
                if (record.Version != stored.Version + 1)
                {
                    return WriteResult.Lost(stored);
                }
            }
            else if (record.Version == 1)
            {
                MakeRoom();
            }
            else
            {
                return WriteResult.Gone;
            }

            Store(record);
            return WriteResult.Written;
        }
    }

    private bool Touch(SessionKey key, DateTimeOffset expires)
    {
        lock (_writing)
        {
            if (Live(key) is not { } entry)
            {
                return false;
            }

            if (expires > entry.Record.Expires)
            {
                // Its place in the order of ends is corrected when its turn comes: a touch costs no heap operation.
                _entries[key] = entry with { Record = entry.Record with { Expires = expires } };
            }

            return true;
        }
    }

    private WriteResult Delete(SessionKey key, long version)
    {
        lock (_writing)
        {
            if (Live(key) is not { Record: var stored })
            {
                return WriteResult.Gone;
            }

            if (stored.Version != version)
            {
                return WriteResult.Lost(stored);
            }

            Remove(key);
            return WriteResult.Written;
        }
    }

    private Entry? Live(SessionKey key) =>
        _entries.TryGetValue(key, out Entry? entry) && entry.Record.Expires > _clock.GetUtcNow() ? entry : null;

    private void Store(SessionRecord record)
    {
        if (_entries.TryGetValue(record.Key, out Entry? entry) && entry.QueuedFor <= record.Expires)
        {
            _entries[record.Key] = entry with { Record = record };
            return;
        }

        _count += entry is null ? 1 : 0;
        _entries[record.Key] = new Entry(record, record.Expires);
        Queue(record.Key, record.Expires);
    }

    private void Remove(SessionKey key)
    {
        if (_entries.TryRemove(key, out _))
        {
            _count--;
        }
    }

    private void MakeRoom()
    {
        while (_count >= _maxSessions && TryRemoveFirst(DateTimeOffset.MaxValue))
        {
        }
    }

    /// <summary>
    /// Removes the record that ends first, if that is by <paramref name="by"/>. Each step beyond the first was paid
    /// for by a touch, a delete or a write before.
    /// </summary>
    private bool TryRemoveFirst(DateTimeOffset by)
    {
        while (_ends.TryPeek(out SessionKey key, out DateTimeOffset end) && end <= by)
        {
            _ends.Dequeue();
            if (!_entries.TryGetValue(key, out Entry? entry) || entry.QueuedFor != end)
            {
                continue;
            }

            if (entry.Record.Expires > end)
            {
                _entries[key] = entry with { QueuedFor = entry.Record.Expires };
                Queue(key, entry.Record.Expires);
                continue;
            }

            Remove(key);
            return true;
        }

        return false;
    }

    private void Queue(SessionKey key, DateTimeOffset end)
    {
        // Deleted records leave their end behind; once these are the majority the queue is made anew.
        if (_ends.Count >= (2 * _count) + StaleEndsAllowed)
        {
            _ends.Clear();
            foreach ((SessionKey each, Entry entry) in _entries)
            {
                _ends.Enqueue(each, entry.QueuedFor);
            }
        }
        else
        {
            _ends.Enqueue(key, end);
        }
    }

    /// <summary><paramref name="QueuedFor"/> is the end by which the queue knows it: never later than the true one.</summary>
    private sealed record Entry(SessionRecord Record, DateTimeOffset QueuedFor);
}
