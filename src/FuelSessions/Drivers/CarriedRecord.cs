using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// The cookie driver: one request's record, which came in the client's cookie and goes back in it. There is no other
/// writer that it could know of, so a write always succeeds.
/// </summary>
internal sealed class CarriedRecord(SessionRecord? record, TimeProvider clock) : ISessionDriver
{
    /// <summary>What the cookie must hold; null: nothing.</summary>
    internal SessionRecord? Record { get; private set; } = record;

    /// <summary>Whether that differs from what came.</summary>
    internal bool Changed { get; private set; }

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => new(Read(key, cancellationToken));

    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken) => IsLive(key) ? Record : null;

    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        if (record.Version > 1 && !IsLive(record.Key))
        {
            return new(WriteResult.Gone);
        }

        Put(record);
        return new(WriteResult.Written);
    }

    public ValueTask<bool> TouchAsync(SessionKey key, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        if (!IsLive(key))
        {
            return new(false);
        }

        if (expires > Record!.Expires)
        {
            Put(Record with { Expires = expires });
        }

        return new(true);
    }

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        if (!IsLive(key))
        {
            return new(WriteResult.Gone);
        }

        if (Record!.Version != version)
        {
            return new(WriteResult.Lost(Record));
        }

        Put(null);
        return new(WriteResult.Written);
    }

    private bool IsLive(SessionKey key) => Record is { } record && record.Key == key && record.Expires > clock.GetUtcNow();

    private void Put(SessionRecord? record)
    {
        Record = record;
        Changed = true;
    }
}
