using System.Buffers;
using System.Text;
using FuelSessions.Fuzz.Running;
using FuelSessions.Memcached.Client;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// What a memcached server, or whoever answers in its place, sends. An input: how the bytes arrive (one byte), and the bytes. However they are
/// divided, the answers are the same.
/// </summary>
internal sealed class MemcachedTarget : FuzzTarget
{
    private const int LargestValue = 1 << 20;

    internal override string Name => "memcached";

    // A shortest answer, "HD\r\n", becomes a reply of 70 bytes; here they are listed as well.
    internal override int BytesPerByte => 128;

    internal override IEnumerable<string> Words =>
        ["HD", "VA ", "EN\r\n", "NF", "EX", "NS", "SERVER_ERROR out of memory\r\n", "CLIENT_ERROR bad\r\n", "ERROR\r\n", " O1", " c18446744073709551615", " t-1", " t4294967295", " W", "\r\n", "VA 0\r\n\r\n", "VA 2147483645 "];

    internal override IEnumerable<byte[]> Seeds => new[]
    {
        "\u0000HD O1\r\n", "\u0001VA 5 O2 c77 t-1\r\nhello\r\nEN\r\n", "\u0003NF O3\r\nEX O4\r\nNS O5\r\n", "\u0005SERVER_ERROR out of memory\r\nCLIENT_ERROR bad\r\nERROR\r\n",
        "\u0002VA 0 t86400 W s0\r\n\r\n", "\u0000VA 99999999999 O1\r\n", "\u0007HD\nHD\r\n", "\u0001HD O4294967296\r\n",
    }.Select(Encoding.Latin1.GetBytes);

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        ReadOnlyMemory<byte> bytes = input[1..];
        Meter.Start();
        (List<Reply> replies, string? error, long left) = Read(new ReadOnlySequence<byte>(bytes));
        Meter.Stop();

        // As they arrive: first some, then more of them, and in pieces of memory.
        int step = 1 + (input.Span[0] % 17);
        (List<Reply> together, string? otherError, long otherLeft) = Read(InPieces(bytes, step));
        Promise.That(error == otherError && left == otherLeft && Same(replies, together), "answers are others in pieces of memory");
        int arrived = Math.Min(bytes.Length, bytes.Length * input.Span[0] / 256);
        (List<Reply> early, string? earlyError, _) = Read(new ReadOnlySequence<byte>(bytes[..arrived]));
        Promise.That(early.Count <= replies.Count && Same(early, replies[..early.Count]), "an answer is another one before all has arrived");
        Promise.That(earlyError is null || early.Count == replies.Count, "what has arrived is refused, and taken once there is more of it");
        return Outcome.Of(Math.Min(replies.Count, 4), error?[..Math.Min(error.Length, 26)], replies.Count == 0 ? default : replies[0].Status);
    }

    private static (List<Reply> Replies, string? Error, long Left) Read(ReadOnlySequence<byte> buffer)
    {
        List<Reply> replies = [];
        try
        {
            while (ReplyReader.TryRead(ref buffer, LargestValue, out Reply reply))
            {
                replies.Add(reply);
            }

            return (replies, null, buffer.Length);
        }
        catch (MemcachedProtocolException error)
        {
            return (replies, error.Message, buffer.Length);
        }
    }

    private static bool Same(List<Reply> one, List<Reply> other) =>
        one.Count == other.Count && one.Zip(other).All(static pair =>
            pair.First with { Value = null } == pair.Second with { Value = null } && pair.First.Value.AsSpan().SequenceEqual(pair.Second.Value));

    private static ReadOnlySequence<byte> InPieces(ReadOnlyMemory<byte> bytes, int size)
    {
        var first = new Piece(bytes[..Math.Min(size, bytes.Length)], 0);
        Piece last = first;
        for (int at = size; at < bytes.Length; at += size)
        {
            last = last.Followed(bytes.Slice(at, Math.Min(size, bytes.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        internal Piece Followed(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
