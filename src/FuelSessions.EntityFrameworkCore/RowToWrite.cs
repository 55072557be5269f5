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
    internal IReadOnlyDictionary<string, object?> Values(long now) => new Dictionary<string, object?>
    {
        [SessionColumns.SessionKey] = Key,
        [SessionColumns.CurrentId] = record.CurrentHash.ToByteArray(),
        [SessionColumns.PreviousId] = record.PreviousHash?.ToByteArray(),
        [SessionColumns.Created] = record.Created.ToUnixTimeMilliseconds(),
        [SessionColumns.Updated] = record.Updated.ToUnixTimeMilliseconds(),
        [SessionColumns.Expires] = record.Expires.ToUnixTimeMilliseconds(),
        [SessionColumns.Principal] = record.Principal,
        [SessionColumns.Version] = record.Version,
        [SessionColumns.Payload] = payload,
        [SessionStatements.ExpectedVersion] = record.Version - 1,
        [SessionStatements.Now] = now,
    };

    /// <summary>Whether that is this very row.</summary>
    internal bool Is(StoredSession? stored) => stored is not null && stored.Payload.AsSpan().SequenceEqual(payload);
}
