using System.Collections.Concurrent;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// Keeps records in this process's memory, for tests, development and single nodes: they end with the process.
/// Holds at most <c>maxSessions</c> records. Expired ones make room before all others, then those that belong to nobody and have
/// seen one request only, then others that belong to nobody; among equals the one that ends first.
/// </summary>
/// <remarks>
/// Reads take no lock. Writers take one, for a dictionary operation and at most a few steps in a heap: far less than
/// the work of a request, and it keeps the map and the order of eviction in agreement.
/// </remarks>
internal sealed class MemorySessionDriver : ISessionDriver, ICollectExpired, IFindByPrincipal
{
    private readonly TimeProvider _clock;
    private readonly int _maxSessions;
    private readonly ConcurrentDictionary<SessionKey, MemoryEntry> _entries = new();
    private readonly EvictionOrder _order;
    private readonly PrincipalIndex _principals = new();
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
        _order = new EvictionOrder(_entries);
    }

    internal int Count => Volatile.Read(ref _count);

    internal int QueuedEnds
    {
        get
        {
            lock (_writing)
            {
                return _order.Length;
            }
        }
    }

    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Seen(key);
    }

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<SessionRecord?>(cancellationToken)
            : ValueTask.FromResult(Seen(key));

    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Version, 1);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<WriteResult>(cancellationToken)
            : ValueTask.FromResult(Write(record));
    }

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<WriteResult>(cancellationToken)
            : ValueTask.FromResult(Touch(key, version, expires));

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
                if (!_order.TryTakeExpired(now, out SessionKey key))
                {
                    break;
                }

                Remove(key);
            }

            removed++;
        }

        return ValueTask.FromResult(removed);
    }

    public ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<IReadOnlyList<SessionRecord>>(cancellationToken);
        }

        lock (_writing)
        {
            return new([.. _principals.KeysOf(principal).Select(Live).OfType<MemoryEntry>().Select(entry => entry.Record)]);
        }
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

    private WriteResult Touch(SessionKey key, long version, DateTimeOffset expires)
    {
        lock (_writing)
        {
            if (Live(key) is not { Record: var stored } entry)
            {
                return WriteResult.Gone;
            }

            if (stored.Version != version)
            {
                return WriteResult.Lost(stored);
            }

            if (expires > stored.Expires)
            {
                entry.Record = stored with { Expires = expires };
            }

            return WriteResult.Written;
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

    private SessionRecord? Seen(SessionKey key)
    {
        if (!_entries.TryGetValue(key, out MemoryEntry? entry) || entry.Record is not { } record || record.Expires <= _clock.GetUtcNow())
        {
            return null;
        }

        if (!entry.IsSeen)
        {
            entry.IsSeen = true;
        }

        return record;
    }

    private MemoryEntry? Live(SessionKey key) =>
        _entries.TryGetValue(key, out MemoryEntry? entry) && entry.Record.Expires > _clock.GetUtcNow() ? entry : null;

    private void Store(SessionRecord record)
    {
        bool isKnown = _entries.TryGetValue(record.Key, out MemoryEntry? entry);
        _principals.Changed(record.Key, entry?.Record.Principal, record.Principal);
        if (entry is null)
        {
            entry = new MemoryEntry(record);
            _entries[record.Key] = entry;
            _count++;
        }
        else
        {
            entry.Record = record;
        }

        if (!isKnown || entry.QueuedFor > record.Expires || entry.QueuedAs > entry.Rank)
        {
            entry.Queued();
            _order.Add(record.Key, entry, _count);
        }
    }

    private void Remove(SessionKey key)
    {
        if (_entries.TryRemove(key, out MemoryEntry? removed))
        {
            _principals.Changed(key, removed.Record.Principal, after: null);
            _count--;
        }
    }

    private void MakeRoom()
    {
        while (_count >= _maxSessions && (_order.TryTakeExpired(_clock.GetUtcNow(), out SessionKey key) || _order.TryTakeFirst(out key)))
        {
            Remove(key);
        }
    }
}
