using System.Text;

namespace FuelSessions.Fuzz.Running;

/// <summary>Something that takes what others wrote, and what it promises for whatever that is.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Its name on the command line and of its corpus.</summary>
    internal abstract string Name { get; }

    /// <summary>Besides a fixed part, it may allocate so many bytes for each byte of an input.</summary>
    internal abstract int BytesPerByte { get; }

    /// <summary>The fixed part: an exception with its trace, and what a small input is turned into.</summary>
    internal virtual int FixedBytes => 16 * 1024;

    /// <summary>The longest input that is made, in bytes.</summary>
    internal virtual int Longest => 4096;

    /// <summary>Words of what is read, that chance alone would hardly find.</summary>
    internal virtual IEnumerable<string> Words => [];

    /// <summary>Inputs to begin with, beside the kept ones.</summary>
    internal abstract IEnumerable<byte[]> Seeds { get; }

    internal Meter Meter { get; } = new();

    /// <summary>Makes an input whole again where a change has broken it in a way that would be refused at once, such as a checksum.</summary>
    internal virtual void Mend(InputBuffer input)
    {
    }

    /// <summary>Runs the code on an input; measures it with <see cref="Meter"/>.</summary>
    /// <returns>What came out, told roughly: inputs with a new one are kept.</returns>
    /// <exception cref="Exception">Anything: a promise is broken.</exception>
    internal abstract int Run(ReadOnlyMemory<byte> input);

    internal long MostBytes(int length) => FixedBytes + (BytesPerByte * (length + Meter.Given));

    /// <summary>Text as an input: one byte a character, as headers have it, or with 1 in front UTF-16.</summary>
    protected static string TextOf(ReadOnlySpan<byte> bytes) => bytes is [1, .. var wide] ? Encoding.Unicode.GetString(wide) is var text && text.Contains('\uFFFD') ? Halves(wide) : text : Encoding.Latin1.GetString(bytes);

    protected static byte[] InputOf(string text) => text.All(static character => character < 256) && text is not ['\u0001', ..]
        ? Encoding.Latin1.GetBytes(text)
        : [1, .. Encoding.Unicode.GetBytes(text)];

    // Halves of surrogate pairs too, which the encoding would replace.
    private static string Halves(ReadOnlySpan<byte> wide)
    {
        var text = new StringBuilder(wide.Length / 2);
        for (int at = 0; at + 1 < wide.Length; at += 2)
        {
            text.Append((char)(wide[at] | (wide[at + 1] << 8)));
        }

        return text.ToString();
    }
}
