using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>The cookie driver at the limits of what browsers take: 4096 bytes a cookie, name and attributes included.</summary>
public sealed class CookieSizeTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const int LargestCookie = 4096;

    [Fact]
    public async Task D21_the_cookie_itself_larger_than_a_browser_takes()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();

        // Up and down, through one cookie and several: what a browser holds must always be the whole session.
        foreach (int size in (int[])[10, 2000, 2500, 2700, 2800, 3000, 6000, 9000, 16_000, 16_300, 5000, 100, 16_300, 10])
        {
            string text = new('x', size);
            TestResponse response = await app.DoneAsync(browser, session => session.Set("text", text));
            Assert.NotEmpty(response.SetCookies);
            Assert.All(response.SetCookies, cookie => Assert.InRange(cookie.Length, 1, LargestCookie));
            Assert.Distinct(response.SetCookies.Select(cookie => cookie.Split('=')[0]));
            Assert.Equal(text, await app.GetAsync(browser, "text"));
            Assert.InRange(browser.Jar.Count, 1, 1 + (size * 4 / 3 / 3500) + 1);
        }

        // Back in one cookie: no part of a larger one is left behind.
        Assert.Equal(["cid"], browser.Jar.Keys);
    }

    [Fact]
    public async Task D21_with_a_long_name_domain_and_path()
    {
        SessionApp app = await StartAsync("cookie", options =>
        {
            options.CookieName = "session-of-" + new string('n', 100);
            options.CookieDomain = new string('d', 60) + ".example.org";
            options.CookiePath = "/" + new string('p', 200);
            options.CookieSecure = Microsoft.AspNetCore.Http.CookieSecurePolicy.Always;
            options.CookiePartitioned = true;
        });
        foreach (int size in Enumerable.Range(0, 40).Select(step => 2000 + (step * 50)))
        {
            TestBrowser browser = app.NewBrowser();
            TestResponse response = await app.DoneAsync(browser, session => session.Set("text", new string('x', size)));
            Assert.All(response.SetCookies, cookie => Assert.InRange(cookie.Length, 1, LargestCookie));
            Assert.Equal(size, (await app.GetAsync(browser, "text"))?.Length);
        }
    }

    [Fact]
    public async Task D21_over_the_limit_is_refused_with_both_sizes_and_the_old_content_stays()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("text", new string('o', 15_000)));
        string[] before = [.. browser.Jar.Values.Order()];

        SessionTooLargeException error = app.AssertFailed<SessionTooLargeException>(
            await app.DoAsync(browser, session => session.Set("text", new string('n', 16_384))));
        Assert.Equal(16_384, error.Limit);
        Assert.InRange(error.Size, 16_385, 16_500);
        Assert.Contains("16384", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{error.Size}", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, browser.Jar.Values.Order());
        Assert.Equal(new string('o', 15_000), await app.GetAsync(browser, "text"));
    }

    /// <summary>A limit beyond what comes back from a browser would lose the session that was just said to be saved.</summary>
    [Fact]
    public async Task D21_a_limit_that_no_browser_could_carry_is_refused()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        foreach (int limit in (int[])[16_385, 1024 * 1024])
        {
            ArgumentException error = app.AssertFailed<ArgumentException>(await app.SendAsync(browser, (_, sessions) =>
            {
                sessions.Forge(options => options.MaxPayloadBytes = limit);
                return Task.CompletedTask;
            }));
            Assert.Contains(nameof(FuelSessionsOptions.MaxPayloadBytes), error.Message, StringComparison.Ordinal);
            app.AssertFailed<ArgumentException>(await app.DoAsync(browser, session => session.SetConfig("MaxPayloadBytes", limit)));
        }

        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    /// <summary>Everything at its largest at once still comes back.</summary>
    [Fact]
    public async Task D21_the_largest_session_there_can_be()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        string principal = new('\u20AC', 256);
        await app.DoneAsync(browser, session => session.AttachPrincipal(principal).SetFlash("message", new string('f', 1000)));
        SessionTooLargeException error = app.AssertFailed<SessionTooLargeException>(
            await app.DoAsync(browser, session =>
            {
                session.KeepFlash();
                session.Set("text", new string('x', 20_000));
            }));
        int fits = 20_000 - (int)(error.Size - error.Limit);

        TestResponse response = await app.DoneAsync(browser, session =>
        {
            session.KeepFlash();
            session.Set("text", new string('x', fits)).Rotate();
        });
        Assert.All(response.SetCookies, cookie => Assert.InRange(cookie.Length, 1, LargestCookie));
        await app.DoneAsync(browser, session =>
        {
            Assert.Equal(principal, session.Principal);
            Assert.Equal(fits, session.Get<string>("text")!.Length);
            Assert.Equal(1000, session.GetFlash<string>("message")!.Length);
        });
    }

    [Fact]
    public async Task D21_a_destroyed_session_leaves_no_part_in_the_browser()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("text", new string('x', 16_000)));
        Assert.InRange(browser.Jar.Count, 5, 8);
        await app.DoneAsync(browser, session => session.Destroy());
        Assert.Empty(browser.Jar);
    }

    /// <summary>A browser may forget one of them: that session is lost, but no request fails, and the next session is whole.</summary>
    [Fact]
    public async Task D21_with_one_of_several_cookies_missing()
    {
        SessionApp app = await StartAsync("cookie");
        foreach (string missing in (string[])["cid", "cidC1", "cidC3"])
        {
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("text", new string('x', 12_000)));
            Assert.True(browser.Jar.TryRemove(missing, out _));
            Assert.Null(await app.GetAsync(browser, "text"));
            await app.DoneAsync(browser, session => session.Set("text", new string('y', 7000)));
            Assert.Equal(new string('y', 7000), await app.GetAsync(browser, "text"));
        }
    }
}
