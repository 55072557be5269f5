using System.Buffers.Binary;
using System.Security.Cryptography;
using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Redis.Tests.Support;

internal static class Sample
{
    internal static SessionRecord New(byte[]? data = null)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return new()
        {
            Key = SessionKey.Create(),
            Version = 1,
            CurrentHash = new SecretHash(BitConverter.ToUInt128(RandomNumberGenerator.GetBytes(16))),
            Created = now,
            Rotated = now,
            Updated = now,
            Expires = now.AddHours(2),
            Lifetime = TimeSpan.FromHours(2),
            Data = data ?? new byte[sizeof(long)],
        };
    }

    /// <summary>Under what it is stored.</summary>
    internal static string Name(this SessionRecord record, string prefix = "fuel:session:") =>
        prefix + Convert.ToBase64String(record.Key.ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    internal static SessionRecord Next(this SessionRecord record, byte[]? data = null) =>
        record with { Version = record.Version + 1, Data = data ?? record.Data };

    internal static long Number(this SessionRecord record) => BinaryPrimitives.ReadInt64LittleEndian(record.Data.Span);

    internal static SessionRecord Incremented(this SessionRecord record)
    {
        byte[] data = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(data, record.Number() + 1);
        return record.Next(data);
    }

    /// <summary>Adds one, on whatever is stored by then, as often as asked.</summary>
    internal static async Task IncrementAsync(this ISessionDriver driver, SessionKey key, int times)
    {
        SessionRecord read = (await driver.ReadAsync(key, default))!;
        for (int done = 0; done < times;)
        {
            SessionRecord next = read.Incremented();
            WriteResult result = await driver.WriteAsync(next, default);
            Assert.False(result.IsGone);
            done += result.IsWritten ? 1 : 0;
            read = result.Winner ?? next;
        }
    }
}
