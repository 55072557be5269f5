using FuelSessions.Records;

namespace FuelSessions.Tool.Stores;

/// <summary>What is stored under a key, whether or not its time is over.</summary>
/// <param name="Size">In bytes, as it is stored.</param>
/// <param name="Record">Null if it can't be decoded.</param>
internal sealed record StoredEntry(SessionKey Key, DateTimeOffset Expires, int Size, SessionRecord? Record)
{
    /// <summary>Whose it is by the store's index, if the store tells.</summary>
    internal string? IndexedFor { get; init; }

    /// <summary>Whose it is; of what can't be decoded, by the index.</summary>
    internal string? Principal => Record is null ? IndexedFor : Record.Principal;

    internal bool IsLive(DateTimeOffset now) => Expires > now;

    /// <param name="decode">Makes the record of its bytes.</param>
    internal static StoredEntry Of(SessionKey key, int size, Func<SessionRecord> decode, DateTimeOffset? expires = null)
    {
        try
        {
            SessionRecord record = decode();
            return new StoredEntry(key, expires ?? record.Expires, size, expires is { } touched ? record with { Expires = touched } : record);
        }
        catch (SessionRecordFormatException)
        {
            return new StoredEntry(key, expires ?? DateTimeOffset.MaxValue, size, Record: null);
        }
    }
}
