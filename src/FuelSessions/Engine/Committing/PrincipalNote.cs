using System.Security.Cryptography;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What the store keeps of a principal beside their sessions: a record that their name leads to, and no id, as nobody knows a secret of its hash.</summary>
internal static class PrincipalNote
{
    /// <param name="purpose">Tells the notes of one principal apart.</param>
    internal static SessionKey KeyOf(ReadOnlySpan<byte> purpose, string principal) =>
        SessionKey.FromBytes(SHA256.HashData([.. purpose, .. Encoding.UTF8.GetBytes(principal)]).AsSpan(0, SessionKey.Size));

    /// <param name="before">What it replaces; null: it is the first one.</param>
    internal static SessionRecord Of(SessionKey key, SessionRecord? before, byte[] data, DateTimeOffset now, TimeSpan lifetime)
    {
        DateTimeOffset time = ExpiryPolicy.Milliseconds(now);
        return SessionRecord.New(key, SessionSecret.Create().Hash(), time, lifetime) with
        {
            Version = (before?.Version ?? 0) + 1,
            Confirmed = time,

            // Not the first to go where the store is full.
            KeepsCookie = false,
            Data = data,
        };
    }
}
