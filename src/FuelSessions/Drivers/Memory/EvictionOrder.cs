using System.Collections.Concurrent;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// In which order records leave a store: by rank, and within one by their end. It may know a record by an older rank or end, which is
/// corrected when its turn comes: so a read or a touch costs no heap operation, and each correction was paid for by one of them. All
/// else is O(log n). Not for several threads at once.
/// </summary>
internal sealed class EvictionOrder(ConcurrentDictionary<SessionKey, MemoryEntry> entries)
{
    private const int StaleAllowed = 1024;

    private static readonly int Ranks = Enum.GetValues<EvictionRank>().Length;

    private readonly PriorityQueue<SessionKey, DateTimeOffset>[] _ends = [.. Enumerable.Range(0, Ranks).Select(_ => new PriorityQueue<SessionKey, DateTimeOffset>())];

    internal int Length => _ends.Sum(queue => queue.Count);

    /// <param name="stored">How many records there are.</param>
    internal void Add(SessionKey key, MemoryEntry entry, int stored)
    {
        // Deleted records leave their end behind; once these are the majority all is made anew.
        if (Length >= (2 * stored) + StaleAllowed)
        {
            Rebuild();
        }
        else
        {
            _ends[(int)entry.QueuedAs].Enqueue(key, entry.QueuedFor);
        }
    }

    /// <summary>The next one that has ended by then, whatever its rank.</summary>
    internal bool TryTakeExpired(DateTimeOffset now, out SessionKey key)
    {
        for (int rank = 0; rank < Ranks; rank++)
        {
            if (TryTake(rank, now, out key))
            {
                return true;
            }
        }

        key = default;
        return false;
    }

    /// <summary>Whose turn it is to make room.</summary>
    internal bool TryTakeFirst(out SessionKey key) => TryTakeExpired(DateTimeOffset.MaxValue, out key);

    private bool TryTake(int rank, DateTimeOffset by, out SessionKey key)
    {
        PriorityQueue<SessionKey, DateTimeOffset> ends = _ends[rank];
        while (ends.TryPeek(out key, out DateTimeOffset end) && end <= by)
        {
            ends.Dequeue();
            if (!entries.TryGetValue(key, out MemoryEntry? entry) || (int)entry.QueuedAs != rank || entry.QueuedFor != end)
            {
                continue;
            }

            if (entry.Record.Expires == end && (int)entry.Rank == rank)
            {
                return true;
            }

            entry.Queued();
            _ends[(int)entry.QueuedAs].Enqueue(key, entry.QueuedFor);
        }

        key = default;
        return false;
    }

    private void Rebuild()
    {
        foreach (PriorityQueue<SessionKey, DateTimeOffset> ends in _ends)
        {
            ends.Clear();
        }

        foreach ((SessionKey key, MemoryEntry entry) in entries)
        {
            _ends[(int)entry.QueuedAs].Enqueue(key, entry.QueuedFor);
        }
    }
}
