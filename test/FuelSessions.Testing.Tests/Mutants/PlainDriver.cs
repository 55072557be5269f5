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

    public virtual ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken) =>
        IfStill(key, version, stored => Records[key] = Touched(stored, expires), cancellationToken);

    public virtual ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken) =>
        IfStill(key, version, _ => Records.Remove(key), cancellationToken);

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

    private ValueTask<WriteResult> IfStill(SessionKey key, long version, Action<SessionRecord> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Records)
        {
            if (Live(key) is not { } stored)
            {
                return ValueTask.FromResult(WriteResult.Gone);
            }

            if (stored.Version != version)
            {
                return ValueTask.FromResult(WriteResult.Lost(stored));
            }

            change(stored);
            return ValueTask.FromResult(WriteResult.Written);
        }
    }

    protected SessionRecord? Live(SessionKey key) =>
        Records.TryGetValue(key, out SessionRecord? record) && record.Expires > Now ? record : null;
}
