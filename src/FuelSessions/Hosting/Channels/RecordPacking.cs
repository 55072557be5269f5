using System.Buffers.Binary;
using System.IO.Compression;
using FuelSessions.Configuration;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// A record's bytes as the cookie driver protects them: as they are, or compressed where that saves a cookie. The first byte says which.
/// </summary>
internal static class RecordPacking
{
    internal const byte Plain = 2;
    internal const byte Compressed = 3;

    // What fits into one cookie anyway goes as it is: there is nothing to win.
    private const int OneCookie = 2400;

    // Enough for cookies; more would cost each answer more time than it saves bytes.
    private const int Quality = 5;
    private const int WindowBits = 16;

    // What a record takes beyond its content.
    private const int LargestRest = 4096;

    internal static byte[] Pack(SessionRecord record, bool compresses)
    {
        byte[] content = SessionRecordFormat.Encode(record);
        if (compresses && content.Length > OneCookie)
        {
            byte[] packed = new byte[1 + sizeof(int) + content.Length];
            if (BrotliEncoder.TryCompress(content, packed.AsSpan(1 + sizeof(int)), out int size, Quality, WindowBits) && size + sizeof(int) < content.Length)
            {
                packed[0] = Compressed;
                BinaryPrimitives.WriteInt32BigEndian(packed.AsSpan(1), content.Length);
                return packed[..(1 + sizeof(int) + size)];
            }
        }

        return [Plain, .. content];
    }

    /// <summary>What was packed; null if it can't be that.</summary>
    internal static ReadOnlyMemory<byte>? Unpack(byte kind, ReadOnlyMemory<byte> bytes)
    {
        if (kind == Plain)
        {
            return bytes;
        }

        if (kind != Compressed
            || bytes.Length < sizeof(int)
            || BinaryPrimitives.ReadInt32BigEndian(bytes.Span) is not (> 0 and <= FuelSessionsOptionsRules.MostInCookies + LargestRest and var length))
        {
            return null;
        }

        byte[] content = new byte[length];
        return BrotliDecoder.TryDecompress(bytes.Span[sizeof(int)..], content, out int written) && written == length ? content : null;
    }
}
