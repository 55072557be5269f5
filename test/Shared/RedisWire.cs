using System.Net.Sockets;
using System.Text;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// One connection to a Redis server that sends what the test says and nothing else: what a test looks at is not what the client
/// library made of it.
/// </summary>
public sealed class RedisWire : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly Stream _stream;

    private RedisWire(TcpClient client)
    {
        _client = client;
        _stream = new BufferedStream(client.GetStream());
    }

    public static async Task<RedisWire> OpenAsync(int port)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return new RedisWire(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <returns>A string, a long, null, or an array of these.</returns>
    /// <exception cref="InvalidOperationException">The server answered with an error.</exception>
    public async Task<object?> SendAsync(params string[] command)
    {
        var text = new StringBuilder($"*{command.Length}\r\n");
        foreach (string part in command)
        {
            text.Append($"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
        await _stream.FlushAsync();
        return await ReadAsync();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<object?> ReadAsync()
    {
        string line = await ReadLineAsync();
        switch (line[0])
        {
            case '+':
                return line[1..];
            case '-':
                throw new InvalidOperationException(line[1..]);
            case ':':
                return long.Parse(line[1..]);
            case '$' when line == "$-1":
                return null;
            case '$':
                byte[] bytes = new byte[int.Parse(line[1..]) + 2];
                await _stream.ReadExactlyAsync(bytes);
                return Encoding.Latin1.GetString(bytes, 0, bytes.Length - 2);
            default:
                object?[] elements = new object?[int.Parse(line[1..])];
                for (int index = 0; index < elements.Length; index++)
                {
                    elements[index] = await ReadAsync();
                }

                return elements;
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (true)
        {
            await _stream.ReadExactlyAsync(one);
            if (one[0] == '\n')
            {
                return line.ToString();
            }

            if (one[0] != '\r')
            {
                line.Append((char)one[0]);
            }
        }
    }
}
