using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FuelSessions.Memcached.Tests.Client;

/// <summary>
/// A server on a real socket that greets as memcached does, and then answers with whatever bytes the test says. It serves
/// one connection after another.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, ScriptedServer, Task> _answer;
    private readonly Task _running;
    private NetworkStream? _stream;

    /// <param name="answer">Is given each command line after the greeting.</param>
    internal ScriptedServer(Func<string, ScriptedServer, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _running = RunAsync();
    }

    internal string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    internal int Connections { get; private set; }

    /// <summary>The token that a command wants back.</summary>
    internal static string Opaque(string command) => command.Split(' ')[^1];

    internal async Task SendAsync(string text)
    {
        await _stream!.WriteAsync(Encoding.Latin1.GetBytes(text), _end.Token);
        await _stream.FlushAsync(_end.Token);
    }

    /// <summary>Ends the connection that is being served.</summary>
    internal void HangUp() => _stream!.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                client.NoDelay = true;
                _stream = client.GetStream();
                Connections++;
                await ServeAsync();
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // That connection is over, or the test is.
            }
        }
    }

    private async Task ServeAsync()
    {
        using var reader = new StreamReader(_stream!, Encoding.Latin1, leaveOpen: true);
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            if (line == "stats settings")
            {
                await SendAsync("STAT item_size_max 1048576\r\nSTAT cas_enabled yes\r\nEND\r\n");
            }
            else if (line.Contains(":clock ", StringComparison.Ordinal))
            {
                await SendAsync($"HD t352150025 {Opaque(line)}\r\n");
            }
            else
            {
                await _answer(line, this);
            }
        }
    }
}
