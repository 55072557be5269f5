using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.CookiePolicy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>C7: a cookie that the pipeline keeps from the client leaves no record behind, and says so.</summary>
public sealed class ConsentTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const int Told = 123;

    [Theory, OnEveryStore]
    public async Task C7_before_its_user_consents_no_session_is_kept(string store)
    {
        SessionApp app = null!;
        app = await StartAsync(store, map: web => web.Map("/other/{number}", (HttpContext http, int number) => app.RunAsync(http, number)), before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        for (int visit = 0; visit < 3; visit++)
        {
            app.AssertNoCookie(await app.DoneAsync(browser, session => Assert.Equal(1, session.Increment("visits"))));
            app.AssertNoCookie(app.AssertOk(await WriteAsync(app, browser, session => session.SetFlash("message", "x").AttachPrincipal("ada"))));
            app.AssertNoCookie(await app.DoneAsync(browser, session => session.Set("x", 1), "/other"));
        }

        AssertStoreCalls(app);
        Assert.Equal(2, app.Logs.Lines.Count(line => line.Id == Told));
        Assert.All(app.Events, told => Assert.Equal(SessionEventKind.CookieWithheld, told.Kind));
        Assert.Equal(9, app.Events.Count);
    }

    [Theory, OnEveryStore]
    public async Task C7_whatever_the_order_of_the_middleware(string store)
    {
        SessionApp app = await StartAsync(store, map: UsePolicy);
        app.AssertNoCookie(await app.DoneAsync(app.NewBrowser(), session => session.Set("x", 1)));
        AssertStoreCalls(app);
        Assert.Single(app.Logs.Lines, line => line.Id == Told);
    }

    [Theory, OnEveryStore]
    public async Task C7_a_page_that_stores_nothing_says_nothing(string store)
    {
        SessionApp app = await StartAsync(store, before: UsePolicy);
        await app.DoneAsync(app.NewBrowser(), session => session.Get<string>("x"));
        Assert.Empty(app.Events);
    }

    [Theory, OnEveryStore]
    public async Task C7_an_essential_cookie_is_sent(string store)
    {
        SessionApp app = await StartAsync(store, options => options.IsEssential = true, before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Increment("visits"));
        Assert.Equal(2, await app.AskAsync(browser, session => session.Increment("visits")));
        Assert.Empty(app.Events);
    }

    /// <summary>Also if the app has saved before, and thinks that it is.</summary>
    [Theory, OnEveryStore]
    public async Task C7_consent_in_the_same_request_counts(string store)
    {
        SessionApp app = await StartAsync(store, before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            Session session = (await sessions.ForgeAsync()).Set("cart", 1).AttachPrincipal("ada");
            await session.SaveAsync();
            Assert.Equal(1, session.Get<int>("cart"));
            http.Features.GetRequiredFeature<ITrackingConsentFeature>().GrantConsent();
        }));
        Assert.Equal((1, "ada"), await app.AskAsync(browser, session => (session.Get<int>("cart"), session.Principal)));
        Assert.Empty(app.Events);
    }

    /// <summary>Granted where the response starts, as a filter may do it, and after the session was saved once.</summary>
    [Theory, OnEveryStore]
    public async Task C7_consent_as_the_response_starts_counts(string store)
    {
        SessionApp app = await StartAsync(store, before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            Session session = (await sessions.ForgeAsync()).Set("cart", 1);
            http.Response.OnStarting(() =>
            {
                http.Features.GetRequiredFeature<ITrackingConsentFeature>().GrantConsent();
                return Task.CompletedTask;
            });
            await http.Response.WriteAsync("a body");
        }));
        Assert.Equal(1, await app.AskAsync(browser, session => session.Get<int>("cart")));
    }

    [Theory, OnEveryStore]
    public async Task C7_a_session_from_before_goes_on_where_no_cookie_is_needed(string store)
    {
        SessionApp app = await StartAsync(store, before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        await ConsentAsync(app, browser);
        await app.DoneAsync(browser, session => session.Set("cart", 1));
        await WithdrawAsync(app, browser);
        for (int page = 2; page < 6; page++)
        {
            // Past the time of rotation: the next id could not be sent.
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            app.AssertNoCookie(await app.DoneAsync(browser, session => session.Set("cart", page)));
            Assert.Equal(app.Store.IsServerSide ? page : 1, await app.AskAsync(browser, session => session.Get<int>("cart")));
        }

        Assert.All(app.Events, told => Assert.Equal(SessionEventKind.CookieWithheld, told.Kind));
        await ConsentAsync(app, browser);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.NotNull((await app.DoneAsync(browser, session => session.Set("cart", 7))).Cookie(app.Store.CookieName));
        Assert.Equal(7, await app.AskAsync(browser, session => session.Get<int>("cart")));
    }

    [Theory, OnEveryStore]
    public async Task C7_a_session_whose_next_id_reaches_nobody_ends(string store)
    {
        SessionApp app = await StartAsync(store, before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        await ConsentAsync(app, browser);
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        await WithdrawAsync(app, browser);
        TestBrowser copy = app.CopyOf(browser);
        Take(app);
        await app.DoneAsync(browser, session =>
        {
            session.AttachPrincipal(null).Set("seen", true);
            Assert.True(session.Get<bool>("seen"));
        });
        AssertStoreCalls(app, StoreCall.ReadAsync, StoreCall.Delete);
        Assert.DoesNotContain(app.Store.CookieName, browser.Jar.Keys);
        Assert.Equal(SessionEventKind.CookieWithheld, Assert.Single(app.Events).Kind);
        if (app.Store.IsServerSide)
        {
            Assert.Null(await app.AskAsync(copy, session => session.Principal));
        }
    }

    [Theory, OnEveryStore]
    public async Task C7_signing_out_needs_no_consent(string store)
    {
        SessionApp app = await StartAsync(store, before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        await ConsentAsync(app, browser);
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        await WithdrawAsync(app, browser);
        await app.DoneAsync(browser, session => session.Destroy());
        Assert.DoesNotContain(app.Store.CookieName, browser.Jar.Keys);
        Assert.Empty(app.Events);
    }

    /// <summary>Channels that need no cookie need no consent to one.</summary>
    [Theory, OnServerStores]
    public async Task C7_a_header_carries_the_id(string store)
    {
        SessionApp app = await StartAsync(store, options => options.HeaderName = "X-Session", before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        TestResponse first = await app.DoneAsync(browser, session => session.Set("cart", 1));
        app.AssertNoCookie(first);
        TestResponse second = await app.SendAsync(
            browser,
            async (http, sessions) => await http.Response.WriteAsync((await sessions.ForgeAsync()).Get<int>("cart").ToString()),
            edit: request => request.Headers.Add("X-Session", first.Headers["X-Session"]));
        Assert.Equal("1", second.Body);
    }

    [Theory, OnServerStores]
    public async Task C7_a_token_stands_for_a_session_that_is_kept(string store)
    {
        SessionApp app = await StartAsync(store, options => options.QueryParameterName = "token", before: UsePolicy);
        TestBrowser browser = app.NewBrowser();
        TestResponse page = await WriteAsync(app, browser, session => session.Set("cart", 1), session => session.Token);
        app.AssertNoCookie(page);
        TestResponse upload = await app.SendAsync(
            browser,
            async (http, sessions) => await http.Response.WriteAsync((await sessions.ForgeAsync()).Get<int>("cart").ToString()),
            query: $"?token={page.Body}");
        Assert.Equal("1", upload.Body);
    }

    /// <summary>Other ways to take a cookie out: seen when the response is out, and made good then.</summary>
    [Theory, OnServerStores]
    public async Task C7_a_cookie_that_was_taken_out_leaves_no_record(string store)
    {
        foreach (Action<WebApplication> strip in (Action<WebApplication>[])[UseRefusal, UseStripping])
        {
            SessionApp app = await StartAsync(store, before: strip);
            TestBrowser browser = app.NewBrowser();
            for (int visit = 0; visit < 2; visit++)
            {
                app.AssertNoCookie(await app.DoneAsync(browser, session => session.Increment("visits")));
                app.AssertNoCookie(await WriteAsync(app, browser, session => session.Increment("visits")));
            }

            await EventuallyAsync(() => app.Events.Count == 4);
            StoreCall[] calls = app.Probe.Take();
            Assert.Equal(4, calls.Count(call => call == StoreCall.Write));
            Assert.Equal(4, calls.Count(call => call == StoreCall.Delete));
            Assert.Single(app.Logs.Lines, line => line.Id == Told);
        }
    }

    /// <summary>A policy may give cookies other names and values, as it reads them back.</summary>
    [Theory, OnServerStores]
    public async Task C7_a_cookie_of_another_name_or_value_is_none_that_was_taken_out(string store)
    {
        SessionApp app = await StartAsync(store, before: web =>
        {
            web.Use((http, next) =>
            {
                http.Request.Headers.Cookie = http.Request.Headers.Cookie.ToString().Replace("my-", "", StringComparison.Ordinal).Replace("=x", "=", StringComparison.Ordinal);
                return next(http);
            });
            web.UseCookiePolicy(new CookiePolicyOptions { OnAppendCookie = cookie => (cookie.CookieName, cookie.CookieValue) = ("my-" + cookie.CookieName, "x" + cookie.CookieValue) });
        });
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Increment("visits"));
        Assert.Equal(2, await app.AskAsync(browser, session => session.Increment("visits")));
        Assert.Empty(app.Events);
    }

    private static void UsePolicy(WebApplication web) => web.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = _ => true });

    private static void UseRefusal(WebApplication web) => web.UseCookiePolicy(new CookiePolicyOptions { OnAppendCookie = cookie => cookie.IssueCookie = false });

    private static void UseStripping(WebApplication web) => web.Use((http, next) =>
    {
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.Remove("Set-Cookie");
            return Task.CompletedTask;
        });
        return next(http);
    });

    private static Task<TestResponse> WriteAsync(SessionApp app, TestBrowser browser, Action<Session> act, Func<Session, string>? answer = null) => app.SendAsync(
        browser,
        async (http, sessions) =>
        {
            Session session = await sessions.ForgeAsync();
            act(session);
            await http.Response.WriteAsync(answer?.Invoke(session) ?? "a body");
        });

    private static Task ConsentAsync(SessionApp app, TestBrowser browser) => SetConsentAsync(app, browser, consent => consent.GrantConsent());

    private static Task WithdrawAsync(SessionApp app, TestBrowser browser) => SetConsentAsync(app, browser, consent => consent.WithdrawConsent());

    private static async Task SetConsentAsync(SessionApp app, TestBrowser browser, Action<ITrackingConsentFeature> set) => app.AssertOk(await app.SendAsync(browser, (http, _) =>
    {
        set(http.Features.GetRequiredFeature<ITrackingConsentFeature>());
        return Task.CompletedTask;
    }));

    private static void Take(SessionApp app)
    {
        if (app.Store.IsServerSide)
        {
            app.Probe.Take();
        }
    }

    private static void AssertStoreCalls(SessionApp app, params StoreCall[] expected)
    {
        if (app.Store.IsServerSide)
        {
            Assert.Equal(expected, app.Probe.Take());
        }
    }

    // What is done after the response is done when its client has it already.
    private static async Task EventuallyAsync(Func<bool> isTrue)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isTrue())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
