using System.Buffers.Binary;
using System.Buffers.Text;
using FuelSessions.Records;

namespace FuelSessions.Redis;

/// <summary>
/// A record as it is stored: its end in unix milliseconds, 6 bytes, big-endian, which a touch overwrites in place; then the encoded
/// record. The scripts compare its version, behind two more bytes, without decoding the rest.
/// </summary>
internal static class StoredSession
{
    private const int EndSize = 6;

    // Those of most sessions, which take one byte each.
    private static readonly byte[][] SmallVersions = [.. Enumerable.Range(0, 128).Select(version => new[] { (byte)version })];

    /// <summary>Under what it is stored: the prefix and, in 22 characters, base64url (RFC 4648, section 5, no padding) of the key.</summary>
    internal static byte[] Name(ReadOnlySpan<byte> prefix, SessionKey key)
    {
        Span<byte> bytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(bytes);
        byte[] name = new byte[prefix.Length + Base64Url.GetEncodedLength(SessionKey.Size)];
        prefix.CopyTo(name);
        Base64Url.EncodeToUtf8(bytes, name.AsSpan(prefix.Length));
        return name;
    }

    internal static byte[] Encode(SessionRecord record)
    {
        Span<byte> end = stackalloc byte[sizeof(long)];
        return SessionRecordFormat.Encode(record, Write(record.Expires, end));
    }

    /// <summary>The end alone, as it is stored: not every server's scripts can pack a number of 6 bytes.</summary>
    internal static byte[] End(DateTimeOffset expires)
    {
        Span<byte> end = stackalloc byte[sizeof(long)];
        return Write(expires, end).ToArray();
    }

    /// <summary>The version as it is in a record, in LEB128: as no such number begins another one, the script compares as many bytes.</summary>
    internal static byte[] Version(long version)
    {
        if ((ulong)version < (ulong)SmallVersions.Length)
        {
            return SmallVersions[version];
        }

        Span<byte> bytes = stackalloc byte[Leb128.MaxSize];
        return bytes[..Leb128.Write((ulong)version, bytes)].ToArray();
    }

    private static Span<byte> Write(DateTimeOffset expires, Span<byte> end)
    {
        BinaryPrimitives.WriteInt64BigEndian(end, Math.Max(0, expires.ToUnixTimeMilliseconds()));
        return end[^EndSize..];
    }

    /// <exception cref="SessionRecordFormatException">The bytes are not a whole record of that session.</exception>
    internal static SessionRecord Decode(SessionKey key, byte[] stored)
    {
        if (stored.Length < EndSize)
        {
            throw new SessionRecordFormatException($"{stored.Length} stored bytes are not a session record.");
        }

        SessionRecord record = SessionRecordFormat.Decode(key, stored.AsMemory(EndSize));
        long end = ((long)BinaryPrimitives.ReadUInt16BigEndian(stored) << 32) | BinaryPrimitives.ReadUInt32BigEndian(stored.AsSpan(sizeof(ushort)));

        // A touch moves the end forward only. How far is for the server to say, which keeps no record beyond its time to live.
        return end >= record.Expires.ToUnixTimeMilliseconds() && end <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? end == record.Expires.ToUnixTimeMilliseconds() ? record : record with { Expires = DateTimeOffset.FromUnixTimeMilliseconds(end) }
            : throw new SessionRecordFormatException($"The session record of {stored.Length} bytes has a damaged end.");
    }
}
