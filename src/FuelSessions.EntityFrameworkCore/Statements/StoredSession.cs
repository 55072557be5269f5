using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>What one SELECT brings of a session; its time may be over.</summary>
internal sealed record StoredSession(long Expires, byte[] Payload)
{
    /// <summary>The record as it counts: touched since it was written, perhaps. Null if its time is over.</summary>
    internal SessionRecord? Live(SessionKey key, long now)
    {
        if (Expires <= now)
        {
            return null;
        }

        SessionRecord record = Draft.Decode(key, Payload);
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(Expires);
        return record.Expires == expires ? record : record with { Expires = expires };
    }
}
