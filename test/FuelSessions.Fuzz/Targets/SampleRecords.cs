using FuelSessions.Records;

namespace FuelSessions.Fuzz.Targets;

/// <summary>The sessions that targets begin with.</summary>
internal static class SampleRecords
{
    internal static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    /// <summary>Far ahead of whatever clock a run has.</summary>
    internal static readonly DateTimeOffset End = Time.AddYears(1000);

    /// <summary>The same in each run, for inputs that are its bytes.</summary>
    internal static SessionRecord Plain { get; } =
        SessionRecord.New(SessionKey.FromBytes("0123456789abcdef"u8), new SecretHash(123456789), Time.AddMilliseconds(123), TimeSpan.FromHours(2));

    /// <summary>Of an id that a run has made.</summary>
    internal static SessionRecord New(SessionId id) => SessionRecord.New(id.Key, id.Secret.Hash(), Time, TimeSpan.FromDays(1)) with { Expires = End };

    /// <summary>Variables: one text of that many letters.</summary>
    internal static ReadOnlyMemory<byte> Text(int size)
    {
        var map = new VariableMap();
        map.Set(VariablePath.Whole("text"), (byte[])[(byte)'"', .. Enumerable.Range(0, size).Select(static at => (byte)('a' + (at * at % 23))), (byte)'"']);
        return map.Encode(1);
    }
}
