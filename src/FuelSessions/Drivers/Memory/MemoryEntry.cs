using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>A record in memory, and where the order of eviction has it.</summary>
/// <param name="QueuedAs">The rank by which the order knows it: never higher than the true one.</param>
/// <param name="QueuedFor">The end by which the order knows it: never later than the true one.</param>
internal sealed record MemoryEntry(SessionRecord Record, EvictionRank QueuedAs, DateTimeOffset QueuedFor)
{
    /// <summary>
    /// Whether the record was read since it was begun: each request that presents its id reads it. Set by readers, which take no lock;
    /// one that meets a writer may be forgotten, until the next one.
    /// </summary>
    internal bool IsSeen { get; set; }

    internal EvictionRank Rank => Record.Owner is not null ? EvictionRank.SignedIn : IsSeen ? EvictionRank.Returned : EvictionRank.Fleeting;
}
