using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>
/// Stands between apps and a memcached, and hands on everything, or everything that is read: what is written it then refuses with a server's error, as
/// a proxy does whose pool takes no writes. Memcached itself can't be made so: full, it evicts, or drops what it could not replace.
/// </summary>
internal sealed class MemcachedProxy : IAsyncDisposable
{
    private static readonly byte[] Refusal = "SERVER_ERROR writes are refused\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly int _server;
    private readonly Task _accepting;
    private volatile bool _refuses;

    internal MemcachedProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    internal bool Refuses
    {
        set => _refuses = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    // One command after the other, so that each answer is that to its command.
    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient near = client;
        using var far = new TcpClient { NoDelay = true };
        try
        {
            near.NoDelay = true;
            await far.ConnectAsync(IPAddress.Loopback, _server, _ended.Token);
            var commands = new BufferedStream(near.GetStream());
            var answers = new BufferedStream(far.GetStream());
            while (await LineAsync(commands) is { } command)
            {
                string[] words = Encoding.ASCII.GetString(command).TrimEnd().Split(' ');
                byte[] value = words[0] == "ms" ? await BlockAsync(commands, int.Parse(words[2], CultureInfo.InvariantCulture) + 2) : [];
                if (_refuses && words[0] is ("ms" or "md"))
                {
                    await near.GetStream().WriteAsync(Refusal, _ended.Token);
                    continue;
                }

                await far.GetStream().WriteAsync((byte[])[.. command, .. value], _ended.Token);
                await near.GetStream().WriteAsync(await AnswerAsync(answers, isList: words[0] == "stats"), _ended.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // Either side has gone, or the test is over.
        }
    }

    private async Task<byte[]> AnswerAsync(Stream answers, bool isList)
    {
        byte[] answer = await RequiredLineAsync(answers);
        string[] words = Encoding.ASCII.GetString(answer).TrimEnd().Split(' ');
        if (words[0] == "VA")
        {
            return [.. answer, .. await BlockAsync(answers, int.Parse(words[1], CultureInfo.InvariantCulture) + 2)];
        }

        List<byte> lines = [.. answer];
        for (byte[] last = answer; isList && !last.AsSpan().StartsWith("END"u8); lines.AddRange(last))
        {
            last = await RequiredLineAsync(answers);
        }

        return [.. lines];
    }

    private async Task<byte[]> RequiredLineAsync(Stream stream) => await LineAsync(stream) ?? throw new IOException("The server has closed the connection.");

    private async Task<byte[]?> LineAsync(Stream stream)
    {
        List<byte> line = [];
        byte[] next = new byte[1];
        while (line is not [.., (byte)'\n'])
        {
            if (await stream.ReadAsync(next, _ended.Token) == 0)
            {
                return null;
            }

            line.Add(next[0]);
        }

        return [.. line];
    }

    private async Task<byte[]> BlockAsync(Stream stream, int size)
    {
        byte[] block = new byte[size];
        await stream.ReadExactlyAsync(block, _ended.Token);
        return block;
    }
}
