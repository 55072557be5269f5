using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Memcached.Tests.Support;

internal static class TestRecord
{
    internal static SessionRecord New(DateTimeOffset now, int size = 0, TimeSpan? lifetime = null)
    {
        now = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        return new()
        {
            Key = SessionKey.Create(),
            Version = 1,
            CurrentHash = new SecretHash(1),
            Created = now,
            Rotated = now,
            Updated = now,
            Expires = now + (lifetime ?? TimeSpan.FromHours(2)),
            Lifetime = lifetime ?? TimeSpan.FromHours(2),
            Data = RandomNumberGenerator.GetBytes(size),
        };
    }

    internal static SessionRecord Next(this SessionRecord record, int size = 0) =>
        record with { Version = record.Version + 1, Data = RandomNumberGenerator.GetBytes(size) };

    internal static string ItemName(this SessionRecord record) => $"fuel:session:{record.Key.ToHex()}";
}
