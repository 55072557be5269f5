using System.Net.WebSockets;
using System.Text;

namespace FuelSessions.Samples.Tests;

/// <summary>A WebSocket is one request that goes on until it is closed.</summary>
public class SocketTests
{
    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    public async Task A_message_sees_what_others_saved_and_saves_what_it_changes(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        using ClientWebSocket socket = await ConnectAsync(site);
        Assert.Equal("2", await SendAsync(socket));
        Assert.Equal(2, await site.CountAsync());
        await site.PostAsync("/rotate");
        Assert.Equal("4", await SendAsync(socket));
        Assert.Equal(4, await site.CountAsync());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(4, await site.CountAsync());
    }

    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/sign-in/ada")]
    public async Task After_a_sign_out_or_sign_in_elsewhere_it_is_closed(string path)
    {
        await using Site site = await Site.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(site);
        Assert.Equal("2", await SendAsync(socket));
        await site.PostAsync(path);
        Assert.Equal("", await SendAsync(socket));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "The session has ended."), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    private static async Task<ClientWebSocket> ConnectAsync(Site site)
    {
        var socket = new ClientWebSocket();
        site.AddCookies((name, value) => socket.Options.SetRequestHeader(name, value));
        await socket.ConnectAsync(new UriBuilder(new Uri(site.App.Address, "/socket")) { Scheme = "ws" }.Uri, default);
        return socket;
    }

    private static async Task<string> SendAsync(ClientWebSocket socket)
    {
        await socket.SendAsync("add"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult answer = await socket.ReceiveAsync(buffer, default);
        return Encoding.UTF8.GetString(buffer, 0, answer.Count);
    }
}
