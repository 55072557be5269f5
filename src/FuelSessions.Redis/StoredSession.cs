using System.Buffers.Binary;
using FuelSessions.Records;

namespace FuelSessions.Redis;

/// <summary>
/// A record as it is stored: 8 bytes its end in unix milliseconds, 8 bytes its version, both big-endian, then the encoded record. The
/// scripts compare the version without decoding the rest, and a touch overwrites the end in place.
/// </summary>
internal static class StoredSession
{
    private const int HeaderSize = 2 * sizeof(long);

    internal static byte[] Encode(SessionRecord record)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteInt64BigEndian(header, record.Expires.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(header[sizeof(long)..], record.Version);
        return SessionRecordFormat.Encode(record, header);
    }

    /// <summary>The version in the form in which the script compares it.</summary>
    internal static byte[] Version(long version)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, version);
        return bytes;
    }

    /// <exception cref="SessionRecordFormatException">The bytes are not a whole record of that session.</exception>
    internal static SessionRecord Decode(SessionKey key, byte[] stored)
    {
        if (stored.Length < HeaderSize)
        {
            throw new SessionRecordFormatException($"{stored.Length} stored bytes are not a session record.");
        }

        SessionRecord record = SessionRecordFormat.Decode(key, stored.AsMemory(HeaderSize));
        long end = BinaryPrimitives.ReadInt64BigEndian(stored);

        // A touch moves the end forward only, and never the version.
        return BinaryPrimitives.ReadInt64BigEndian(stored.AsSpan(sizeof(long))) == record.Version
            && end >= record.Expires.ToUnixTimeMilliseconds()
            && end <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? end == record.Expires.ToUnixTimeMilliseconds() ? record : record with { Expires = DateTimeOffset.FromUnixTimeMilliseconds(end) }
            : throw new SessionRecordFormatException($"The session record of {stored.Length} bytes has a damaged header.");
    }
}
