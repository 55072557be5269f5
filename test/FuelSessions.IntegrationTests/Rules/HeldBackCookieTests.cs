using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[R12] A request from another site, whose browser has held the session's cookie back, takes nothing from its session.</summary>
public sealed class HeldBackCookieTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

    [Theory, OnEveryStore]
    public async Task A_form_from_another_site_replaces_no_session(string store)
    {
        SessionApp app = await StartAsync(store);
        using TestBrowser browser = app.NewBrowser(UserAgent);
        await app.DoneAsync(browser, session => session.Set("cart", "book"));
        await FromElsewhereAsync(app, browser, session => session.Set("cart", "theirs").Set("paid", true));
        Assert.Equal("book ", await app.AskAsync(browser, session => $"{session.Get<string>("cart")} {session.Get<string>("paid")}"));

        // Also once the first one was rotated.
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("book", await app.GetAsync(browser, "cart"));
        Assert.Equal("book", await app.GetAsync(browser, "cart"));
    }

    [Theory, OnEveryStore]
    public async Task Who_has_no_session_goes_on_with_what_it_began(string store)
    {
        SessionApp app = await StartAsync(store);
        using TestBrowser browser = app.NewBrowser(UserAgent);
        await FromElsewhereAsync(app, browser, session => session.Set("cart", "book"));
        Assert.Equal("book", await app.GetAsync(browser, "cart"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await app.DoneAsync(browser, session => session.Set("cart", "books"));
        Assert.Equal("books", await app.GetAsync(browser, "cart"));
    }

    [Theory, OnEveryStore]
    public async Task A_sign_in_from_another_site_becomes_the_browser_s_session(string store)
    {
        SessionApp app = await StartAsync(store);
        using TestBrowser browser = app.NewBrowser(UserAgent);
        await app.DoneAsync(browser, session => session.Set("cart", "book"));
        await FromElsewhereAsync(app, browser, session => session.Set("by", "post").AttachPrincipal("ada"));
        Assert.Equal("ada post ", await app.AskAsync(browser, session => $"{session.Principal} {session.Get<string>("by")} {session.Get<string>("cart")}"));
    }

    [Theory]
    [InlineData(SameSiteMode.Lax, "POST", "cross-site", true)]
    [InlineData(SameSiteMode.Lax, "GET", "cross-site", false)]
    [InlineData(SameSiteMode.Strict, "GET", "cross-site", true)]
    [InlineData(SameSiteMode.Strict, "POST", "cross-site", true)]
    [InlineData(SameSiteMode.Lax, "POST", "same-site", false)]
    [InlineData(SameSiteMode.Lax, "POST", "same-origin", false)]
    [InlineData(SameSiteMode.Strict, "GET", "none", false)]
    [InlineData(SameSiteMode.Lax, "POST", "", false)]
    [InlineData(SameSiteMode.Unspecified, "POST", "cross-site", false)]
    public async Task Only_where_browsers_hold_it_back(SameSiteMode sameSite, string method, string site, bool isBeside)
    {
        SessionApp app = await StartAsync("memory", options => options.CookieSameSite = sameSite);
        using TestBrowser browser = app.NewBrowser(UserAgent);
        await FromElsewhereAsync(app, browser, session => session.Set("n", 1), method, site);
        Assert.Equal(isBeside, Assert.Single(browser.Jar.Keys).Contains("other-", StringComparison.Ordinal));
    }

    /// <summary>What came along was not held back, whatever it is worth.</summary>
    [Fact]
    public async Task A_cookie_that_came_is_replaced()
    {
        SessionApp app = await StartAsync("memory");
        using TestBrowser browser = app.NewBrowser(UserAgent);
        await app.DoneAsync(browser, session => session.Set("cart", "book"));
        string name = Assert.Single(browser.Jar.Keys);
        browser.Jar[name] = "nonsense";
        await SendAsync(app, browser, session => session.Set("n", 1), "POST", "cross-site");
        Assert.Equal([name], browser.Jar.Keys);
        Assert.Equal(1, await app.AskAsync(browser, session => session.Get<int>("n")));
    }

    private static async Task FromElsewhereAsync(SessionApp app, TestBrowser browser, Action<Session> change, string method = "POST", string site = "cross-site")
    {
        Dictionary<string, string> held = new(browser.Jar);
        browser.Jar.Clear();
        await SendAsync(app, browser, change, method, site);
        foreach ((string name, string value) in held)
        {
            browser.Jar.TryAdd(name, value);
        }
    }

    private static async Task SendAsync(SessionApp app, TestBrowser browser, Action<Session> change, string method, string site)
    {
        string path = app.PathOf(async (_, sessions) => change(await sessions.ForgeAsync()));
        TestResponse answer = await browser.SendAsync(new HttpMethod(method), path, edit: request =>
        {
            if (site.Length > 0)
            {
                request.Headers.Add("Sec-Fetch-Site", site);
            }
        });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }
}
