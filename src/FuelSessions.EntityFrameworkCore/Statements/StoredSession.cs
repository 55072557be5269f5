using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>What one SELECT brings of a session; its time may be over.</summary>
internal sealed record StoredSession(long Expires, byte[] Payload)
{
    /// <summary>The record as it counts: touched since it was written, perhaps. Null if its time is over.</summary>
    internal SessionRecord? Live(SessionKey key, long now) => Expires > now
        ? Draft.Decode(key, Payload) with { Expires = DateTimeOffset.FromUnixTimeMilliseconds(Expires) }
        : null;
}
