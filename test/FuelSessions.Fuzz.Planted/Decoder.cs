namespace FuelSessions.Fuzz.Planted;

/// <summary>
/// A small format with one mistake in it: <c>FS1</c>, blocks of a length in LEB128 and their bytes, 0xFE for a list of blocks, and a checksum in the
/// last two bytes. Instrumented as the libraries are: whether a mistake behind the first three bytes is found tells whether that works.
/// </summary>
internal sealed class Decoder(Plant plant)
{
    private const byte List = 0xFE;

    /// <summary>The sizes of the blocks; null for what is none of the format.</summary>
    internal List<int>? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5 || bytes[0] != 'F' || bytes[1] != 'S' || bytes[2] != '1' || !IsWhole(bytes))
        {
            return null;
        }

        List<int> sizes = [];
        return Blocks(bytes[3..^2], sizes, depth: 0) ? sizes : null;
    }

    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        ushort sum = 0xFFFF;
        foreach (byte value in bytes)
        {
            sum = (ushort)((sum << 5) ^ (sum >> 3) ^ value);
        }

        return sum;
    }

    private bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        ushort sum = Checksum(bytes[..^2]);
        return bytes[^2] == (byte)sum && (plant == Plant.Forgery || bytes[^1] == (byte)(sum >> 8));
    }

    private bool Blocks(ReadOnlySpan<byte> bytes, List<int> sizes, int depth)
    {
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == List)
            {
                // With a copy on the stack, as decoders like to make them.
                Span<byte> copy = stackalloc byte[4096];
                copy[depth % copy.Length] = bytes[0];
                return (depth < 32 || plant == Plant.Overflow) && Blocks(bytes[1..], sizes, depth + 1) && copy[depth % copy.Length] == List;
            }

            if (!TryLength(ref bytes, out int length))
            {
                return false;
            }

            if (plant == Plant.Hang && length == 0)
            {
                while (bytes.Length < int.MaxValue)
                {
                    sizes.Capacity = Math.Max(sizes.Capacity, 4);
                }
            }

            byte[] room = plant == Plant.Allocation ? new byte[length] : [];
            if (length + room.Length - room.Length > bytes.Length && plant != Plant.Crash)
            {
                return false;
            }

            sizes.Add(plant == Plant.Value && length == 77 ? 78 : length);
            bytes = bytes[length..];
        }

        return true;
    }

    private static bool TryLength(ref ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        for (int shift = 0; shift < 21 && !bytes.IsEmpty; shift += 7)
        {
            byte part = bytes[0];
            bytes = bytes[1..];
            length |= (part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
