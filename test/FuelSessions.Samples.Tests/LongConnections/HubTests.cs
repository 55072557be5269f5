using System.Net.WebSockets;
using LongConnections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace FuelSessions.Samples.Tests;

/// <summary>SignalR: a hub's calls belong to the request that holds its connection open.</summary>
public class HubTests
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    public async Task A_call_sees_what_others_saved_and_saves_what_it_changes(HttpTransportType transport)
    {
        await using Site site = await Site.StartAsync();
        await using HubConnection hub = await ConnectAsync(site, "/hub", transport);
        Assert.Equal(2, await hub.InvokeAsync<long>("Add"));
        Assert.Equal(2, await site.CountAsync());
        Assert.Equal(3, await site.PostAsync("/add"));
        Assert.Equal(4, await hub.InvokeAsync<long>("Add"));

        // The browser's id changes meanwhile; the connection goes on.
        for (int i = 0; i < 3; i++)
        {
            await site.PostAsync("/rotate");
            site.App.Clock.Advance(TimeSpan.FromMinutes(3));
        }

        Assert.Equal(8, await hub.InvokeAsync<long>("Add"));
        Assert.Equal(8, await site.CountAsync());
    }

    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/sign-in/ada")]
    public async Task After_a_sign_out_or_sign_in_elsewhere_it_is_over(string path)
    {
        await using Site site = await Site.StartAsync();
        await using HubConnection hub = await ConnectAsync(site, "/hub", HttpTransportType.WebSockets);
        Assert.Equal(2, await hub.InvokeAsync<long>("Add"));
        await site.PostAsync(path);
        HubException error = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<long>("Add"));
        Assert.Contains("The session has ended.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_keep_the_session_alive_and_an_open_connection_alone_does_not()
    {
        await using Site site = await Site.StartAsync();
        await using HubConnection hub = await ConnectAsync(site, "/hub", HttpTransportType.WebSockets);
        for (int i = 2; i < 5; i++)
        {
            site.App.Clock.Advance(TimeSpan.FromMinutes(119));
            Assert.Equal(i, await hub.InvokeAsync<long>("Add"));
        }

        site.App.Clock.Advance(TimeSpan.FromMinutes(122));
        await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<long>("Add"));
    }

    [Fact]
    public async Task Many_connections_of_one_session_lose_nothing()
    {
        await using Site site = await Site.StartAsync();
        HubConnection[] hubs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConnectAsync(site, "/hub", HttpTransportType.WebSockets)));
        await Task.WhenAll(hubs.Select(async hub =>
        {
            for (int i = 0; i < 20; i++)
            {
                await hub.InvokeAsync<long>("Add");
            }
        }));
        Assert.Equal(81, await site.CountAsync());
        await Task.WhenAll(hubs.Select(hub => hub.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_visitor_without_a_session_has_none_in_the_hub()
    {
        await using Site site = await Site.StartAsync();
        site.Browser.Jar.Clear();
        await using HubConnection hub = await ConnectAsync(site, "/hub", HttpTransportType.WebSockets);
        await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<long>("Add"));
    }

    [Fact]
    public async Task Long_polling_has_no_session_once_its_first_request_is_over()
    {
        await using Site site = await Site.StartAsync();
        await using HubConnection hub = await ConnectAsync(site, "/polled", HttpTransportType.LongPolling);
        await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<long>("Add"));
        Assert.Contains(site.App.Logs.Lines, line => line.Error is ObjectDisposedException);
        Assert.Equal(1, await site.CountAsync());
    }

    [Fact]
    public async Task A_stateful_reconnect_leaves_a_hub_that_has_no_session()
    {
        await using Site site = await Site.StartAsync(map: app => app.MapHub<CountHub>("/stateful", o => o.AllowStatefulReconnects = true));
        var sockets = new List<ClientWebSocket>();
        await using HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(site.App.Address, "/stateful"), HttpTransportType.WebSockets, options =>
            {
                site.AddCookies(options.Headers.Add);
                options.WebSocketFactory = async (context, cancellationToken) =>
                {
                    var socket = new ClientWebSocket();
                    site.AddCookies(socket.Options.SetRequestHeader);
                    await socket.ConnectAsync(context.Uri, cancellationToken);
                    sockets.Add(socket);
                    return socket;
                };
            })
            .WithStatefulReconnect()
            .Build();
        await hub.StartAsync();
        Assert.Equal(2, await hub.InvokeAsync<long>("Add"));
        sockets[0].Abort();

        // Calls go over the next socket once that is there, and the first request may take as long to end as it likes; only not for ever.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<HubException>(async () =>
        {
            while (true)
            {
                await hub.InvokeAsync<long>("Add", patience.Token);
            }
        });
        Assert.Equal(2, sockets.Count);
        Assert.Contains(site.App.Logs.Lines, line => line.Error is ObjectDisposedException);
    }

    private static async Task<HubConnection> ConnectAsync(Site site, string path, HttpTransportType transport)
    {
        HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(site.App.Address, path), transport, options => site.AddCookies(options.Headers.Add))
            .Build();
        await hub.StartAsync();
        return hub;
    }
}
