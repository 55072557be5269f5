using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>Ids that this app can't read, as after the loss of its key ring, log everybody out: that is told, and can't be made to flood.</summary>
public sealed class UnreadableIdTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const int Told = 122;

    [Theory, OnEveryStore]
    public async Task Who_is_logged_out_by_a_lost_key_ring_is_counted_and_told_of(string store)
    {
        (SessionApp app, TestBrowser browser) = await LoseKeysAsync(store, _ => { });
        for (int request = 0; request < 20; request++)
        {
            Assert.True(await app.AskAsync(app.CopyOf(browser), session => session.IsNew));
        }

        LogRecorder.LogLine line = Assert.Single(app.Logs.Lines, line => line.Id == Told);
        Assert.Contains("PersistDataProtectionKeys", line.Text, StringComparison.Ordinal);
        Assert.StartsWith("1 times", line.Text, StringComparison.Ordinal);
        Assert.Equal(new SessionEvent(SessionEventKind.UnreadableId, app.Store.Driver, "", null), Assert.Single(app.Events));

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.DoneAsync(browser, session => session.Set("x", 1));
        Assert.StartsWith("20 times", app.Logs.Lines.Last(line => line.Id == Told).Text, StringComparison.Ordinal);
        Assert.Equal(2, app.Events.Count);

        // It has a cookie of this app now.
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.DoneAsync(browser, session => session.Set("x", 2));
        Assert.Equal(2, app.Events.Count);
    }

    /// <summary>An app whose ids travel bare reads none that is protected, and the other way round: who has one is logged out all the same.</summary>
    [Theory, OnServerStores]
    public Task Who_is_logged_out_as_protection_is_switched_off_is_told_of_too(string store) => SwitchAsync(store, protects: false);

    [Theory, OnServerStores]
    public Task Who_is_logged_out_as_protection_is_switched_on_is_told_of_too(string store) => SwitchAsync(store, protects: true);

    /// <summary>Larger than one cookie.</summary>
    [Fact]
    public async Task In_chunks_too()
    {
        (SessionApp app, TestBrowser browser) = await LoseKeysAsync("cookie", session => session.Set("text", Noise.Of(4000)), LargeCookies.Allow);
        Assert.True(browser.Jar.Count > 2);
        await app.DoneAsync(browser, session => Assert.True(session.IsNew));
        Assert.Single(app.Events);
    }

    [Theory, OnServerStores]
    public async Task In_every_channel(string store)
    {
        Store before = await NewStoreAsync(store);
        Action<FuelSessionsOptions> channels = options => (options.HeaderName, options.QueryParameterName, options.PostFieldName) = ("X-Session", "token", "sid");
        SessionApp old = await StartAsync(before, channels);
        TestBrowser browser = old.NewBrowser();
        await old.DoneAsync(browser, session => session.Set("user", "ada"));
        string id = browser.Jar[old.Store.CookieName], token = await old.AskAsync(browser, session => session.Token);
        SessionApp app = await StartAsync(await NewStoreAsync(store), channels);
        int told = 0;
        foreach (string text in (string[])[id, token])
        {
            await SendAsync($"?token={text}", null, null);
            await SendAsync("", text, null);
            await SendAsync("", null, new FormUrlEncodedContent([new("sid", text)]));
        }

        async Task SendAsync(string query, string? header, HttpContent? content)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            app.AssertOk(await app.SendAsync(
                app.NewBrowser(),
                async (_, sessions) => Assert.True((await sessions.ForgeAsync()).IsNew),
                content: content,
                query: query,
                edit: request => request.Headers.TryAddWithoutValidation("X-Session", header)));
            Assert.Equal(++told, app.Events.Count);
        }
    }

    [Theory, OnEveryStore]
    public async Task What_anybody_sends_is_nothing_to_tell_of(string store)
    {
        SessionApp app = await StartAsync(store, options => options.QueryParameterName = "token");
        string name = app.Store.CookieName;
        string[] texts = ["", "x", "\"\"", "chunks-", "chunks-0", "CfDJ8", "../../etc/passwd", "' OR 1=1 --", new('A', 42), new('A', 44), new('A', 300), "CfDJ8" + new string('=', 300), new string('A', 80) + "CfDJ8AAAA", new('x', 20_000)];
        foreach (string text in texts)
        {
            app.AssertOk(await SendAsync(app, $"{name}={text}"));
        }

        app.AssertOk(await SendAsync(app, "a=1"));
        Assert.Empty(app.Events);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Id == Told);
    }

    [Theory, OnEveryStore]
    public async Task Beside_a_good_one_it_keeps_nobody_out(string store)
    {
        (SessionApp app, TestBrowser foreign) = await LoseKeysAsync(store, _ => { });
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string name = app.Store.CookieName, good = $"{name}={browser.Jar[name]}", other = $"{name}={foreign.Jar[name]}";
        app.AssertOk(await SendAsync(app, $"{good}; {other}"));
        app.AssertOk(await SendAsync(app, $"{other}; {good}"));
        Assert.Empty(app.Events);
    }

    /// <summary>A token that is over was read; one that was never made is not told of twice.</summary>
    [Theory, OnServerStores]
    public async Task A_token_that_is_over_is_nothing_to_tell_of(string store)
    {
        SessionApp app = await StartAsync(store, options => (options.QueryParameterName, options.TokenLifetime) = ("token", TimeSpan.FromMinutes(1)));
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string token = await app.AskAsync(browser, session => session.Token);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        app.AssertOk(await app.SendAsync(app.NewBrowser(), async (_, sessions) => Assert.True((await sessions.ForgeAsync()).IsNew), query: $"?token={token}"));
        Assert.Empty(app.Events);
    }

    private async Task SwitchAsync(string store, bool protects)
    {
        Store same = await NewStoreAsync(store);
        SessionApp before = await StartAsync(same, options => options.EncryptCookie = !protects);
        TestBrowser browser = before.NewBrowser();
        await before.DoneAsync(browser, session => session.Set("user", "ada"));
        SessionApp app = await StartAsync(same, options => options.EncryptCookie = protects);
        Assert.True(await app.AskAsync(app.CopyOf(browser), session => session.IsNew));
        Assert.True(await app.AskAsync(app.CopyOf(browser), session => session.IsNew));
        Assert.Contains("EncryptCookie", Assert.Single(app.Logs.Lines, line => line.Id == Told).Text, StringComparison.Ordinal);
        Assert.Equal(SessionEventKind.UnreadableId, Assert.Single(app.Events).Kind);
    }

    // The app as it is after a restart with another key ring, and a browser that was there before.
    private async Task<(SessionApp App, TestBrowser Browser)> LoseKeysAsync(string store, Action<Session> also, Action<FuelSessionsOptions>? configure = null)
    {
        SessionApp before = await StartAsync(store, configure);
        TestBrowser visitor = before.NewBrowser();
        await before.DoneAsync(visitor, session => also(session.Set("user", "ada")));
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        foreach ((string name, string value) in visitor.Jar)
        {
            browser.Jar[name] = value;
        }

        return (app, browser);
    }

    private static Task<TestResponse> SendAsync(SessionApp app, string cookies) => app.SendAsync(
        app.NewBrowser(),
        async (_, sessions) => await sessions.ForgeAsync(),
        edit: request => request.Headers.TryAddWithoutValidation("Cookie", cookies));
}
