using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>A record in memory, and where the order of eviction has it. Changed by writers only, one at a time.</summary>
internal sealed class MemoryEntry(SessionRecord record)
{
    private volatile SessionRecord _record = record;

    /// <summary>Readers take no lock: who asks once has one whole record.</summary>
    internal SessionRecord Record
    {
        get => _record;
        set => _record = value;
    }

    /// <summary>The rank by which the order knows it: never higher than the true one.</summary>
    internal EvictionRank QueuedAs { get; private set; }

    /// <summary>The end by which the order knows it: never later than the true one.</summary>
    internal DateTimeOffset QueuedFor { get; private set; }

    /// <summary>
    /// Whether the record was read since it was begun: each request that presents its id reads it. Set by readers.
    /// </summary>
    internal bool IsSeen { get; set; }

    internal EvictionRank Rank => Record.Owner is not null ? EvictionRank.SignedIn : IsSeen ? EvictionRank.Returned : EvictionRank.Fleeting;

    /// <summary>The order is told of it as it is now.</summary>
    internal void Queued() => (QueuedAs, QueuedFor) = (Rank, Record.Expires);
}
