using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[C6] What an app puts into its pages for clients without cookies.</summary>
public sealed class TokenTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task A_token_is_good_through_any_number_of_ordinary_rotations(string store)
    {
        foreach (bool encrypted in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted));
            TestBrowser browser = app.NewBrowser();
            string token = await TokenAsync(app, browser);
            HashSet<string> cookies = [];
            for (int rotation = 0; rotation < 10; rotation++)
            {
                app.Clock.Advance(TimeSpan.FromMinutes(6));
                await app.DoneAsync(browser, session => session.Get<string>("user"));
                Assert.True(cookies.Add(browser.Jar[app.Store.CookieName]));
                foreach (string channel in (string[])["form", "multipart", "header", "query"])
                {
                    Assert.Equal("Ada", await UserAsync(app, token, channel));
                }
            }
        }
    }

    [Theory, OnServerStores]
    public async Task A_token_is_no_cookie(string store)
    {
        SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted: true));
        TestBrowser browser = app.NewBrowser();
        string token = await TokenAsync(app, browser);
        TestBrowser thief = app.NewBrowser();
        thief.Jar[app.Store.CookieName] = token;
        Assert.Null(await app.GetAsync(thief, "user"));
    }

    /// <summary>As FuelPHP's documentation does it: a script copies the cookie into the field.</summary>
    [Theory, OnServerStores]
    public async Task The_cookies_own_value_is_accepted_as_well(string store)
    {
        foreach (bool encrypted in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted));
            TestBrowser browser = app.NewBrowser();
            await TokenAsync(app, browser);
            Assert.Equal("Ada", await UserAsync(app, browser.Jar[app.Store.CookieName], "multipart"));
        }
    }

    [Theory, OnServerStores]
    public async Task A_token_dies_with_a_revoking_rotation(string store)
    {
        SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted: true));
        TestBrowser browser = app.NewBrowser();
        string token = await TokenAsync(app, browser);
        string atSignIn = "";
        await app.DoneAsync(browser, session =>
        {
            session.AttachPrincipal("Ada");
            atSignIn = session.Token;
        });
        Assert.Null(await UserAsync(app, token, "form"));
        Assert.Equal("Ada", await UserAsync(app, atSignIn, "form"));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));

        string next = "";
        await app.DoneAsync(browser, session => next = session.Rotate(revokePrevious: true).Token);
        Assert.Null(await UserAsync(app, atSignIn, "form"));
        Assert.Equal("Ada", await UserAsync(app, next, "form"));
    }

    [Theory, OnServerStores]
    public async Task A_token_dies_with_the_session(string store)
    {
        SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted: true));
        TestBrowser browser = app.NewBrowser();
        string token = await TokenAsync(app, browser);
        await app.DoneAsync(browser, session => session.Destroy());
        Assert.Null(await UserAsync(app, token, "form"));
        Assert.Empty(app.Errors);
    }

    [Theory, OnServerStores]
    public async Task A_token_lives_as_long_as_the_settings_say(string store)
    {
        foreach (TimeSpan? configured in (TimeSpan?[])[null, TimeSpan.FromMinutes(10)])
        {
            SessionApp app = await StartAsync(store, options =>
            {
                MalformedIdTests.Configure(options, encrypted: true);
                options.TokenLifetime = configured;
            });
            TestBrowser browser = app.NewBrowser();
            string token = await TokenAsync(app, browser);
            TimeSpan lifetime = configured ?? TimeSpan.FromHours(2);
            TimeSpan half = lifetime / 2;
            app.Clock.Advance(half);
            await app.DoneAsync(browser, session => session.Get<string>("user"));
            app.Clock.Advance(half - TimeSpan.FromMilliseconds(1));
            Assert.Equal("Ada", await UserAsync(app, token, "form"));
            app.Clock.Advance(TimeSpan.FromMilliseconds(1));
            app.Probe.Take();
            Assert.Null(await UserAsync(app, token, "form"));
            Assert.Empty(app.Probe.Take());
            Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        }
    }

    [Theory, OnServerStores]
    public async Task What_a_token_holder_sets_is_saved_and_nothing_is_sent_back(string store)
    {
        SessionApp app = await StartAsync(store, options => MalformedIdTests.Configure(options, encrypted: true));
        TestBrowser browser = app.NewBrowser();
        string token = await TokenAsync(app, browser);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        foreach (string channel in (string[])["form", "multipart", "header", "query"])
        {
            TestResponse response = await SendAsync(app, token, channel, session => session.Increment("uploads").ToString());
            Assert.Empty(response.SetCookies);
            Assert.DoesNotContain("X-Session", response.Headers.Keys);
        }

        Assert.Equal(4, await app.AskAsync(browser, session => session.Get<int>("uploads")));
    }

    private static async Task<string> TokenAsync(SessionApp app, TestBrowser browser)
    {
        string token = "";
        await app.DoneAsync(browser, session => token = session.Set("user", "Ada").Token);
        return token;
    }

    private static async Task<string?> UserAsync(SessionApp app, string token, string channel)
    {
        string? user = null;
        await SendAsync(app, token, channel, session => user = session.Get<string>("user"));
        return user;
    }

    private static async Task<TestResponse> SendAsync(SessionApp app, string token, string channel, Func<Session, string?> act) =>
        app.AssertOk(await app.SendAsync(
            app.NewBrowser(),
            async (_, sessions) => act(await sessions.ForgeAsync()),
            content: channel switch
            {
                "form" => new FormUrlEncodedContent([new("sid", token)]),
                "multipart" => new MultipartFormDataContent { { new StringContent(token), "sid" }, { new ByteArrayContent(new byte[100]), "file", "a.bin" } },
                _ => null,
            },
            query: channel == "query" ? "?sid=" + token : "",
            edit: request =>
            {
                if (channel == "header")
                {
                    request.Headers.TryAddWithoutValidation("X-Session", token);
                }
            }));
}
