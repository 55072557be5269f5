using System.Buffers.Binary;
using System.Security.Cryptography;
using FuelSessions.Records;

namespace FuelSessions.Testing;

/// <summary>Records for the conformance suite, with times in whole milliseconds.</summary>
internal static class SampleRecords
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>A new session at version 1 with nothing optional in it.</summary>
    internal static SessionRecord Bare(DateTimeOffset now, TimeSpan? lifetime = null) => new()
    {
        Key = SessionKey.Create(),
        Version = 1,
        CurrentHash = new SecretHash(Bits()),
        Created = now,
        Rotated = now,
        Updated = now,
        Expires = now + (lifetime ?? Lifetime),
        Lifetime = lifetime ?? Lifetime,
    };

    /// <summary>Every field set, each to another value, with the highest bits in use.</summary>
    internal static SessionRecord Full(DateTimeOffset now) => new()
    {
        Key = SessionKey.Create(),
        Version = 1,
        CurrentHash = new SecretHash(UInt128.MaxValue - 1),
        PreviousHash = new SecretHash(Bits()),
        Nonce = new RotationNonce(UInt128.MaxValue - 2),
        SealedPrevious = UInt128.MaxValue - 3,
        TokenSecret = new StoredTokenSecret(new SecretHash(UInt128.MaxValue - 4), UInt128.MaxValue - 5),
        Epoch = uint.MaxValue,
        Created = now.AddDays(-400),
        Rotated = now.AddMilliseconds(-60_001),
        Confirmed = now.AddMilliseconds(-30_002),
        Updated = now.AddMilliseconds(-3),
        Expires = now.AddMilliseconds(5_400_004),
        Lifetime = TimeSpan.FromMilliseconds(5_400_007),
        UserAgentHash = ulong.MaxValue - 4,
        UserAgentFamilyHash = (1UL << 63) + 5,
        IpHash = ulong.MaxValue - 6,
        Principal = "Ada",
        Binding = Binding(0xA1),
        Ticket = "ticket"u8.ToArray(),
        KeepsCookie = true,
        SignedIn = now.AddMilliseconds(-90_005),
        RememberedUserAgent = "Browser/1.0 (\u00c4)",
        RememberedAddress = "203.0.113.0/24",
        Data = EveryByte(),
        Flash = "flash"u8.ToArray(),
    };

    /// <summary>Of an elliptic key, confirmed, with one bound cookie.</summary>
    internal static DeviceBinding Binding(byte value) => DeviceBinding.FromBytes([1, .. Of(16, value), 1, 2, .. Of(16, 0xB2), 3, 1, .. Of(16, 0xC3), 4, .. Of(64, 0xD4)]);

    internal static byte[] EveryByte() => [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    internal static byte[] RandomBytes(int size) => RandomNumberGenerator.GetBytes(size);

    internal static byte[] Number(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    internal static long Number(SessionRecord record) => BinaryPrimitives.ReadInt64LittleEndian(record.Data.Span);

    private static IEnumerable<byte> Of(int count, byte value) => Enumerable.Repeat(value, count);

    private static UInt128 Bits() => BinaryPrimitives.ReadUInt128BigEndian(RandomBytes(16));
}
