using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[C1, C3] What is no id of this app is absent: no store is asked, and no request fails.</summary>
public sealed class MalformedIdTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_malformed_id_reaches_no_store_in_any_channel(bool encrypted)
    {
        SessionApp app = await StartAsync("memory", options => Configure(options, encrypted));
        SessionApp stranger = await StartAsync("memory", options => options.EncryptCookie = true);
        TestBrowser foreign = stranger.NewBrowser();
        await stranger.DoneAsync(foreign, session => session.Set("user", "Bob"));
        app.Probe.Take();

        foreach (string value in Malformed(foreign.Jar["xid"]))
        {
            foreach (string channel in (string[])["cookie", "header", "query", "form", "multipart"])
            {
                app.AssertOk(await SendAsync(app, channel, value, session =>
                {
                    Assert.Equal(SessionState.New, session.State);
                    Assert.False(session.WasExpired);
                    Assert.Empty(session.All());
                }));
                Assert.Empty(app.Probe.Take());
            }
        }

        Assert.All(app.Events, told => Assert.Equal(SessionEventKind.UnreadableId, told.Kind));
        Assert.Empty(app.Errors);
    }

    /// <summary>The cookie driver has no store, but a decoder of its own.</summary>
    [Fact]
    public async Task A_malformed_cookie_of_the_cookie_driver_never_fails_a_request()
    {
        SessionApp app = await StartAsync("cookie");
        SessionApp stranger = await StartAsync("cookie");
        TestBrowser foreign = stranger.NewBrowser();
        await stranger.DoneAsync(foreign, session => session.Set("user", "Bob"));
        foreach (string value in Malformed(foreign.Jar["cid"]))
        {
            TestBrowser browser = app.NewBrowser();
            browser.Jar["cid"] = value;
            await app.DoneAsync(browser, session => Assert.Empty(session.All()));
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            Assert.Equal("Ada", await app.GetAsync(browser, "user"));
            await app.DoneAsync(browser, session => session.Destroy());
        }

        // Parts that were never announced, or announced and never sent.
        TestBrowser parts = app.NewBrowser();
        parts.Jar["cid"] = "chunks-3";
        parts.Jar["cidC1"] = new string('A', 4000);
        parts.Jar["cidC2"] = "";
        parts.Jar["cidC7"] = "x";
        Assert.Empty(await app.AskAsync(parts, session => session.All()));
        await app.DoneAsync(parts, session => session.Destroy());
    }

    /// <summary>A NUL that is not escaped ends at Kestrel, whatever the app does.</summary>
    [Fact]
    public async Task A_raw_NUL_is_refused_by_the_server_and_harms_no_other_request()
    {
        SessionApp app = await StartAsync("memory", options => Configure(options, encrypted: true));
        app.Probe.Take();
        foreach (string header in (string[])["Cookie: xid=a\0b", "X-Session: a\0b"])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(app.Address.Host, app.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /run/1 HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n"));
            using var reader = new StreamReader(client.GetStream());
            Assert.StartsWith("HTTP/1.1 400", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(app.Probe.Take());
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    internal static void Configure(FuelSessionsOptions options, bool encrypted)
    {
        options.EncryptCookie = encrypted;
        options.HeaderName = "X-Session";
        options.QueryParameterName = "sid";
        options.PostFieldName = "sid";
    }

    private static IEnumerable<string> Malformed(string foreign) =>
    [
        "",
        "x",
        "%00",
        "%00%00%00",
        new string('x', 7000),
        "CfDJ8" + new string('x', 7000),
        new string('A', 42),
        new string('A', 44),
        new string('A', 42) + "=",
        new string('A', 41) + "%00A",
        new string('+', 43),
        new string('/', 43),
        new string('*', 43),
        new string('A', 42) + " ",
        "CfDJ8",
        "CfDJ8" + new string('A', 150),
        Convert.ToBase64String(new byte[100]),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("a:1:{s:3:\"sid\";s:3:\"abc\";}")),
        foreign,
        foreign[..^1],
        "chunks-",
        "chunks-0",
        "chunks--1",
        "chunks-1",
        "chunks-999",
        "chunks-2147483647",
        "chunks-99999999999999999999",
        "null",
        "../../etc/passwd",
        "';DROP TABLE sessions;--",
    ];

    private static Task<TestResponse> SendAsync(SessionApp app, string channel, string value, Action<Session> act)
    {
        TestBrowser browser = app.NewBrowser();
        HttpContent? content = null;
        string query = "";
        switch (channel)
        {
            case "cookie":
                browser.Jar["xid"] = value;
                break;
            case "query":
                query = "?sid=" + Uri.EscapeDataString(Uri.UnescapeDataString(value));
                break;
            case "form":
                content = new FormUrlEncodedContent([new("sid", Uri.UnescapeDataString(value))]);
                break;
            case "multipart":
                content = new MultipartFormDataContent { { new StringContent(Uri.UnescapeDataString(value)), "sid" } };
                break;
        }

        return app.SendAsync(
            browser,
            async (_, sessions) => act(await sessions.ForgeAsync()),
            content: content,
            query: query,
            edit: request => Edit(request.Headers));

        void Edit(HttpRequestHeaders headers)
        {
            if (channel == "header")
            {
                headers.TryAddWithoutValidation("X-Session", value);
            }
        }
    }
}
