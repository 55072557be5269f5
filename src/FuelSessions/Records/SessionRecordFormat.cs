using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FuelSessions.Records;

/// <summary>
/// The binary form of a record, for drivers that store bytes. Small on purpose: beside data, flash and principal 37 bytes as the session
/// begins, some 6 more once it was saved again, and 48 more from its first rotation on. Closed by a checksum over key and content: a
/// record that was cut short, damaged or copied under another key is refused instead of half read.
/// </summary>
/// <remarks>
/// It begins with two bytes for format and parts, then the version in LEB128, which says itself where it ends: so a store can compare
/// versions in place, without decoding.
/// </remarks>
public static class SessionRecordFormat
{
    private const int FormatVersion = 2;
    private const int FormatShift = 12;
    private const int FormatMask = 7;
    private const int HasMore = 1 << 15;
    private const int MoreShift = 16;
    private const int ChecksumSize = sizeof(uint);

    // More than everything in front of the blocks takes with each number at its longest.
    private const int MostHead = 224;

    // Twelve bits; of the four above them three hold the format, and the highest one says that a byte with more parts follows the version.
    [Flags]
    private enum Parts
    {
        None = 0,
        Previous = 1,
        Nonce = 1 << 1,
        Revoked = 1 << 2,
        Updated = 1 << 3,
        Confirmed = 1 << 4,
        ConfirmedAtOnce = 1 << 5,
        Epoch = 1 << 6,
        UserAgent = 1 << 7,
        Ip = 1 << 8,
        LongHashes = 1 << 9,
        Principal = 1 << 10,
        Flash = 1 << 11,

        // In the byte that most records do without.
        TokenSecret = 1 << 16,
        OnlyUserAgent = 1 << 17,
        OnlyFamily = 1 << 18,
        SignIn = 1 << 19,
        Binding = 1 << 20,
        RotationDue = 1 << 21,
        More = TokenSecret | OnlyUserAgent | OnlyFamily | SignIn | Binding | RotationDue,
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
        Span<byte> head = stackalloc byte[MostHead];
        head = head[..WriteHead(record, head)];
        byte[] encoded = GC.AllocateUninitializedArray<byte>(header.Length + Size(record, head));
        header.CopyTo(encoded);
        Write(record, head, encoded.AsSpan(header.Length));
        return encoded;
    }

    /// <summary>Encodes a record to the end of <paramref name="output"/>.</summary>
    public static void Encode(SessionRecord record, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(output);
        Span<byte> head = stackalloc byte[MostHead];
        head = head[..WriteHead(record, head)];
        int size = Size(record, head);
        Write(record, head, output.GetSpan(size)[..size]);
        output.Advance(size);
    }

    private static int Size(SessionRecord record, ReadOnlySpan<byte> head) =>
        head.Length
        + (record.Principal is null ? 0 : RecordWriter.SizeOfBlock(PrincipalSize(record)))
        + (SignInFormat.IsIn(record.Owner) ? RecordWriter.SizeOfBlock(SignInFormat.Size(record.Owner)) : 0)
        + (record.Flash.IsEmpty ? 0 : RecordWriter.SizeOfBlock(record.Flash.Length))
        + (record.Binding is not { } binding ? 0 : RecordWriter.SizeOfBlock(binding.Size))
        + record.Data.Length
        + ChecksumSize;

    private static int PrincipalSize(SessionRecord record) => Encoding.UTF8.GetByteCount(record.Principal!);

    // Everything that has a bound.
    private static int WriteHead(SessionRecord record, Span<byte> buffer)
    {
        var writer = new RecordWriter(buffer);
        Parts parts = PartsOf(record);
        Parts more = parts & Parts.More;
        writer.Short((ushort)((FormatVersion << FormatShift) | (int)parts | (more == 0 ? 0 : HasMore)));
        writer.Varint((ulong)record.Version);
        if (more != 0)
        {
            writer.Byte((byte)((int)more >> MoreShift));
        }

        writer.Time(record.Created);
        writer.Offset(record.Rotated, record.Created);
        if ((parts & Parts.Updated) != 0)
        {
            writer.Offset(record.Updated, record.Rotated);
        }

        if ((parts & Parts.Confirmed) != 0)
        {
            writer.Offset(record.Confirmed.GetValueOrDefault(), record.Rotated);
        }

        writer.Duration(record.Lifetime);
        writer.End(record.Expires, record.Updated, record.Lifetime);
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

        if ((parts & Parts.Epoch) != 0)
        {
            writer.Varint(record.Epoch);
        }

        if (record.TokenSecret is { } tokens)
        {
            writer.Bits(tokens.Hash.Bits);
            writer.Bits(tokens.Sealed);
        }

        bool longHashes = (parts & Parts.LongHashes) != 0;
        if (record.UserAgentHash is { } userAgent)
        {
            writer.ClientHash(userAgent, longHashes);
        }

        if (record.UserAgentFamilyHash is { } family)
        {
            writer.ClientHash(family, longHashes);
        }

        if (record.IpHash is { } ip)
        {
            writer.ClientHash(ip, longHashes);
        }

        return writer.Position;
    }

    // The data come last, so that what is left is theirs.
    private static void Write(SessionRecord record, ReadOnlySpan<byte> head, Span<byte> buffer)
    {
        var writer = new RecordWriter(buffer);
        writer.Raw(head);
        if (record.Principal is not null)
        {
            writer.TextBlock(record.Principal, PrincipalSize(record));
        }

        if (SignInFormat.IsIn(record.Owner))
        {
            writer.Varint((ulong)SignInFormat.Size(record.Owner));
            SignInFormat.Write(record.Owner, ref writer);
        }

        if (!record.Flash.IsEmpty)
        {
            writer.Block(record.Flash.Span);
        }

        if (record.Binding is { } binding)
        {
            int size = binding.Size;
            writer.Varint((ulong)size);
            DeviceBindingFormat.Write(binding, writer.Take(size));
        }

        writer.Raw(record.Data.Span);
        writer.Int(Checksum(record.Key, buffer[..writer.Position]));
    }

    /// <summary>
    /// Decodes what <see cref="Encode(SessionRecord)"/> wrote for <paramref name="key"/>. The result refers to
    /// <paramref name="bytes"/>, which must not change afterwards.
    /// </summary>
    /// <exception cref="SessionRecordFormatException">The bytes are not a whole record of that session.</exception>
    public static SessionRecord Decode(SessionKey key, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.Length < sizeof(ushort) + ChecksumSize)
        {
            throw new SessionRecordFormatException($"{span.Length} stored bytes are not a session record.");
        }

        ReadOnlySpan<byte> content = span[..^ChecksumSize];
        var reader = new RecordReader(content, 0);
        int start = reader.Short();
        int format = (start >> FormatShift) & FormatMask;
        if (format != FormatVersion)
        {
            throw new SessionRecordFormatException(
                $"{span.Length} stored bytes are not a session record, or one of format {format}; this version of FuelSessions reads format {FormatVersion}.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(span[^ChecksumSize..]) != Checksum(key, content))
        {
            throw new SessionRecordFormatException($"The session record of {span.Length} bytes is damaged or cut short.");
        }

        long version = (long)reader.Varint();
        var parts = (Parts)(start | ((start & HasMore) == 0 ? 0 : reader.Byte() << MoreShift));
        if ((int)(parts & ~Parts.More) >> MoreShift != 0)
        {
            throw new SessionRecordFormatException($"The session record of {span.Length} bytes has parts that this version of FuelSessions does not know.");
        }

        bool longHashes = (parts & Parts.LongHashes) != 0;
        DateTimeOffset created = reader.Time();
        DateTimeOffset rotated = reader.Offset(created);
        DateTimeOffset updated = (parts & Parts.Updated) != 0 ? reader.Offset(rotated) : rotated;
        DateTimeOffset? confirmed =
            (parts & Parts.Confirmed) != 0 ? reader.Offset(rotated)
            : (parts & Parts.ConfirmedAtOnce) != 0 ? rotated
            : null;
        TimeSpan lifetime = reader.Duration();
        return new SessionRecord
        {
            Key = key,
            Version = version,
            Created = created,
            Rotated = rotated,
            IsRotationDue = (parts & Parts.RotationDue) != 0,
            Updated = updated,
            Confirmed = confirmed,
            Lifetime = lifetime,
            Expires = reader.End(updated, lifetime),
            CurrentHash = new SecretHash(reader.Bits()),
            LastRotation = (parts & (Parts.Previous | Parts.Nonce)) == 0 ? default : (
                (parts & Parts.Previous) != 0 ? new SecretHash(reader.Bits()) : null,
                (parts & Parts.Nonce) != 0 ? new RotationNonce(reader.Bits()) : null,
                (parts & Parts.Nonce) != 0 ? reader.Bits() : default),
            PreviousRevoked = (parts & Parts.Revoked) != 0,
            Epoch = (parts & Parts.Epoch) != 0 ? (uint)reader.Varint() : 0,
            TokenSecret = (parts & Parts.TokenSecret) != 0 ? new StoredTokenSecret(new SecretHash(reader.Bits()), reader.Bits()) : null,
            UserAgentHash = (parts & (Parts.UserAgent | Parts.OnlyUserAgent)) != 0 ? reader.ClientHash(longHashes) : null,
            UserAgentFamilyHash = (parts & (Parts.UserAgent | Parts.OnlyFamily)) != 0 ? reader.ClientHash(longHashes) : null,
            IpHash = (parts & Parts.Ip) != 0 ? reader.ClientHash(longHashes) : null,
            Owner = (parts & (Parts.Principal | Parts.SignIn)) == 0 ? null : SignInFormat.Read(
                (parts & Parts.Principal) != 0 ? Encoding.UTF8.GetString(content[reader.Block()]) : null,
                (parts & Parts.SignIn) != 0 ? bytes[reader.Block()] : default),
            Flash = (parts & Parts.Flash) != 0 ? bytes[reader.Block()] : default,
            Binding = (parts & Parts.Binding) != 0 ? DeviceBindingFormat.Read(content[reader.Block()]) : null,
            Data = bytes[reader.Rest()],
        };
    }

    private static Parts PartsOf(SessionRecord record) =>
        (record.PreviousHash is null ? Parts.None : Parts.Previous)
        | (record.Nonce is null ? Parts.None : Parts.Nonce)
        | (record.PreviousRevoked ? Parts.Revoked : Parts.None)
        | (record.Updated == record.Rotated ? Parts.None : Parts.Updated)
        | (record.Confirmed is not { } confirmed ? Parts.None : confirmed == record.Rotated ? Parts.ConfirmedAtOnce : Parts.Confirmed)
        | (record.Epoch == 0 ? Parts.None : Parts.Epoch)
        | (record.TokenSecret is null ? Parts.None : Parts.TokenSecret)
        | (record.UserAgentHash, record.UserAgentFamilyHash) switch
        {
            (null, null) => Parts.None,
            (_, null) => Parts.OnlyUserAgent,
            (null, _) => Parts.OnlyFamily,
            _ => Parts.UserAgent,
        }
        | (record.IpHash is null ? Parts.None : Parts.Ip)
        | (HasLongHash(record) ? Parts.LongHashes : Parts.None)
        | (record.Principal is null ? Parts.None : Parts.Principal)
        | (SignInFormat.IsIn(record.Owner) ? Parts.SignIn : Parts.None)
        | (record.Flash.IsEmpty ? Parts.None : Parts.Flash)
        | (record.Binding is null ? Parts.None : Parts.Binding)
        | (record.IsRotationDue ? Parts.RotationDue : Parts.None);

    // Those that the engine makes have 32 bits.
    private static bool HasLongHash(SessionRecord record) => uint.MaxValue
        < (record.UserAgentHash.GetValueOrDefault() | record.UserAgentFamilyHash.GetValueOrDefault() | record.IpHash.GetValueOrDefault());

    private static uint Checksum(SessionKey key, ReadOnlySpan<byte> content)
    {
        Span<byte> keyBytes = stackalloc byte[SessionKey.Size];
        key.WriteTo(keyBytes);

        // Inverted, as usual: if it were not, zeros behind a record would not change its checksum.
        return ~Crc(Crc(uint.MaxValue, keyBytes), content);
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
