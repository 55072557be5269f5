using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>Stores records past the driver, in its format, as fast as the store takes them.</summary>
internal interface IBulkStore
{
    Task AddAsync(IEnumerable<SessionRecord> records, CancellationToken cancellationToken);

    /// <summary>How many stored rows are over; 0 where the store removes them itself.</summary>
    Task<long> CountExpiredAsync();
}
