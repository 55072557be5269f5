using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FuelSessions.Records;

/// <summary>
/// The binary form of a record, for drivers that store bytes. Small on purpose (about 100 bytes without data),
/// and closed by a checksum over key and content: a record that was cut short, damaged or copied under another
/// key is refused instead of half read.
/// </summary>
public static class SessionRecordFormat
{
    private const byte Magic = 0xF5;
    private const byte FormatVersion = 1;
    private const int ChecksumSize = sizeof(uint);

    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Previous = 1,
        Nonce = 2,
        Confirmed = 4,
        UserAgent = 8,
        Ip = 16,
        Principal = 32,
        Revoked = 64,
    }

    /// <summary>Encodes a record into a new array.</summary>
    public static byte[] Encode(SessionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Encode(record, []);
    }

    /// <summary>The same behind bytes of the driver's own.</summary>
    /// <returns><paramref name="header"/> and, right behind it, the encoded record.</returns>
    public static byte[] Encode(SessionRecord record, ReadOnlySpan<byte> header)
    {
        ArgumentNullException.ThrowIfNull(record);
        byte[] rented = ArrayPool<byte>.Shared.Rent(header.Length + Bound(record));
        header.CopyTo(rented);
        int size = header.Length + Encode(record, rented.AsSpan(header.Length));
        byte[] encoded = rented.AsSpan(0, size).ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return encoded;
    }

    /// <summary>Encodes a record to the end of <paramref name="output"/>.</summary>
    public static void Encode(SessionRecord record, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(output);
        output.Advance(Encode(record, output.GetSpan(Bound(record))));
    }

    private static int PrincipalSize(SessionRecord record) => record.Principal is null ? 0 : Encoding.UTF8.GetByteCount(record.Principal);

    private static int Bound(SessionRecord record) => 256 + PrincipalSize(record) + record.Data.Length + record.Flash.Length;

    private static int Encode(SessionRecord record, Span<byte> buffer)
    {
        var writer = new RecordWriter(buffer);

        Parts parts = PartsOf(record);
        writer.Byte(Magic);
        writer.Byte(FormatVersion);
        writer.Byte((byte)parts);
        writer.Varint((ulong)record.Version);
        writer.Varint(record.Epoch);
        long created = record.Created.ToUnixTimeMilliseconds();
        writer.Varint((ulong)created);
        writer.Offset(record.Rotated, created);
        writer.Offset(record.Updated, created);
        writer.Offset(record.Expires, created);
        writer.Varint((ulong)(long)record.Lifetime.TotalMilliseconds);
        writer.Bits(record.CurrentHash.Bits);
        if (record.PreviousHash is { } previous)
        {
            writer.Bits(previous.Bits);
        }

        if (record.Nonce is { } nonce)
        {
            writer.Bits(nonce.Bits);
            writer.Bits(record.SealedPrevious);
        }

        if (record.Confirmed is { } confirmed)
        {
            writer.Offset(confirmed, created);
        }

        if ((parts & Parts.UserAgent) != 0)
        {
            writer.Long(record.UserAgentHash.GetValueOrDefault());
            writer.Long(record.UserAgentFamilyHash.GetValueOrDefault());
        }

        if (record.IpHash is { } ip)
        {
            writer.Long(ip);
        }

        if (record.Principal is not null)
        {
            int principalSize = PrincipalSize(record);
            writer.Varint((ulong)principalSize);
            writer.Text(record.Principal, principalSize);
        }

        writer.Block(record.Data.Span);
        writer.Block(record.Flash.Span);
        writer.Int(Checksum(record.Key, buffer[..writer.Position]));
        return writer.Position;
    }

    /// <summary>
    /// Decodes what <see cref="Encode(SessionRecord)"/> wrote for <paramref name="key"/>. The result refers to
    /// <paramref name="bytes"/>, which must not change afterwards.
    /// </summary>
    /// <exception cref="SessionRecordFormatException">The bytes are not a whole record of that session.</exception>
    public static SessionRecord Decode(SessionKey key, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.Length < 3 + ChecksumSize || span[0] != Magic)
        {
            throw new SessionRecordFormatException($"{span.Length} stored bytes are not a session record.");
        }

        if (span[1] != FormatVersion)
        {
            throw new SessionRecordFormatException(
                $"The session record has format {span[1]}; this version of FuelSessions reads format {FormatVersion}.");
        }

        ReadOnlySpan<byte> content = span[..^ChecksumSize];
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[^ChecksumSize..]) != Checksum(key, content))
        {
            throw new SessionRecordFormatException($"The session record of {span.Length} bytes is damaged or cut short.");
        }

        var reader = new RecordReader(content, 2);
        var parts = (Parts)reader.Byte();
        long version = (long)reader.Varint();
        uint epoch = (uint)reader.Varint();
        DateTimeOffset begun = reader.Time();
        long created = begun.ToUnixTimeMilliseconds();
        return new SessionRecord
        {
            Key = key,
            Version = version,
            Epoch = epoch,
            Created = begun,
            Rotated = reader.Offset(created),
            Updated = reader.Offset(created),
            Expires = reader.Offset(created),
            Lifetime = reader.Duration(),
            CurrentHash = new SecretHash(reader.Bits()),
            PreviousHash = (parts & Parts.Previous) != 0 ? new SecretHash(reader.Bits()) : null,
            Nonce = (parts & Parts.Nonce) != 0 ? new RotationNonce(reader.Bits()) : null,
            PreviousRevoked = (parts & Parts.Revoked) != 0,
            SealedPrevious = (parts & Parts.Nonce) != 0 ? reader.Bits() : default,
            Confirmed = (parts & Parts.Confirmed) != 0 ? reader.Offset(created) : null,
            UserAgentHash = (parts & Parts.UserAgent) != 0 ? reader.Long() : null,
            UserAgentFamilyHash = (parts & Parts.UserAgent) != 0 ? reader.Long() : null,
            IpHash = (parts & Parts.Ip) != 0 ? reader.Long() : null,
            Principal = (parts & Parts.Principal) != 0 ? Encoding.UTF8.GetString(content[reader.Block()]) : null,
            Data = bytes[reader.Block()],
            Flash = bytes[reader.LastBlock()],
        };
    }

    private static Parts PartsOf(SessionRecord record) =>
        (record.PreviousHash is null ? Parts.None : Parts.Previous)
        | (record.Nonce is null ? Parts.None : Parts.Nonce)
        | (record.Confirmed is null ? Parts.None : Parts.Confirmed)
        | (record.UserAgentHash is null ? Parts.None : Parts.UserAgent)
        | (record.IpHash is null ? Parts.None : Parts.Ip)
        | (record.Principal is null ? Parts.None : Parts.Principal)
        | (record.PreviousRevoked ? Parts.Revoked : Parts.None);

    private static uint Checksum(SessionKey key, ReadOnlySpan<byte> content)
    {
        Span<byte> keyBytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(keyBytes);
        return Crc(Crc(uint.MaxValue, keyBytes), content);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
