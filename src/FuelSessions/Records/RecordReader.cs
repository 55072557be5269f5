using System.Buffers.Binary;

namespace FuelSessions.Records;

/// <summary>Reads what <see cref="RecordWriter"/> wrote and never past its end.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes, int position)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = position;

    internal readonly int Position => _position;

    internal byte Byte() => _bytes[Take(1)];

    internal ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    internal DateTimeOffset Time() => TimeAt((long)Varint());

    internal DateTimeOffset Offset(DateTimeOffset origin) => TimeAt(origin.ToUnixTimeMilliseconds() + Signed());

    internal TimeSpan Duration()
    {
        long milliseconds = Milliseconds();
        return milliseconds >= TimeSpan.MinValue.Ticks / TimeSpan.TicksPerMillisecond
            && milliseconds <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond
                ? TimeSpan.FromMilliseconds(milliseconds)
                : throw Damaged();
    }

    internal DateTimeOffset End(DateTimeOffset updated, TimeSpan lifetime) =>
        TimeAt(updated.ToUnixTimeMilliseconds() + DurationUnits.MillisecondsOf(lifetime) + Milliseconds());

    internal UInt128 Bits() => BinaryPrimitives.ReadUInt128BigEndian(_bytes[Take(16)..]);

    internal ulong ClientHash(bool isLong) => isLong ? Long() : BinaryPrimitives.ReadUInt32LittleEndian(_bytes[Take(sizeof(uint))..]);

    internal ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(_bytes[Take(sizeof(ushort))..]);

    internal ulong Long() => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Take(sizeof(ulong))..]);

    /// <summary>Where the next block of bytes is, behind its length.</summary>
    internal Range Block()
    {
        ulong size = Varint();
        if (size > int.MaxValue)
        {
            throw Damaged();
        }

        int start = Take((int)size);
        return start..(start + (int)size);
    }

    /// <summary>All that is left.</summary>
    internal Range Rest() => Take(_bytes.Length - _position).._bytes.Length;

    /// <exception cref="SessionRecordFormatException">There is more.</exception>
    internal readonly void RequireEnd()
    {
        if (_position != _bytes.Length)
        {
            throw Damaged();
        }
    }

    // What a forged one makes overflow is checked with what comes out.
    private long Milliseconds()
    {
        long coded = Signed();
        return (coded >> DurationUnits.Bits) * DurationUnits.Milliseconds[(int)(coded & DurationUnits.Mask)];
    }

    private long Signed()
    {
        ulong coded = Varint();
        return (long)(coded >> 1) ^ -(long)(coded & 1);
    }

    private int Take(int count)
    {
        if (count > _bytes.Length - _position)
        {
            throw Damaged();
        }

        int start = _position;
        _position += count;
        return start;
    }

    // A checksum can be forged: what it lets through must still not end in another exception.
    internal static DateTimeOffset TimeAt(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw Damaged();

    internal static SessionRecordFormatException Damaged() => new("The session record's content is damaged.");
}
