using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FuelSessions.Records;
using FuelSessions.Redis;

namespace FuelSessions.Benchmarks.Growth.Bulk;

/// <summary>SET after SET over one connection, and ZADD for the sessions of somebody, without waiting for the answers; in the driver's own form.</summary>
internal sealed class RedisBulk(int port) : IBulkStore
{
    private const int FlushAt = 256 * 1024;

    private static readonly byte[] Prefix = Encoding.UTF8.GetBytes(new RedisDriverOptions().KeyPrefix);

    public async Task AddAsync(IEnumerable<SessionRecord> records, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        NetworkStream stream = client.GetStream();
        var answered = new Answers();
        Task reading = answered.ReadAsync(stream, cancellationToken);
        long sent = 0;
        var output = new ArrayBufferWriter<byte>(2 * FlushAt);
        foreach (SessionRecord record in records)
        {
            Append(output, record);
            sent++;
            if (output.WrittenCount >= FlushAt)
            {
                await FlushAsync();
            }
        }

        await FlushAsync();
        client.Client.Shutdown(SocketShutdown.Send);
        await reading;
        if (answered.Stored != sent)
        {
            throw new InvalidOperationException($"Redis stored {answered.Stored} of {sent} sessions.");
        }

        async Task FlushAsync()
        {
            await stream.WriteAsync(output.WrittenMemory, cancellationToken);
            output.ResetWrittenCount();
        }
    }

    public Task<long> CountExpiredAsync() => Task.FromResult(0L);

    private static void Append(ArrayBufferWriter<byte> output, SessionRecord record)
    {
        if (record.Principal is { } principal)
        {
            Append(output, (byte[])PrincipalKeys.NameOf(Prefix, principal)!, record);
        }

        byte[] name = StoredSession.Name(Prefix, record.Key);
        byte[] value = StoredSession.Encode(record);
        string milliseconds = record.Lifetime.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        Encoding.ASCII.GetBytes($"*5\r\n$3\r\nSET\r\n${name.Length}\r\n", output);
        output.Write(name);
        Encoding.ASCII.GetBytes($"\r\n${value.Length}\r\n", output);
        output.Write(value);
        Encoding.ASCII.GetBytes($"\r\n$2\r\nPX\r\n${milliseconds.Length}\r\n{milliseconds}\r\n", output);
    }

    private static void Append(ArrayBufferWriter<byte> output, byte[] set, SessionRecord record)
    {
        byte[] key = record.Key.ToByteArray();
        string time = record.Created.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        Encoding.ASCII.GetBytes($"*4\r\n$4\r\nZADD\r\n${set.Length}\r\n", output);
        output.Write(set);
        Encoding.ASCII.GetBytes($"\r\n${time.Length}\r\n{time}\r\n${key.Length}\r\n", output);
        output.Write(key);
        output.Write("\r\n"u8);
    }

    /// <summary>Counts the answers: <c>+OK</c>, or an error. What is added to a set is answered with a number.</summary>
    private sealed class Answers
    {
        internal long Stored { get; private set; }

        internal async Task ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
        {
            byte[] buffer = new byte[64 * 1024];
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                Stored += buffer.AsSpan(0, count).Count((byte)'+');
            }
        }
    }
}
