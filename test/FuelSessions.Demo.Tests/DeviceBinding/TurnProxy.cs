using System.Net;
using System.Net.Sockets;

namespace FuelSessions.Demo.Tests.DeviceBinding;

/// <summary>One port in front of several servers, which get its connections in turn, as behind a load balancer that knows nothing of sessions.</summary>
internal sealed class TurnProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    internal TurnProxy(params IReadOnlyList<int> ports)
    {
        _listener.Start();
        _accepting = AcceptAsync(ports);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync(IReadOnlyList<int> ports)
    {
        List<Task> joined = [];
        try
        {
            for (int turn = 0; ; turn++)
            {
                joined.Add(JoinAsync(await _listener.AcceptTcpClientAsync(_end.Token), ports[turn % ports.Count]));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(joined);
        }
    }

    private async Task JoinAsync(TcpClient browser, int port)
    {
        using (browser)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, _end.Token);
                await Task.WhenAny(
                    browser.GetStream().CopyToAsync(server.GetStream(), _end.Token),
                    server.GetStream().CopyToAsync(browser.GetStream(), _end.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // One of the two has ended it; the browser connects again.
            }
        }
    }
}
