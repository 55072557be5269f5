using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>Sessions of nobody: as large as real ones, just begun or in use and rotated, and never asked for.</summary>
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

            // Not all at the same moment, as in life.
            DateTimeOffset saved = now + TimeSpan.FromMilliseconds(number % 1_000_000);
            var begun = new SessionRecord
            {
                Key = SessionKey.Create(),
                Version = 1,
                CurrentHash = hash,
                Created = saved.AddMilliseconds(-5),
                Rotated = saved,
                Confirmed = saved,
                Updated = saved,
                Expires = saved + ends + TimeSpan.FromMinutes(1),
                Lifetime = TimeSpan.FromHours(2),
                UserAgentHash = (uint)hash.Bits,
                UserAgentFamilyHash = (uint)hash.Bits,
                IpHash = (uint)hash.Bits,
                Data = data,
            };
            yield return !rotated ? begun : begun with
            {
                Version = 12,
                PreviousHash = Hash(),
                Nonce = RotationNonce.Create(),
                SealedPrevious = hash.Bits,
                Created = saved.AddMinutes(-7),
                Rotated = saved.AddSeconds(-59),
                Confirmed = saved.AddSeconds(-57),
                Expires = begun.Expires.AddSeconds(-59),
            };
        }
    }

    private static SecretHash Hash() => new(BitConverter.ToUInt128(RandomNumberGenerator.GetBytes(SecretHash.Size)));
}
