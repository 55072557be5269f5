using System.Buffers.Binary;
using System.Text;

namespace FuelSessions.Fuzz.Running;

/// <summary>Makes inputs from inputs: as AFL's havoc stage does, and with the words of the target.</summary>
internal sealed class Mutator(Dice dice, IReadOnlyList<byte[]> words)
{
    private const int MostChanges = 8;
    private const int LongestBlock = 64;

    private static readonly byte[] Bytes = [0, 1, 0x10, 0x20, 0x7F, 0x80, 0x81, 0xC0, 0xED, 0xFE, 0xFF, .. "09azAZ-_.,;:=&%\"\\/{}[]()\r\n\t"u8];

    private static readonly ulong[] Numbers =
        [0, 1, 2, 15, 31, 32, 33, 63, 64, 127, 128, 255, 256, 1024, 4095, 65535, 1 << 20, int.MaxValue, 1u << 31, uint.MaxValue, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue];

    private static readonly string[] Texts =
        ["-1", "00", "1e9", "1e999", "-0", "NaN", "0.1", "99999999999999999999", "null", "true", "\\ud800", "\\u0000", "%00", "%ff", "\u00e9", "\U0001F600"];

    /// <summary>Changes <paramref name="input"/> in one to eight ways.</summary>
    /// <param name="other">Another input, to take parts of.</param>
    internal void Change(InputBuffer input, ReadOnlySpan<byte> other)
    {
        for (int left = 1 + dice.Below(MostChanges); left > 0; left--)
        {
            ChangeOnce(input, other);
        }
    }

    private void ChangeOnce(InputBuffer input, ReadOnlySpan<byte> other)
    {
        if (input.Length == 0)
        {
            input.Insert(0, other.IsEmpty ? [Bytes[dice.Below(Bytes.Length)]] : other);
            return;
        }

        int at = dice.Below(input.Length);
        Span<byte> bytes = input.Span;
        Span<byte> number = stackalloc byte[20];
        switch (dice.Below(16))
        {
            case 0:
                bytes[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 1:
                bytes[at] = (byte)dice.Next();
                break;
            case 2:
                bytes[at] = Bytes[dice.Below(Bytes.Length)];
                break;
            case 3:
                bytes[at] += (byte)(1 + dice.Below(16));
                break;
            case 4:
                bytes[at] -= (byte)(1 + dice.Below(16));
                break;
            case 5:
                input.Delete(at, 1 + dice.Below(Math.Min(LongestBlock, input.Length - at)));
                break;
            case 6:
                input.Insert(at, [Bytes[dice.Below(Bytes.Length)]]);
                break;
            case 7 when words.Count > 0:
                input.Insert(at, words[dice.Below(words.Count)]);
                break;
            case 8 when words.Count > 0:
                byte[] word = words[dice.Below(words.Count)];
                word.AsSpan(0, Math.Min(word.Length, bytes.Length - at)).CopyTo(bytes[at..]);
                break;
            case 9:
                ReadOnlySpan<byte> block = bytes.Slice(at, 1 + dice.Below(Math.Min(LongestBlock, bytes.Length - at))).ToArray();
                input.Insert(dice.Below(input.Length + 1), block);
                break;
            case 10 when !other.IsEmpty:
                int from = dice.Below(other.Length);
                input.Insert(at, other.Slice(from, 1 + dice.Below(other.Length - from)));
                break;
            case 11 when !other.IsEmpty:
                // The beginning of the one and the end of the other.
                input.Delete(at, input.Length - at);
                input.Insert(at, other[Math.Min(at, other.Length - 1)..]);
                break;
            case 12:
                input.Insert(at, number[..WriteLeb128(Numbers[dice.Below(Numbers.Length)], number)]);
                break;
            case 13:
                input.Insert(at, Encoding.UTF8.GetBytes(dice.OneIn(2) ? Numbers[dice.Below(Numbers.Length)].ToString() : Texts[dice.Below(Texts.Length)]));
                break;
            case 14:
                BinaryPrimitives.WriteUInt64LittleEndian(number, Numbers[dice.Below(Numbers.Length)]);
                number[..Math.Min(1 << dice.Below(4), bytes.Length - at)].CopyTo(bytes[at..]);
                break;
            case 15 when dice.OneIn(8):
                Repeat(input, at);
                break;
            default:
                input.Delete(at, 1);
                break;
        }
    }

    private static int WriteLeb128(ulong value, Span<byte> destination)
    {
        int size = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[size++] = (byte)(value | 0x80);
        }

        destination[size++] = (byte)value;
        return size;
    }

    // What is linear in one must be linear in a thousand.
    private void Repeat(InputBuffer input, int at)
    {
        ReadOnlySpan<byte> block = input.Span.Slice(at, 1 + dice.Below(Math.Min(LongestBlock, input.Length - at))).ToArray();
        for (int left = 1 << dice.Below(11); left > 0 && input.Room > 0; left--)
        {
            input.Insert(at, block);
        }
    }
}
