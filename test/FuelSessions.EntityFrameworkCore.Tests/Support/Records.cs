using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

internal static class Records
{
    internal static SessionRecord New(DateTimeOffset now, byte[]? data = null) => new()
    {
        Key = SessionKey.Create(),
        Version = 1,
        CurrentHash = new SecretHash(BitConverter.ToUInt128(RandomNumberGenerator.GetBytes(16))),
        Created = now,
        Rotated = now,
        Updated = now,
        Expires = now.AddHours(2),
        Lifetime = TimeSpan.FromHours(2),
        Data = data ?? [],
    };

    internal static SessionRecord Next(this SessionRecord record, byte[]? data = null) =>
        record with { Version = record.Version + 1, Data = data ?? record.Data };
}
