using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[R11] Nothing replaces a good id because another client has sent it; and nothing that this client does is lost without a word.</summary>
public sealed class OtherClientTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const string Phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
    private const string DesktopSite = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
    private const string Safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";

    [Theory, OnEveryStore]
    public async Task The_desktop_site_of_a_phone_is_the_same_session(string store)
    {
        SessionApp app = await StartAsync(store);
        using var jar = new Jar(app, Phone, DesktopSite);
        await app.DoneAsync(jar[Phone], session => session.Set("cart", "book").AttachPrincipal("ada"));
        Assert.Equal("ada book", await app.AskAsync(jar[DesktopSite], session => $"{session.Principal} {session.Get<string>("cart")}"));
        await app.DoneAsync(jar[DesktopSite], session => session.Set("cart", "books"));
        Assert.Equal("ada books", await app.AskAsync(jar[Phone], session => $"{session.Principal} {session.Get<string>("cart")}"));
        Assert.Empty(app.Events);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1", Safari)]
    [InlineData("Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", Firefox)]
    [InlineData("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0esr", Firefox)]
    [InlineData(DesktopSite + " EdgA/140.0.3485.37", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.3537.57")]
    public async Task So_is_an_update_or_another_device_of_one_browser(string before, string after)
    {
        SessionApp app = await StartAsync("memory");
        using var jar = new Jar(app, before, after, Phone);
        await app.DoneAsync(jar[before], session => session.Set("cart", "book"));
        Assert.Equal("book", await app.GetAsync(jar[after], "cart"));
        Assert.Null(await app.GetAsync(jar[Phone], "cart"));
    }

    [Theory, OnEveryStore]
    public async Task Each_of_two_clients_that_share_their_cookies_finds_its_own_session(string store)
    {
        SessionApp app = await StartAsync(store);
        using var jar = new Jar(app, Phone, Firefox);
        await app.DoneAsync(jar[Phone], session => session.Set("cart", "phone's").AttachPrincipal("ada"));
        for (int visit = 0; visit < 3; visit++)
        {
            // Long enough for a rotation.
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse answer = await app.DoneAsync(jar[Firefox], session =>
            {
                Assert.Null(session.Principal);
                Assert.Equal(visit, session.Increment("visits") - 1);
            });
            app.AssertNoCookie(answer);
            Assert.Equal("ada phone's", await app.AskAsync(jar[Phone], session => $"{session.Principal} {session.Get<string>("cart")}"));
        }

        // Told once, as the session that it has of its own is found since then.
        Assert.Single(app.Events, e => e.Kind == SessionEventKind.ClientMismatch);
    }

    [Theory, OnEveryStore]
    public async Task The_other_client_signs_in_and_out_without_a_trace_at_the_first(string store)
    {
        SessionApp app = await StartAsync(store);
        using var jar = new Jar(app, Phone, Firefox);
        await app.DoneAsync(jar[Phone], session => session.Set("cart", "book"));
        await app.DoneAsync(jar[Firefox], session => session.AttachPrincipal("bob"));
        Assert.Equal("bob", await app.AskAsync(jar[Firefox], session => session.Principal));
        Assert.Null(await app.AskAsync(jar[Phone], session => session.Principal));

        app.AssertNoCookie(await app.DoneAsync(jar[Firefox], session => session.Destroy()));
        Assert.DoesNotContain(jar.Cookies.Keys, name => name.StartsWith("other-", StringComparison.Ordinal));
        Assert.Equal("book", await app.GetAsync(jar[Phone], "cart"));
    }

    [Theory, OnEveryStore]
    public async Task The_other_client_s_session_outlives_the_first(string store)
    {
        SessionApp app = await StartAsync(store);
        using var jar = new Jar(app, Phone, Firefox);
        await app.DoneAsync(jar[Phone], session => session.Set("cart", "phone's"));
        await app.DoneAsync(jar[Firefox], session => session.Set("cart", "firefox's"));
        string dead = jar.Cookies[app.Store.CookieName];
        await app.DoneAsync(jar[Phone], session => session.Destroy());
        Assert.Equal("firefox's", await app.GetAsync(jar[Firefox], "cart"));

        // A cookie that the deletion did not reach changes nothing.
        jar.Cookies[app.Store.CookieName] = app.Store.IsServerSide ? dead : "x";
        Assert.Equal("firefox's", await app.GetAsync(jar[Firefox], "cart"));
        app.AssertOk(await app.DoAsync(jar[Phone], session => session.Set("cart", "new")));
        Assert.Equal("new", await app.GetAsync(jar[Phone], "cart"));
        Assert.Equal("firefox's", await app.GetAsync(jar[Firefox], "cart"));
    }

    [Theory, OnEveryStore]
    public async Task A_third_client_may_look_and_is_refused_aloud(string store)
    {
        SessionApp app = await StartAsync(store);
        using var jar = new Jar(app, Phone, Firefox, Safari);
        await app.DoneAsync(jar[Phone], session => session.Set("cart", "phone's"));
        await app.DoneAsync(jar[Firefox], session => session.Set("cart", "firefox's"));

        Assert.Equal((true, null), await app.AskAsync(jar[Safari], session => (session.IsDetached, session.Get<string>("cart"))));
        var error = app.AssertFailed<InvalidOperationException>(await app.DoAsync(jar[Safari], session => session.Set("cart", "safari's")));
        Assert.Contains("MatchUserAgent", error.Message, StringComparison.Ordinal);
        Assert.Contains(app.Events, e => e.Kind == SessionEventKind.DetachedChangesDropped);
        Assert.Equal("phone's", await app.GetAsync(jar[Phone], "cart"));
        Assert.Equal("firefox's", await app.GetAsync(jar[Firefox], "cart"));

        // Whoever signs in means it.
        await app.DoneAsync(jar[Safari], session => session.AttachPrincipal("cleo"));
        Assert.Equal("cleo", await app.AskAsync(jar[Safari], session => session.Principal));
        Assert.Equal("phone's", await app.GetAsync(jar[Phone], "cart"));
    }

    /// <summary>As code does that can't wait, and where nothing is read ahead.</summary>
    [Theory, OnEveryStore]
    public async Task So_do_they_where_nothing_is_read_ahead(string store)
    {
        SessionApp app = await StartAsync(store, options => options.AutoInitialize = false);
        using var jar = new Jar(app, Phone, Firefox);
        foreach (string userAgent in (string[])[Phone, Firefox, Phone, Firefox])
        {
            app.AssertOk(await app.SendAsync(jar[userAgent], (_, sessions) =>
            {
                string? before = sessions.Current.Get<string>("client");
                Assert.Equal(before is null, sessions.Current.IsNew);
                Assert.Equal(before ?? userAgent, userAgent);
                sessions.Current.Set("client", userAgent);
                return Task.CompletedTask;
            }));
        }

        Assert.Equal(2, jar.Cookies.Count);
        Assert.Equal(Firefox, await app.GetAsync(jar[Firefox], "client"));
        Assert.Equal(Phone, await app.GetAsync(jar[Phone], "client"));
    }

    /// <summary>[R6] A request that was sent just before its browser learned the new id gets no cookie, whoever else has one.</summary>
    [Theory, OnServerStores]
    public async Task A_race_of_either_client_costs_neither_its_id(string store)
    {
        SessionApp app = await StartAsync(store);
        using var jar = new Jar(app, Phone, Firefox);
        await app.DoneAsync(jar[Phone], session => session.Set("cart", "phone's"));
        await app.DoneAsync(jar[Firefox], session => session.Set("cart", "firefox's"));
        foreach (string userAgent in (string[])[Phone, Firefox])
        {
            TestBrowser late = app.NewBrowser(userAgent);
            foreach ((string name, string value) in jar[userAgent].Jar)
            {
                late.Jar[name] = value;
            }

            await app.DoneAsync(jar[userAgent], session => session.Rotate(revokePrevious: true));
            TestResponse answer = await app.DoneAsync(late, session => Assert.True(session.IsDetached));
            Assert.Empty(answer.SetCookies);
            TestResponse written = await app.DoAsync(late, session => session.Set("cart", "late"));
            Assert.Empty(written.SetCookies);
        }

        Assert.Equal("phone's", await app.GetAsync(jar[Phone], "cart"));
        Assert.Equal("firefox's", await app.GetAsync(jar[Firefox], "cart"));
    }

    [Theory, OnServerStores]
    public async Task Without_a_cookie_the_other_client_is_refused_aloud(string store)
    {
        foreach (bool encrypted in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted));
            TestBrowser owner = app.NewBrowser(Phone);
            string token = await app.AskAsync(owner, session => session.Set("cart", "book").Token);
            string id = owner.Jar[app.Store.CookieName];
            foreach (string presented in (string[])[id, token])
            {
                foreach (string channel in (string[])["header", "query", "form"])
                {
                    Assert.Equal("book", await AskAsync(app, Phone, presented, channel));
                    Assert.Null(await AskAsync(app, Firefox, presented, channel));
                    TestResponse refused = await SendAsync(app, Firefox, presented, channel, session => session.Set("cart", "mine"));
                    Assert.DoesNotContain("X-Session", refused.Headers.Keys);
                    app.AssertFailed<InvalidOperationException>(refused);
                    Assert.Equal("book", await AskAsync(app, Phone, presented, channel));
                }
            }
        }
    }

    [Theory, OnEveryStore]
    public async Task Coming_back_to_the_first_address_finds_the_session(string store)
    {
        SessionApp app = await StartAsync(
            store,
            options => options.MatchIp = true,
            before: Addresses.Believe);
        TestBrowser browser = app.NewBrowser();
        await app.DoneFromAsync(browser, "203.0.113.7", session => session.Set("cart", "home's"));
        await app.DoneFromAsync(browser, "198.51.100.9", session => session.Set("cart", "café's"));
        await app.DoneFromAsync(browser, "203.0.113.7", session => Assert.Equal("home's", session.Get<string>("cart")));
        await app.DoneFromAsync(browser, "198.51.100.9", session => Assert.Equal("café's", session.Get<string>("cart")));
    }

    [Theory, OnServerStores]
    public async Task Only_what_is_compared_is_stored_and_nothing_that_the_store_alone_could_try(string store)
    {
        SessionApp app = await StartAsync(store, options => options.MatchUserAgent = UserAgentMatching.Off);
        TestBrowser browser = app.NewBrowser(Phone);
        await app.DoneAsync(browser, session => session.Set("a", 1));
        SessionRecord record = (await app.Probe.ReadAsync(await app.KeyAsync(browser), default))!;
        Assert.Equal((null, null, null), (record.UserAgentHash, record.UserAgentFamilyHash, record.IpHash));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_address_is_another_hash_in_each_session_and_with_each_id(bool takesTokens)
    {
        SessionApp app = await StartAsync("memory", options =>
        {
            (options.MatchIp, options.MatchUserAgent) = (true, UserAgentMatching.Exact);
            options.HeaderName = takesTokens ? "X-Session" : null;
        });
        HashSet<(ulong?, ulong?)> hashes = [];
        for (int i = 0; i < 4; i++)
        {
            TestBrowser browser = app.NewBrowser(Phone);
            await app.DoneAsync(browser, session => session.Set("a", 1));
            SessionKey key = await app.KeyAsync(browser);
            SessionRecord began = (await app.Probe.ReadAsync(key, default))!;
            Assert.Null(began.UserAgentFamilyHash);
            Assert.True(hashes.Add((began.UserAgentHash!.Value, began.IpHash!.Value)));

            app.Clock.Advance(TimeSpan.FromMinutes(6));
            await app.DoneAsync(browser, session => session.Increment("a"));
            SessionRecord rotated = (await app.Probe.ReadAsync(key, default))!;
            Assert.NotEqual(began.CurrentHash, rotated.CurrentHash);
            Assert.Equal(!takesTokens, hashes.Add((rotated.UserAgentHash, rotated.IpHash)));
            Assert.Equal(2, await app.AskAsync(browser, session => session.Get<int>("a")));
        }
    }

    [Theory, OnServerStores]
    public async Task A_session_from_before_the_setting_goes_on_and_answers_to_its_client_from_the_next_write_on(string store)
    {
        Store shared = await NewStoreAsync(store);
        SessionApp before = await StartAsync(shared, options => options.MatchUserAgent = UserAgentMatching.Off), app = await StartAsync(shared, clock: before.Clock);
        TestBrowser owner = before.NewBrowser(Phone);
        await before.DoneAsync(owner, session => session.Set("cart", "book"));
        TestBrowser here = app.CopyOf(owner, Phone);
        Assert.Equal("book", await app.GetAsync(here, "cart"));
        await app.DoneAsync(here, session => session.Set("cart", "books"));
        Assert.Equal("books", await app.GetAsync(here, "cart"));
        Assert.Null(await app.GetAsync(app.CopyOf(here, Firefox), "cart"));
    }

    private static async Task<string?> AskAsync(SessionApp app, string userAgent, string presented, string channel)
    {
        string? answer = null;
        app.AssertOk(await SendAsync(app, userAgent, presented, channel, session => answer = session.Get<string>("cart")));
        return answer;
    }

    private static Task<TestResponse> SendAsync(SessionApp app, string userAgent, string presented, string channel, Action<Session> act) => app.SendAsync(
        app.NewBrowser(userAgent),
        async (_, sessions) => act(await sessions.ForgeAsync()),
        content: channel == "form" ? new FormUrlEncodedContent([new("sid", presented)]) : null,
        query: channel == "query" ? "?sid=" + presented : "",
        edit: request =>
        {
            if (channel == "header")
            {
                request.Headers.Add("X-Session", presented);
            }
        });

    /// <summary>One jar of cookies that several user agents use, one after another.</summary>
    private sealed class Jar : IDisposable
    {
        private readonly Dictionary<string, TestBrowser> _browsers;
        private TestBrowser _last;

        internal Jar(SessionApp app, params string[] userAgents)
        {
            _browsers = userAgents.ToDictionary(userAgent => userAgent, userAgent => app.NewBrowser(userAgent));
            _last = _browsers[userAgents[0]];
        }

        internal IDictionary<string, string> Cookies => _last.Jar;

        internal TestBrowser this[string userAgent]
        {
            get
            {
                TestBrowser next = _browsers[userAgent];
                if (next != _last)
                {
                    next.Jar.Clear();
                    foreach ((string name, string value) in _last.Jar)
                    {
                        next.Jar[name] = value;
                    }

                    _last = next;
                }

                return next;
            }
        }

        public void Dispose()
        {
            foreach (TestBrowser browser in _browsers.Values)
            {
                browser.Dispose();
            }
        }
    }
}
