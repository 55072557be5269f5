using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>Sessions of nobody: as large as real ones, and never asked for.</summary>
internal static class BulkSessions
{
    private const int UsualPayload = 200;

    internal static IEnumerable<SessionRecord> Live(int count, int payload = UsualPayload, bool rotated = false) =>
        Of(count, payload, rotated, ends: TimeSpan.FromHours(2));

    internal static IEnumerable<SessionRecord> Expired(int count) => Of(count, UsualPayload, rotated: true, ends: TimeSpan.FromHours(-1));

    private static IEnumerable<SessionRecord> Of(int count, int payload, bool rotated, TimeSpan ends)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        byte[] data = new byte[payload];
        for (int number = 0; number < count; number++)
        {
            SecretHash hash = Hash();
            yield return new SessionRecord
            {
                Key = SessionKey.Create(),
                Version = 1,
                CurrentHash = hash,
                PreviousHash = rotated ? Hash() : null,
                Nonce = rotated ? RotationNonce.Create() : null,
                SealedPrevious = rotated ? hash.Bits : default,
                Created = now.AddHours(-1),
                Rotated = now,
                Confirmed = now,
                Updated = now,

                // Not all at the same moment, as in life.
                Expires = now + ends + TimeSpan.FromMilliseconds(number % 1_000_000),
                Lifetime = TimeSpan.FromHours(2),
                UserAgentHash = (ulong)hash.Bits,
                UserAgentFamilyHash = (ulong)hash.Bits,
                IpHash = (ulong)hash.Bits,
                Data = data,
            };
        }
    }

    private static SecretHash Hash() => new(BitConverter.ToUInt128(RandomNumberGenerator.GetBytes(SecretHash.Size)));
}
