using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>Pages that don't use the session keep it alive where the app wants that, as with the framework's own session.</summary>
public sealed class TouchTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task W7_any_request_keeps_the_session_alive(string store)
    {
        SessionApp app = await StartAsync(store, options => options.TouchOnEveryRequest = true, Map);
        TestBrowser browser = await SignedInAsync(app);
        for (int page = 0; page < 5; page++)
        {
            app.Clock.Advance(TimeSpan.FromHours(1.9));
            TestResponse response = await browser.GetAsync(page % 2 == 0 ? "/plain" : "/empty");
            Assert.True(response.Status is HttpStatusCode.OK or HttpStatusCode.NoContent);

            // It is not the session's page, and caches may keep it; unless it carries the next id.
            Assert.Equal(response.Cookie(app.Store.CookieName) is null ? null : "no-store", response.Headers.GetValueOrDefault("Cache-Control"));
            Assert.DoesNotContain("Vary", response.Headers.Keys);
        }

        // No flash variable has aged, and the id was renewed on the way.
        Assert.Equal(("ada", "saved"), await app.AskAsync(browser, session => (session.Principal, session.GetFlash<string>("message"))));
        Assert.Empty(app.Events);
    }

    [Theory, OnEveryStore]
    public async Task W7_the_cookie_lives_on_with_the_session(string store)
    {
        SessionApp app = await StartAsync(store, options => options.TouchOnEveryRequest = true, Map);
        TestBrowser browser = await SignedInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.NotNull((await browser.GetAsync("/plain")).Cookie(app.Store.CookieName));
    }

    [Theory, OnEveryStore]
    public async Task W7_without_the_setting_only_its_use_does(string store)
    {
        SessionApp app = await StartAsync(store, map: Map);
        TestBrowser browser = await SignedInAsync(app);
        app.Clock.Advance(TimeSpan.FromHours(1.9));
        await browser.GetAsync("/plain");
        app.Clock.Advance(TimeSpan.FromHours(1.9));
        Assert.Null(await app.AskAsync(browser, session => session.Principal));
    }

    [Theory, OnEveryStore]
    public async Task W7_single_endpoints_do_where_they_say_so(string store)
    {
        SessionApp app = await StartAsync(store, map: Map);
        TestBrowser browser = await SignedInAsync(app);
        for (int page = 0; page < 4; page++)
        {
            app.Clock.Advance(TimeSpan.FromHours(1.9));
            await browser.GetAsync(page % 2 == 0 ? "/touching" : "/attributed");
        }

        Assert.Equal("ada", await app.AskAsync(browser, session => session.Principal));
    }

    [Theory, OnServerStores]
    public async Task W8_it_costs_one_read_and_a_touch_when_that_is_due(string store)
    {
        SessionApp app = await StartAsync(store, options => options.TouchOnEveryRequest = true, Map);
        TestBrowser browser = await SignedInAsync(app);
        app.Probe.Take();
        await browser.GetAsync("/plain");
        Assert.Equal([StoreCall.ReadAsync], app.Probe.Take());
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.GetAsync("/plain");
        Assert.Equal([StoreCall.ReadAsync, StoreCall.Touch], app.Probe.Take());
        await browser.GetAsync("/none");
        await app.NewBrowser().GetAsync("/plain");
        await app.NewBrowser().SendAsync(HttpMethod.Get, "/plain", edit: request => request.Headers.Add("Cookie", $"{app.Store.CookieName}=x"));
        Assert.Empty(app.Probe.Take());
    }

    /// <summary>A page that does not use the session does not fail with its store.</summary>
    [Theory, OnServerStores]
    public async Task F2_an_error_of_the_store_is_not_that_pages(string store)
    {
        SessionApp app = await StartAsync(store, options => options.TouchOnEveryRequest = true, Map);
        TestBrowser browser = await SignedInAsync(app);
        foreach (StoreCall[] failing in (StoreCall[][])[[StoreCall.ReadAsync], [StoreCall.Touch, StoreCall.Write]])
        {
            app.Probe.Fail(failing);
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse response = await browser.GetAsync("/plain");
            Assert.Equal((HttpStatusCode.OK, "plain"), (response.Status, response.Body));
            app.AssertNoCookie(response);
        }

        app.Probe.Heal();
        Assert.Equal("ada", await app.AskAsync(browser, session => session.Principal));
    }

    [Theory, OnServerStores]
    public async Task A_dead_or_foreign_id_stays_what_it_is_meant_to_be(string store)
    {
        SessionApp app = await StartAsync(store, options => options.TouchOnEveryRequest = true, Map);
        TestBrowser browser = await SignedInAsync(app);
        TestBrowser copy = app.CopyOf(browser), other = app.CopyOf(browser, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0");
        app.AssertNoCookie(await other.GetAsync("/plain"));
        await app.DoneAsync(browser, session => session.Destroy());
        app.AssertNoCookie(await copy.GetAsync("/plain"));
    }

    private static async Task<TestBrowser> SignedInAsync(SessionApp app)
    {
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada").SetFlash("message", "saved"));
        return browser;
    }

    private static void Map(WebApplication web)
    {
        web.MapGet("/plain", () => "plain");
        web.MapGet("/empty", () => Results.NoContent());
        web.MapGet("/none", () => "none").WithoutSession();
        web.MapGet("/touching", () => "touching").WithSessionTouch();
        web.MapGet("/attributed", [SessionEndpoint(Touch = true)] () => "attributed");
    }
}
