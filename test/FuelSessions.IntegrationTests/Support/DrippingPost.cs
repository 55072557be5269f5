using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FuelSessions.Tests;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>A request on a socket of its own whose body does not end before the test says so: whoever sends it decides how long it stays open.</summary>
internal sealed class DrippingPost : IAsyncDisposable
{
    private const string Body = "evil@attacker.example";

    // A test that hangs fails; nothing depends on how long it is.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    /// <summary>Sends all but the last letter of the body, with the cookies that the browser holds.</summary>
    internal static async Task<DrippingPost> BeginAsync(SessionApp app, TestBrowser browser, SessionApp.Endpoint endpoint)
    {
        var post = new DrippingPost();
        await post._client.ConnectAsync(app.Address.Host, app.Address.Port);
        post._stream = post._client.GetStream();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {app.PathOf(endpoint)} HTTP/1.1\r\nHost: {app.Address.Authority}\r\nUser-Agent: {browser.UserAgent}\r\nCookie: {string.Join("; ", browser.Jar.Select(cookie => $"{cookie.Key}={cookie.Value}"))}\r\n"
            + $"Content-Type: text/plain\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body[..^1]}");
        await post._stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        return post;
    }

    /// <summary>Ends the body.</summary>
    /// <returns>The whole answer, head and body.</returns>
    internal async Task<string> FinishAsync()
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(Body[^1..]));
        using var reader = new StreamReader(_stream, Encoding.ASCII);
        return await reader.ReadToEndAsync().WaitAsync(Longest);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
