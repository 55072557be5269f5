using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace FuelSessions.Memcached.Client;

/// <summary>
/// Asks a server for its limit. It must be known beforehand: a server that refuses an item drops the one before it too.
/// </summary>
internal static class Handshake
{
    internal const int DefaultLargestItem = 1024 * 1024;

    private const int LongestAnswer = 64 * 1024;

    private static ReadOnlySpan<byte> LargestItem => "STAT item_size_max "u8;

    private static ReadOnlySpan<byte> WithoutCas => "STAT cas_enabled no"u8;

    /// <summary>The size of the largest item; memcached's default if the server, or a proxy before it, does not tell.</summary>
    internal static async Task<int> AskAsync(Stream stream, PipeReader incoming, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("stats settings\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        int largest = DefaultLargestItem;
        for (long taken = 0; ;)
        {
            ReadResult result = await incoming.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (TryReadLine(ref buffer, ref taken, out byte[] line))
            {
                if (line.AsSpan().StartsWith(WithoutCas))
                {
                    throw new MemcachedException("It was started without compare-and-swap (-C), which sessions need.");
                }

                if (line.AsSpan().StartsWith(LargestItem) && Utf8Parser.TryParse(line.AsSpan(LargestItem.Length), out int size, out _) && size > 0)
                {
                    largest = size;
                }
                else if (!line.AsSpan().StartsWith("STAT "u8))
                {
                    // END, or an error: the answer is over.
                    incoming.AdvanceTo(buffer.Start);
                    return largest;
                }
            }

            if (result.IsCompleted || taken + buffer.Length > LongestAnswer)
            {
                throw new MemcachedException(result.IsCompleted ? "It closed the connection." : "It does not answer as memcached does.");
            }

            incoming.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, ref long taken, out byte[] line)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> found, "\r\n"u8))
        {
            line = [];
            return false;
        }

        taken += reader.Consumed;
        buffer = buffer.Slice(reader.Position);
        line = found.ToArray();
        return true;
    }
}
