using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// The cookie driver: one request's record, which came in the client's cookie and goes back in it. There is no other
/// writer that it could know of, so a write always succeeds.
/// </summary>
/// <param name="other">What came in the cookie beside it, for another client.</param>
internal sealed class CarriedRecord(SessionRecord? record, SessionRecord? other, TimeProvider clock) : ISessionDriver
{
    private IRecordPacking _packing = null!;
    private byte[]? _packed;

    /// <summary>What the cookie must hold; null: nothing.</summary>
    internal SessionRecord? Record { get; private set; } = record;

    /// <summary>Whether that differs from what came.</summary>
    internal bool Changed { get; private set; }

    /// <summary>The record as it travels.</summary>
    internal byte[] Packed => _packed ??= _packing.Pack(Record!);

    /// <summary>Says how a record becomes what travels; before the first use.</summary>
    internal void PackWith(IRecordPacking packing) => _packing = packing;

    public ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken) => new(Read(key, cancellationToken));

    public SessionRecord? Read(SessionKey key, CancellationToken cancellationToken) => Live(Record, key) ?? Live(other, key);

    public ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        if (record.Version > 1 && Read(record.Key, cancellationToken) is null)
        {
            return new(WriteResult.Gone);
        }

        byte[] packed = _packing.Pack(record);
        _packing.ThrowIfTooLarge(packed, record);
        Put(record);
        _packed = packed;
        return new(WriteResult.Written);
    }

    public ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        if (Read(key, cancellationToken) is not { } stored)
        {
            return new(WriteResult.Gone);
        }

        if (stored.Version != version)
        {
            return new(WriteResult.Lost(stored));
        }

        if (expires > stored.Expires)
        {
            Put(stored with { Expires = expires });
        }

        return new(WriteResult.Written);
    }

    public ValueTask<WriteResult> DeleteAsync(SessionKey key, long version, CancellationToken cancellationToken)
    {
        if (Read(key, cancellationToken) is not { } stored)
        {
            return new(WriteResult.Gone);
        }

        if (stored.Version != version)
        {
            return new(WriteResult.Lost(stored));
        }

        Put(null);
        return new(WriteResult.Written);
    }

    private SessionRecord? Live(SessionRecord? carried, SessionKey key) => carried is not null && carried.Key == key && carried.Expires > clock.GetUtcNow() ? carried : null;

    private void Put(SessionRecord? record)
    {
        Record = record;
        other = null;
        _packed = null;
        Changed = true;
    }
}
