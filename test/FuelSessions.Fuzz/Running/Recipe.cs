using System.Buffers.Binary;

namespace FuelSessions.Fuzz.Running;

/// <summary>An input read as a list of decisions; behind its end all are 0.</summary>
internal ref struct Recipe(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    internal readonly bool IsOver => _left.IsEmpty;

    internal readonly ReadOnlySpan<byte> Rest => _left;

    internal byte Byte() => Block(1) is [var value] ? value : (byte)0;

    /// <summary>0 to one less than <paramref name="end"/>.</summary>
    internal int Below(int end) => Byte() % end;

    internal ushort Short() => Block(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    /// <summary>The next ones, or as many as there are.</summary>
    internal ReadOnlySpan<byte> Block(int size)
    {
        ReadOnlySpan<byte> block = _left[..Math.Min(size, _left.Length)];
        _left = _left[block.Length..];
        return block;
    }
}
