using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>A record on its way to its row.</summary>
internal sealed class RowToWrite(SessionRecord record, byte[] payload)
{
    internal SessionRecord Record => record;

    internal byte[] Key { get; } = record.Key.ToByteArray();

    /// <summary>The values of every column, and of the conditions that a write makes.</summary>
    internal NamedValues Values(long now) => new(
        new(SessionColumns.CurrentId, record.CurrentHash.ToByteArray()),
        new(SessionColumns.PreviousId, record.PreviousHash?.ToByteArray()),
        new(SessionColumns.Created, record.Created.ToUnixTimeMilliseconds()),
        new(SessionColumns.Updated, record.Updated.ToUnixTimeMilliseconds()),
        new(SessionColumns.Expires, record.Expires.ToUnixTimeMilliseconds()),
        new(SessionColumns.Principal, record.Principal),
        new(SessionColumns.Version, record.Version),
        new(SessionColumns.Payload, payload),
        new(SessionColumns.SessionKey, Key),
        new(SessionStatements.ExpectedVersion, record.Version - 1),
        new(SessionStatements.Now, now));

    /// <summary>Whether that is this very row.</summary>
    internal bool Is(StoredSession? stored) => stored is not null && stored.Payload.AsSpan().SequenceEqual(payload);
}
