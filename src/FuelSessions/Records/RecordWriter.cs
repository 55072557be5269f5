using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FuelSessions.Records;

/// <summary>Writes the record format's elements one after another; the caller has made room.</summary>
internal ref struct RecordWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    internal int Position { get; private set; }

    /// <summary>How many bytes <see cref="Varint"/> writes for it.</summary>
    internal static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>How many bytes <see cref="Block"/> writes for so many.</summary>
    internal static int SizeOfBlock(int size) => SizeOf((ulong)size) + size;

    internal void Byte(byte value) => _buffer[Position++] = value;

    internal void Varint(ulong value) => Position += Leb128.Write(value, _buffer[Position..]);

    internal void Time(DateTimeOffset time) => Varint((ulong)time.ToUnixTimeMilliseconds());

    /// <summary>A time as its distance from another one. It may be negative: clocks of two servers may differ.</summary>
    internal void Offset(DateTimeOffset time, DateTimeOffset origin) => Signed(time.ToUnixTimeMilliseconds() - origin.ToUnixTimeMilliseconds());

    internal void Duration(TimeSpan duration) => Duration(DurationUnits.MillisecondsOf(duration));

    /// <summary>An end as the duration by which it is later than it would be by the lifetime alone: usually a whole interval between touches.</summary>
    internal void End(DateTimeOffset end, DateTimeOffset updated, TimeSpan lifetime) =>
        Duration(end.ToUnixTimeMilliseconds() - updated.ToUnixTimeMilliseconds() - DurationUnits.MillisecondsOf(lifetime));

    internal void Bits(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_buffer[Position..], value);
        Position += 16;
    }

    internal void Long(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer[Position..], value);
        Position += sizeof(ulong);
    }

    internal void Short(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], value);
        Position += sizeof(ushort);
    }

    internal void Int(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Position..], value);
        Position += sizeof(uint);
    }

    /// <summary>In four bytes, or in eight if one of the record's does not fit into four.</summary>
    internal void ClientHash(ulong value, bool isLong)
    {
        if (isLong)
        {
            Long(value);
        }
        else
        {
            Int((uint)value);
        }
    }

    internal void TextBlock(string value, int size)
    {
        Varint((ulong)size);
        Text(value, size);
    }

    internal void Text(string value, int size)
    {
        Encoding.UTF8.GetBytes(value, _buffer.Slice(Position, size));
        Position += size;
    }

    internal void Block(ReadOnlySpan<byte> bytes)
    {
        Varint((ulong)bytes.Length);
        Raw(bytes);
    }

    internal void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Position..]);
        Position += bytes.Length;
    }

    /// <summary>Room for so many bytes that somebody else writes.</summary>
    internal Span<byte> Take(int size)
    {
        Span<byte> taken = _buffer.Slice(Position, size);
        Position += size;
        return taken;
    }

    // What people configure are whole seconds, minutes and hours: their number, and in the lowest two bits the unit.
    private void Duration(long milliseconds)
    {
        int unit = DurationUnits.Milliseconds.Length - 1;
        while (milliseconds % DurationUnits.Milliseconds[unit] != 0)
        {
            unit--;
        }

        Signed(((milliseconds / DurationUnits.Milliseconds[unit]) << DurationUnits.Bits) | (uint)unit);
    }

    // Zigzag: small numbers stay small, whatever their sign.
    private void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));
}
