using System.Buffers.Binary;

namespace FuelSessions.Benchmarks.Server.Variants.FloorStores;

/// <summary>8 bytes version, 8 bytes counter, then the rest.</summary>
internal static class FloorValue
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    private const int HeaderSize = 2 * sizeof(long);

    internal static byte[] Begin(int otherData)
    {
        byte[] value = new byte[HeaderSize + otherData];
        BinaryPrimitives.WriteInt64BigEndian(value, 1);
        value.AsSpan(HeaderSize).Fill((byte)'x');
        return value;
    }

    internal static byte[] Next(byte[] value)
    {
        byte[] next = (byte[])value.Clone();
        BinaryPrimitives.WriteInt64BigEndian(next, Version(value) + 1);
        BinaryPrimitives.WriteInt64BigEndian(next.AsSpan(sizeof(long)), Counter(value) + 1);
        return next;
    }

    internal static long Version(byte[] value) => BinaryPrimitives.ReadInt64BigEndian(value);

    internal static long Counter(byte[] value) => BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(sizeof(long)));
}
