namespace FuelSessions;

/// <summary>Unsigned numbers in seven bits a byte, lowest first: no number's bytes begin another's.</summary>
internal static class Leb128
{
    /// <summary>As many bytes as the largest number takes.</summary>
    internal const int MaxSize = 10;

    /// <returns>How many bytes it took.</returns>
    internal static int Write(ulong value, Span<byte> destination)
    {
        int size = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[size++] = (byte)(value | 0x80);
        }

        destination[size++] = (byte)value;
        return size;
    }
}
