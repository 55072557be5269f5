using System.Buffers.Binary;
using System.Numerics;
using FuelSessions.Records;

namespace FuelSessions.Drivers;

/// <summary>
/// The first eight bytes of a session file: when the record ends. A touch overwrites them in place, so they are
/// outside the record's own checksum and bring their own: the lower 48 bits, in little-endian order, are unix
/// milliseconds (enough until the year 9999, as <see cref="DateTimeOffset"/>), the upper 16 a checksum over key and time.
/// </summary>
internal static class FileHeader
{
    internal const int Size = sizeof(ulong);

    private const int TimeBits = 48;
    private const ulong TimeMask = (1UL << TimeBits) - 1;

    private static readonly ulong LastTime = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    internal static void Write(Span<byte> destination, SessionKey key, DateTimeOffset expires)
    {
        ulong time = (ulong)Math.Max(0, expires.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt64LittleEndian(destination, time | ((ulong)Checksum(key, time) << TimeBits));
    }

    /// <summary>False for bytes that <see cref="Write"/> did not write for that key.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, SessionKey key, out DateTimeOffset expires)
    {
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(source);
        ulong time = header & TimeMask;
        bool whole = time <= LastTime && header >> TimeBits == Checksum(key, time);
        expires = whole ? DateTimeOffset.FromUnixTimeMilliseconds((long)time) : default;
        return whole;
    }

    private static ushort Checksum(SessionKey key, ulong time)
    {
        Span<byte> bytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(bytes);
        uint crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));
        crc = BitOperations.Crc32C(crc, time);
        return (ushort)(crc ^ (crc >> 16));
    }
}
