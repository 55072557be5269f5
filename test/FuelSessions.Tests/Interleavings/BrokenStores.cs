using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Tests.Interleavings;

/// <summary>Ignores versions: the last write wins.</summary>
internal sealed class LastWriteWins : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record)
    {
        SessionRecord? before = Find(record.Key);
        Put(record);
        Note(request, StoreCall.Write, record.Key, before, accepted: true);
        return WriteResult.Written;
    }
}

/// <summary>Says that it has stored what it has not.</summary>
internal sealed class ForgetsLostWrites : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record)
    {
        WriteResult result = base.Write(request, record);
        return result.IsGone ? result : WriteResult.Written;
    }
}

/// <summary>Reads what was there before the last write, as a replica that lags behind does.</summary>
internal sealed class ReadsStale : RecordStore
{
    internal override SessionRecord? Read(int request, SessionKey key)
    {
        SessionRecord? record = base.Read(request, key);
        return Events.LastOrDefault(step => step.Key == key && step is { Call: StoreCall.Write, Accepted: true })?.Before ?? record;
    }
}

/// <summary>Keeps the token secret as it was, whatever became of the id that it is sealed for.</summary>
internal sealed class KeepsTokenSecrets : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record) =>
        base.Write(request, Find(record.Key) is { } before ? record with { TokenSecret = before.TokenSecret } : record);
}

/// <summary>A write brings a destroyed session back.</summary>
internal sealed class RaisesTheDead : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record)
    {
        if (Find(record.Key) is not null || record.Version == 1)
        {
            return base.Write(request, record);
        }

        Put(record);
        Note(request, StoreCall.Write, record.Key, null, accepted: true);
        return WriteResult.Written;
    }
}

/// <summary>Tells who lost a race the epoch that it has read itself, as an engine without a look at epochs would take it.</summary>
internal sealed class HidesRevocations : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record) => Hiding(request, base.Write(request, record));

    internal override WriteResult Touch(int request, SessionKey key, long version, DateTimeOffset expires) => Hiding(request, base.Touch(request, key, version, expires));

    internal override WriteResult Delete(int request, SessionKey key, long version) => Hiding(request, base.Delete(request, key, version));

    private WriteResult Hiding(int request, WriteResult result) =>
        result.Winner is { } winner && Events.FirstOrDefault(step => step.Request == request && step.Call == StoreCall.Read)?.After is { } read
            ? WriteResult.Lost(winner with { Epoch = read.Epoch })
            : result;
}

/// <summary>Destroys whatever is there.</summary>
internal sealed class DeletesBlindly : RecordStore
{
    internal override WriteResult Delete(int request, SessionKey key, long version) => base.Delete(request, key, Find(key)?.Version ?? version);
}

/// <summary>A touch brings a destroyed session back.</summary>
internal sealed class TouchesTheDead : RecordStore
{
    internal override WriteResult Touch(int request, SessionKey key, long version, DateTimeOffset expires)
    {
        if (Find(key) is null && Events.LastOrDefault(step => step.Key == key && step.Before is not null)?.Before is { } dead)
        {
            Put(dead);
            Note(request, StoreCall.Touch, key, null, accepted: true);
            return WriteResult.Written;
        }

        return base.Touch(request, key, version, expires);
    }
}

/// <summary>Prolongs whatever is there.</summary>
internal sealed class TouchesBlindly : RecordStore
{
    internal override WriteResult Touch(int request, SessionKey key, long version, DateTimeOffset expires) =>
        base.Touch(request, key, Find(key)?.Version ?? version, expires);
}

/// <summary>Says of each session that nobody has been there for long, as an engine without a look at its use would take it.</summary>
internal sealed class ForgetsUse : RecordStore
{
    internal override SessionRecord? Read(int request, SessionKey key) =>
        base.Read(request, key) is { } record ? record with { Expires = record.Expires - TimeSpan.FromHours(1) } : null;
}

/// <summary>Changes records on their way in, as an engine with other rules would have written them.</summary>
internal sealed class OtherRules(Func<SessionRecord, SessionRecord> change) : RecordStore
{
    internal override WriteResult Write(int request, SessionRecord record) => base.Write(request, change(record));
}
