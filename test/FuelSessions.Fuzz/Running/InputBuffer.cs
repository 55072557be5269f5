namespace FuelSessions.Fuzz.Running;

/// <summary>An input that is being made, with room for what is added to it.</summary>
internal sealed class InputBuffer(int largest)
{
    private readonly byte[] _bytes = new byte[largest];

    internal int Length { get; private set; }

    internal int Room => _bytes.Length - Length;

    internal Span<byte> Span => _bytes.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    internal void Set(ReadOnlySpan<byte> bytes)
    {
        Length = Math.Min(bytes.Length, _bytes.Length);
        bytes[..Length].CopyTo(_bytes);
    }

    /// <summary>As much of it as there is room for.</summary>
    internal void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, Room)];
        _bytes.AsSpan(at, Length - at).CopyTo(_bytes.AsSpan(at + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(at));
        Length += bytes.Length;
    }

    internal void Delete(int at, int count)
    {
        _bytes.AsSpan(at + count, Length - at - count).CopyTo(_bytes.AsSpan(at));
        Length -= count;
    }
}
