using System.Buffers;
using System.Buffers.Text;
using System.Text;
using FuelSessions.Memcached.Items;

namespace FuelSessions.Memcached.Client;

/// <summary>
/// Reads answers of the meta protocol from whatever bytes have arrived. It takes a whole answer or nothing, never a
/// byte of the next one, and gives up at the first line that is none.
/// </summary>
internal static class ReplyReader
{
    /// <summary>A line is a status and a few numbers, or an error; memcached's own lines are shorter.</summary>
    internal const int LongestLine = 1024;

    /// <summary>The next answer, which is cut off <paramref name="buffer"/>; false if it has not arrived as a whole.</summary>
    /// <exception cref="MemcachedProtocolException">The bytes are no answer.</exception>
    internal static bool TryRead(ref ReadOnlySequence<byte> buffer, int largestValue, out Reply reply)
    {
        reply = default;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> found, (byte)'\n'))
        {
            return buffer.Length <= LongestLine ? false : throw Malformed("a line without an end", default);
        }

        if (found.Length > LongestLine)
        {
            throw Malformed("too long a line", default);
        }

        Span<byte> copy = stackalloc byte[LongestLine];
        found.CopyTo(copy);
        Span<byte> line = copy[..(int)found.Length];
        if (line.IsEmpty || line[^1] != (byte)'\r')
        {
            throw Malformed("half an end of a line", default);
        }

        int size = ReadLine(line[..^1], out reply);
        if (size >= 0)
        {
            if (size > largestValue)
            {
                throw Malformed($"a value of {size} bytes where {largestValue} are the most", default);
            }

            if (reader.Remaining < size + 2)
            {
                return false;
            }

            byte[] value = GC.AllocateUninitializedArray<byte>(size);
            reader.TryCopyTo(value);
            reader.Advance(size);
            if (!reader.IsNext("\r\n"u8, advancePast: true))
            {
                throw Malformed("a value that does not end where it should", default);
            }

            reply = reply with { Value = value };
        }

        buffer = buffer.Slice(reader.Position);
        return true;
    }

    /// <summary>The size of the value that follows; -1 if none does.</summary>
    private static int ReadLine(ReadOnlySpan<byte> line, out Reply reply)
    {
        ReadOnlySpan<byte> rest = line;
        ReplyStatus status = StatusOf(Next(ref rest));
        reply = new Reply(status);
        if (status is ReplyStatus.ServerError or ReplyStatus.ClientError)
        {
            reply = reply with { Error = Printable(line) };
            return -1;
        }

        int size = -1;
        if (status == ReplyStatus.Value)
        {
            ulong number = Number(Next(ref rest), line);
            size = number <= int.MaxValue - 2 ? (int)number : throw Malformed("a value of impossible size", line);
        }
        else if (status == ReplyStatus.None)
        {
            throw Malformed("an unknown status", line);
        }

        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> flag = Next(ref rest);
            reply = flag.IsEmpty ? throw Malformed("an empty flag", line) : flag[0] switch
            {
                (byte)'O' => reply with { Opaque = Number(flag[1..], line) is var opaque and <= uint.MaxValue ? (uint)opaque : throw Malformed("an impossible token", line) },
                (byte)'c' => reply with { Cas = Number(flag[1..], line) },
                (byte)'t' => reply with { TimeToLive = flag[1..].SequenceEqual("-1"u8) ? ItemEnd.Never : Seconds(flag[1..], line) },

                // W, X and Z tell of a stampede protection that is not used here; others are the future's.
                _ => reply,
            };
        }

        return size;
    }

    private static ReplyStatus StatusOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.SequenceEqual("HD"u8) => ReplyStatus.Done,
        _ when word.SequenceEqual("VA"u8) => ReplyStatus.Value,
        _ when word.SequenceEqual("EN"u8) => ReplyStatus.Miss,
        _ when word.SequenceEqual("NF"u8) => ReplyStatus.NotFound,
        _ when word.SequenceEqual("EX"u8) => ReplyStatus.Exists,
        _ when word.SequenceEqual("NS"u8) => ReplyStatus.NotStored,
        _ when word.SequenceEqual("SERVER_ERROR"u8) => ReplyStatus.ServerError,
        _ when word.SequenceEqual("ERROR"u8) || word.SequenceEqual("CLIENT_ERROR"u8) => ReplyStatus.ClientError,
        _ => ReplyStatus.None,
    };

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        int blank = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = blank < 0 ? rest : rest[..blank];
        rest = blank < 0 ? [] : rest[(blank + 1)..];
        return word;
    }

    private static long Seconds(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> line) =>
        Number(digits, line) is var seconds and <= uint.MaxValue ? (long)seconds : throw Malformed("an impossible time", line);

    private static ulong Number(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> line) =>
        !digits.IsEmpty && digits[0] is >= (byte)'0' and <= (byte)'9' && Utf8Parser.TryParse(digits, out ulong number, out int read) && read == digits.Length
            ? number
            : throw Malformed("something else than a number", line);

    // An answer may hold a key, which is not for logs: only errors and the status word are shown.
    private static MemcachedProtocolException Malformed(string what, ReadOnlySpan<byte> line)
    {
        int word = line.IndexOf((byte)' ');
        return new($"The answer holds {what}{(line.IsEmpty ? "" : $" (after '{Printable(word < 0 ? line : line[..word])}')")}.");
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        const int Most = 120;
        Span<char> characters = stackalloc char[Math.Min(text.Length, Most)];
        for (int index = 0; index < characters.Length; index++)
        {
            characters[index] = text[index] is >= 0x20 and < 0x7F ? (char)text[index] : '?';
        }

        return new string(characters);
    }
}
