using System.Buffers;
using System.Text;
using FuelSessions.Memcached.Client;

namespace FuelSessions.Memcached.Tests.Client;

/// <summary>Answers as memcached 1.6.18 gave them, in pieces, cut short and made up.</summary>
public sealed class ReplyReaderTests
{
    private const int LargestValue = 4096;
    private const int Seed = 20261122;

    private static readonly (string Text, Reply Reply)[] Recorded =
    [
        ("HD c9 O1\r\n", new Reply(ReplyStatus.Done) { Cas = 9, Opaque = 1 }),
        ("VA 2 t100 c1 O7\r\nhi\r\n", new Reply(ReplyStatus.Value) { Value = "hi"u8.ToArray(), TimeToLive = 100, Cas = 1, Opaque = 7 }),
        ("EN O4294967295\r\n", new Reply(ReplyStatus.Miss) { Opaque = uint.MaxValue }),
        ("EN\r\n", new Reply(ReplyStatus.Miss)),
        ("NF O5 c0\r\n", new Reply(ReplyStatus.NotFound) { Opaque = 5 }),
        ("EX O9 c0\r\n", new Reply(ReplyStatus.Exists) { Opaque = 9 }),
        ("NS c0 O3\r\n", new Reply(ReplyStatus.NotStored) { Opaque = 3 }),
        ("HD t352150025 O2 Z\r\n", new Reply(ReplyStatus.Done) { TimeToLive = 352150025, Opaque = 2 }),
        ("VA 0 t-1 c18446744073709551615 O8 W\r\n\r\n", new Reply(ReplyStatus.Value) { Value = [], TimeToLive = -1, Cas = ulong.MaxValue, Opaque = 8 }),
        ("VA 16 t5 c3 O6\r\nEN\r\nVA 1\r\nHD\r\n\r\n\r\n", new Reply(ReplyStatus.Value) { Value = "EN\r\nVA 1\r\nHD\r\n\r\n"u8.ToArray(), TimeToLive = 5, Cas = 3, Opaque = 6 }),
        ("SERVER_ERROR object too large for cache\r\n", new Reply(ReplyStatus.ServerError) { Error = "SERVER_ERROR object too large for cache" }),
        ("CLIENT_ERROR bad data chunk\r\n", new Reply(ReplyStatus.ClientError) { Error = "CLIENT_ERROR bad data chunk" }),
        ("ERROR\r\n", new Reply(ReplyStatus.ClientError) { Error = "ERROR" }),
    ];

    public static TheoryData<string> Hostile =>
    [
        "\r\n", "\n", "HD\n", " HD\r\n", "hd\r\n", "XX 1\r\n", "VA\r\n", "VA \r\n", "VA x\r\n", "VA -1\r\n", "VA +1\r\n", "VA 1x\r\nab\r\n",
        "VA 4097 O1\r\n", "VA 2147483647 O1\r\n", "VA 2147483648 O1\r\n", "VA 18446744073709551615 O1\r\n", "VA 99999999999999999999999 O1\r\n",
        "VA 2 O1\r\nhix\r\n", "VA 2 O1\r\nhi\n\n", "HD O\r\n", "HD Ox\r\n", "HD O4294967296\r\n", "HD O-1\r\n", "HD c\r\n", "HD c99999999999999999999\r\n",
        "HD t\r\n", "HD t-2\r\n", "HD t99999999999\r\n", "HD  O1\r\n", "HD\0O1\r\n", "MN\r\n", "VALUE a 0 1\r\n", "STORED\r\n",
        new string('H', ReplyReader.LongestLine + 1), "HD " + new string('O', ReplyReader.LongestLine) + "\r\n",
    ];

    [Fact]
    public void Recorded_answers_are_read_wherever_they_are_split()
    {
        byte[] all = Encoding.ASCII.GetBytes(string.Concat(Recorded.Select(answer => answer.Text)));
        for (int split = 0; split <= all.Length; split++)
        {
            AssertRecorded(Read([all[..split], all[split..]]));
        }

        AssertRecorded(Read([.. all.Select(value => new[] { value })]));
    }

    [Fact]
    public void A_truncated_answer_is_not_an_answer_and_takes_nothing()
    {
        foreach ((string text, _) in Recorded)
        {
            byte[] whole = Encoding.ASCII.GetBytes(text);
            for (int length = 0; length < whole.Length; length++)
            {
                var buffer = new ReadOnlySequence<byte>(whole, 0, length);
                Assert.False(ReplyReader.TryRead(ref buffer, LargestValue, out _), $"{length} bytes of '{text}' were an answer.");
                Assert.Equal(length, buffer.Length);
            }
        }
    }

    [Fact]
    public void An_answer_takes_nothing_of_the_next_one()
    {
        foreach ((string text, _) in Recorded)
        {
            var buffer = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text + "next"));
            Assert.True(ReplyReader.TryRead(ref buffer, LargestValue, out _));
            Assert.Equal("next", Encoding.ASCII.GetString(buffer));
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_is_no_answer_is_refused(string text) => Assert.Throws<MemcachedProtocolException>(() => Read([Encoding.ASCII.GetBytes(text)]));

    [Fact]
    public void An_error_shows_no_more_than_a_line_of_printable_text()
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes("SERVER_ERROR \x1b[2J\xff" + new string('x', 900) + "\r\n"));
        Assert.True(ReplyReader.TryRead(ref buffer, LargestValue, out Reply reply));
        Assert.Equal(120, reply.Error!.Length);
        Assert.All(reply.Error, character => Assert.InRange(character, ' ', '~'));
    }

    [Fact]
    public void Random_bytes_end_in_answers_or_are_refused_and_never_in_anything_else()
    {
        var random = new Random(Seed);
        byte[] alphabet = "HDVAENFXS 0123456789Octk-\r\n\0\xff"u8.ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            for (int index = 0; index < bytes.Length; index++)
            {
                bytes[index] = random.Next(8) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            AssertReadOrRefused(bytes, random);
        }
    }

    [Fact]
    public void Damaged_answers_end_in_answers_or_are_refused_and_never_in_anything_else()
    {
        var random = new Random(Seed);
        byte[] all = Encoding.ASCII.GetBytes(string.Concat(Recorded.Select(answer => answer.Text)));
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. all];
            for (int damages = random.Next(1, 4); damages > 0; damages--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            AssertReadOrRefused(damaged, random);
        }
    }

    private static void AssertReadOrRefused(byte[] bytes, Random random)
    {
        int split = random.Next(bytes.Length);
        try
        {
            foreach (Reply reply in Read([bytes[..split], bytes[split..]]))
            {
                Assert.NotEqual(ReplyStatus.None, reply.Status);
                Assert.True(reply.Value is not { Length: > LargestValue });
            }
        }
        catch (MemcachedProtocolException)
        {
            // Refused.
        }
    }

    private static void AssertRecorded(List<Reply> replies)
    {
        Assert.Equal(Recorded.Length, replies.Count);
        foreach ((Reply expected, Reply actual) in Recorded.Select(answer => answer.Reply).Zip(replies))
        {
            Assert.Equal(expected.Value, actual.Value);
            Assert.Equal(expected with { Value = null }, actual with { Value = null });
        }
    }

    /// <summary>Reads as the connection does: what is left over is looked at again when the next part has arrived.</summary>
    private static List<Reply> Read(IReadOnlyList<byte[]> parts)
    {
        List<Reply> replies = [];
        List<byte[]> arrived = [];
        long taken = 0;
        foreach (byte[] part in parts)
        {
            arrived.Add(part);
            ReadOnlySequence<byte> buffer = Segments.Of(arrived).Slice(taken);
            while (true)
            {
                long before = buffer.Length;
                if (!ReplyReader.TryRead(ref buffer, LargestValue, out Reply reply))
                {
                    Assert.Equal(before, buffer.Length);
                    break;
                }

                Assert.InRange(buffer.Length, 0, before - 4);
                taken += before - buffer.Length;
                replies.Add(reply);
            }
        }

        return replies;
    }

    private sealed class Segments : ReadOnlySequenceSegment<byte>
    {
        internal static ReadOnlySequence<byte> Of(IReadOnlyList<byte[]> parts)
        {
            var first = new Segments { Memory = parts[0] };
            Segments last = first;
            foreach (byte[] part in parts.Skip(1))
            {
                var next = new Segments { Memory = part, RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
