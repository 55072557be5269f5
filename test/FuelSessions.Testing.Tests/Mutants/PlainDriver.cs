using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Mutants;

/// <summary>A correct driver, as simple as can be, for others to break in one point each.</summary>
internal class PlainDriver(TimeProvider clock) : ISessionDriver, ICollectExpired
{
    protected Dictionary<SessionKey, SessionRecord> Records { get; } = [];

    protected virtual DateTimeOffset Now => clock.GetUtcNow();

    public virtual SessionRecord? Read(SessionKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Records)
        {
            return Live(key);
        }
    }

    public virtual ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(key, cancellationToken));

    public virtual ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Records)
        {
            SessionRecord? stored = Live(record.Key);
            WriteResult result = Judge(record, stored);
            if (result.IsWritten)
            {
                Store(record, stored);
            }

            return ValueTask.FromResult(result);
        }
    }

    public virtual ValueTask<bool> TouchAsync(SessionKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Records)
        {
            SessionRecord? stored = Live(key);
            if (stored is not null)
            {
                Records[key] = Touched(stored, expires);
            }

            return ValueTask.FromResult(stored is not null);
        }
    }

    public virtual ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Records)
        {
            SessionRecord? stored = Read(key, CancellationToken.None);
            if (stored?.Version == version)
            {
                Records.Remove(key);
            }

            return ValueTask.FromResult(stored is null ? WriteResult.Gone : stored.Version == version ? WriteResult.Written : WriteResult.Lost(stored));
        }
    }

    public virtual ValueTask<int> CollectExpiredAsync(int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Records)
        {
            SessionKey[] expired = [.. Records.Values.Where(record => EndOf(record) <= Now).Select(record => record.Key).Take(limit)];
            return ValueTask.FromResult(expired.Count(Records.Remove));
        }
    }

    protected virtual WriteResult Judge(SessionRecord record, SessionRecord? stored) =>
        stored is null ? (record.Version == 1 ? WriteResult.Written : WriteResult.Gone)
        : record.Version == stored.Version + 1 ? WriteResult.Written
        : WriteResult.Lost(stored);

    protected virtual void Store(SessionRecord record, SessionRecord? stored) => Records[record.Key] = record;

    protected virtual SessionRecord Touched(SessionRecord stored, DateTimeOffset expires) =>
        expires > stored.Expires ? stored with { Expires = expires } : stored;

    protected virtual DateTimeOffset EndOf(SessionRecord record) => record.Expires;

    protected SessionRecord? Live(SessionKey key) =>
        Records.TryGetValue(key, out SessionRecord? record) && record.Expires > Now ? record : null;
}
