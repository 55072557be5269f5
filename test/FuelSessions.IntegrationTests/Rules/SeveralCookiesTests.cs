using System.Text;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>Cookies of one name, of other paths, domains, releases or apps: none keeps its user from the good one.</summary>
public sealed class SeveralCookiesTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task The_good_one_is_found_wherever_it_stands(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string name = app.Store.CookieName, good = browser.Jar[name], dead = await DeadAsync(app);
        string[] shadows = ["", "x", "\"\"", new string('A', good.Length), dead];
        foreach (string shadow in app.Store.IsServerSide ? shadows : shadows[..^1])
        {
            foreach (string header in (string[])[$"{name}={shadow}; {name}={good}", $"{name}={good}; {name}={shadow}", $"a=1; {name}={shadow}; {name.ToUpperInvariant()}=x; {name}={shadow}; {name}={good}", $"{name.ToUpperInvariant()}={shadow}; {name}={good}"])
            {
                TestResponse answer = await SendAsync(app, header, session => session.Get<string>("user") ?? "nobody");
                Assert.Equal("ada", answer.Body);
                app.AssertNoCookie(answer);
            }
        }
    }

    [Theory, OnServerStores]
    public async Task Who_signs_in_beside_a_dead_cookie_is_signed_in_on_the_next_page(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        string name = app.Store.CookieName, dead = browser.Jar[name];
        await app.DoneAsync(browser, session => session.Destroy());

        // It belongs to a path or domain that the answers don't reach.
        TestResponse signedIn = await SendAsync(app, $"{name}={dead}", session => session.AttachPrincipal("ada").Principal!);
        string good = signedIn.SetCookies.Single().Split(';')[0];
        Assert.Equal("ada", (await SendAsync(app, $"{name}={dead}; {good}", session => session.Principal ?? "nobody")).Body);
        Assert.Equal("ada", (await SendAsync(app, $"{good}; {name}={dead}", session => session.Principal ?? "nobody")).Body);
    }

    [Theory, OnServerStores]
    public async Task An_id_that_a_sign_in_has_revoked_does_not_shadow_the_new_one(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("cart", 1));
        string name = app.Store.CookieName, before = browser.Jar[name];
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        Assert.Equal("ada", (await SendAsync(app, $"{name}={before}; {name}={browser.Jar[name]}", session => session.Principal ?? "nobody")).Body);
    }

    /// <summary>Cookies of paths that no answer reaches stay what they were: an older copy of the session must not keep it from going on.</summary>
    [Theory, OnEveryStore]
    public async Task Of_one_session_the_newest_is_meant(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("cart", 1));
        string name = app.Store.CookieName, older = browser.Jar[name];
        for (int round = 2; round < 6; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse answer = await SendAsync(app, $"{name}={older}; {name}={browser.Jar[name]}", session => session.Set("cart", session.Get<int>("cart") + 1).Get<int>("cart").ToString());
            Assert.Equal($"{round}", answer.Body);
            Assert.NotEqual(browser.Jar[name], answer.Cookie(name));
            browser.Deliver(answer);
        }
    }

    [Theory, OnServerStores]
    public async Task A_dead_cookie_does_not_stand_before_the_other_channels(string store)
    {
        SessionApp app = await StartAsync(store, options => (options.HeaderName, options.QueryParameterName) = ("X-Session", "token"));
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string name = app.Store.CookieName, good = browser.Jar[name], dead = await DeadAsync(app);
        string token = Uri.EscapeDataString(await app.AskAsync(browser, session => session.Token));

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        TestResponse byHeader = await AskAsync("", request => request.Headers.Add("X-Session", good));
        Assert.Equal("ada", byHeader.Body);
        app.AssertNoCookie(byHeader);
        Assert.Contains("X-Session", byHeader.Headers.Keys);

        TestResponse byToken = await AskAsync($"?token={token}", _ => { });
        Assert.Equal("ada", byToken.Body);
        app.AssertNoCookie(byToken);

        Task<TestResponse> AskAsync(string query, Action<HttpRequestMessage> edit) => app.SendAsync(
            app.NewBrowser(),
            async (http, sessions) => await http.Response.WriteAsync((await sessions.ForgeAsync()).Get<string>("user") ?? "nobody"),
            query: query,
            edit: request =>
            {
                request.Headers.TryAddWithoutValidation("Cookie", $"{name}={dead}");
                edit(request);
            });
    }

    [Theory, OnServerStores]
    public async Task One_that_can_not_be_read_does_not_stand_before_the_good_one(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser(), other = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        await app.DoneAsync(other, session => session.Set("user", "damaged"));
        string name = app.Store.CookieName;
        SessionKey damaged = await app.KeyAsync(other);
        app.Probe.After = (call, key) => call is StoreCall.Read or StoreCall.ReadAsync && key == damaged ? throw new SessionRecordFormatException("Damaged.") : Task.CompletedTask;
        Assert.Equal("ada", (await SendAsync(app, $"{name}={other.Jar[name]}; {name}={browser.Jar[name]}", session => session.Get<string>("user")!)).Body);
        Assert.Empty(app.Events);
        Assert.Equal("nobody", (await SendAsync(app, $"{name}={other.Jar[name]}; {name}=x", session => session.Get<string>("user") ?? "nobody")).Body);
        Assert.Equal(SessionEventKind.Unreadable, app.Events.Single().Kind);
    }

    [Theory, OnEveryStore]
    public async Task A_release_that_changes_the_path_takes_its_users_along(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp before = await StartAsync(store, options => options.CookiePath = "/run");
        TestBrowser browser = before.NewBrowser();
        await before.DoneAsync(browser, session => session.Set("user", "ada"));
        string old = browser.Jar[store.CookieName];
        SessionApp after = await StartAsync(store, options => options.CookiePath = "/", clock: before.Clock);

        // From now on the browser sends both, that of the longer path first.
        string header = $"{store.CookieName}={old}";
        for (int page = 0; page < 5; page++)
        {
            after.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse answer = await SendAsync(after, header, session => session.Set("page", page).Get<string>("user") ?? "nobody");
            Assert.Equal("ada", answer.Body);
            header = $"{store.CookieName}={old}; {store.CookieName}={answer.Cookie(store.CookieName)}";
        }

        Assert.Equal("4", (await SendAsync(after, header, session => session.Get<int>("page").ToString())).Body);
    }

    /// <summary>The cookie driver's cookies of two paths, with more chunks than the other, either way.</summary>
    [Theory]
    [InlineData(3000, 9000)]
    [InlineData(9000, 3000)]
    [InlineData(9000, 100)]
    [InlineData(9000, 9000)]
    public async Task Chunks_of_two_paths_are_not_mixed_up(int size, int other)
    {
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
        TestBrowser browser = app.NewBrowser(), second = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada").Set("text", new string('a', size)));
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.DoneAsync(second, session => session.Set("user", "bob").Set("text", new string('b', other)));
        string mine = Header(browser), theirs = Header(second);

        // As a browser sends them: by path, and so in the same order for each name.
        Assert.Equal("ada", (await SendAsync(app, $"{mine}; {theirs}", session => session.Get<string>("user") ?? "nobody")).Body);
        Assert.Equal("bob", (await SendAsync(app, $"{theirs}; {mine}", session => session.Get<string>("user") ?? "nobody")).Body);
        app.Clock.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal("bob", (await SendAsync(app, $"{mine}; {theirs}", session => session.Get<string>("user") ?? "nobody")).Body);

        static string Header(TestBrowser of) => string.Join("; ", of.Jar.Select(cookie => $"{cookie.Key}={cookie.Value}"));
    }

    /// <summary>Who is told to wait by the id that counts does not lose it because of one that does not.</summary>
    [Theory, OnServerStores]
    public async Task An_id_retired_a_moment_ago_stays_what_it_is_beside_a_dead_one(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        string name = app.Store.CookieName, retired = browser.Jar[name], dead = await DeadAsync(app);
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        foreach (string header in (string[])[$"{name}={dead}; {name}={retired}", $"{name}={retired}; {name}={dead}"])
        {
            TestResponse answer = await SendAsync(app, header, session => session.Set("x", 1).State.ToString());
            Assert.Equal("Detached", answer.Body);
            app.AssertNoCookie(answer);
        }
    }

    [Theory, OnServerStores]
    public async Task Without_a_good_one_there_is_a_new_session(string store)
    {
        SessionApp app = await StartAsync(store);
        string name = app.Store.CookieName;
        Assert.Equal("True", (await SendAsync(app, string.Join("; ", Enumerable.Range(0, 40).Select(i => $"{name}=x{i}")), session => session.IsNew.ToString())).Body);
    }

    /// <summary>The cookie of somebody's session that is over.</summary>
    private static async Task<string> DeadAsync(SessionApp app)
    {
        TestBrowser stranger = app.NewBrowser();
        await app.DoneAsync(stranger, session => session.Set("user", "gone"));
        string cookie = stranger.Jar[app.Store.CookieName];
        await app.DoneAsync(stranger, session => session.Destroy());
        return cookie;
    }

    private static Task<TestResponse> SendAsync(SessionApp app, string cookies, Func<Session, string> ask) => app.SendAsync(
        app.NewBrowser(),
        async (http, sessions) =>
        {
            string answer = ask(await sessions.ForgeAsync());
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
        },
        edit: request => request.Headers.TryAddWithoutValidation("Cookie", cookies));
}
