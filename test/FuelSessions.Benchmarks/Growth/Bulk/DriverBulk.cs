using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>Through the driver, where that is the store: some writes at a time.</summary>
internal sealed class DriverBulk(ISessionDriver driver) : IBulkStore
{
    public Task AddAsync(IEnumerable<SessionRecord> records, CancellationToken cancellationToken) => Parallel.ForEachAsync(records, cancellationToken, async (record, token) =>
    {
        if (record.Principal is { } principal)
        {
            await ((IFindByPrincipal)driver).AnnounceAsync(principal, record.Key, latestEnd: null, token);
        }

        if (!(await driver.WriteAsync(record, token)).IsWritten)
        {
            throw new InvalidOperationException("The driver did not store a new session.");
        }
    });

    public Task<long> CountExpiredAsync() => Task.FromResult(0L);
}
