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

    internal void Byte(byte value) => _buffer[Position++] = value;

    /// <summary>LEB128: seven bits a byte, lowest first.</summary>
    internal void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    /// <summary>A time as its distance from <paramref name="origin"/>, zigzag coded: clocks of two servers may differ.</summary>
    internal void Offset(DateTimeOffset time, long origin)
    {
        long distance = time.ToUnixTimeMilliseconds() - origin;
        Varint((ulong)((distance << 1) ^ (distance >> 63)));
    }

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

    internal void Int(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Position..], value);
        Position += sizeof(uint);
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
}
