using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

internal enum StoreCall
{
    Read,
    Write,
    Touch,
    Delete,
}

/// <summary>One atomic step of the store: what was there before and after it.</summary>
internal sealed record StoreEvent(int Request, StoreCall Call, SessionKey Key, SessionRecord? Before, SessionRecord? After, bool Accepted)
{
    internal bool Rotated => Call == StoreCall.Write && Accepted && Before is not null && After is not null && !Before.CurrentHash.Equals(After.CurrentHash);

    internal bool Revoked => Rotated && After!.Epoch != Before!.Epoch;
}

/// <summary>Records in memory that write down each step. Virtual, so that a test can break it.</summary>
internal class RecordStore
{
    private readonly Dictionary<SessionKey, SessionRecord> _records = [];

    internal List<StoreEvent> Events { get; } = [];

    internal SessionRecord? Find(SessionKey key) => _records.GetValueOrDefault(key);

    internal void Put(SessionRecord record) => _records[record.Key] = record;

    internal virtual SessionRecord? Read(int request, SessionKey key)
    {
        SessionRecord? record = Find(key);
        Note(request, StoreCall.Read, key, record, accepted: true);
        return record;
    }

    internal virtual WriteResult Write(int request, SessionRecord record)
    {
        SessionRecord? before = Find(record.Key);
        bool accepted = (before?.Version ?? 0) == record.Version - 1;
        if (accepted)
        {
            Put(record);
        }

        Note(request, StoreCall.Write, record.Key, before, accepted);
        return accepted ? WriteResult.Written : before is null ? WriteResult.Gone : WriteResult.Lost(before);
    }

    internal virtual WriteResult Touch(int request, SessionKey key, long version, DateTimeOffset expires)
    {
        SessionRecord? before = Find(key);
        bool accepted = before?.Version == version;
        if (accepted && before!.Expires < expires)
        {
            Put(before with { Expires = expires });
        }

        Note(request, StoreCall.Touch, key, before, accepted);
        return accepted ? WriteResult.Written : before is null ? WriteResult.Gone : WriteResult.Lost(before);
    }

    internal virtual WriteResult Delete(int request, SessionKey key, long version)
    {
        SessionRecord? before = Find(key);
        bool accepted = before?.Version == version;
        if (accepted)
        {
            Remove(key);
        }

        Note(request, StoreCall.Delete, key, before, accepted);
        return accepted ? WriteResult.Written : before is null ? WriteResult.Gone : WriteResult.Lost(before);
    }

    protected void Remove(SessionKey key) => _records.Remove(key);

    protected void Note(int request, StoreCall call, SessionKey key, SessionRecord? before, bool accepted) =>
        Events.Add(new StoreEvent(request, call, key, before, Find(key), accepted));
}
