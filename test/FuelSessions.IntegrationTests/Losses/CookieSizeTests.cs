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
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
        TestBrowser browser = app.NewBrowser();

        // Up and down, through one cookie and several: what a browser holds must always be the whole session.
        foreach (int size in (int[])[10, 2000, 2500, 2700, 2800, 3000, 6000, 9000, 16_000, 16_300, 5000, 100, 16_300, 10])
        {
            string text = Noise.Of(size);
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
            LargeCookies.Allow(options);
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
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
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
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
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
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("text", new string('x', 16_000)));
        Assert.InRange(browser.Jar.Count, 5, 8);
        await app.DoneAsync(browser, session => session.Destroy());
        Assert.Empty(browser.Jar);
    }

    /// <summary>Parallel answers, of which the small one comes last, leave chunks that no count speaks of.</summary>
    [Theory]
    [InlineData("small")]
    [InlineData("larger")]
    [InlineData("destroyed")]
    [InlineData("begun anew")]
    public async Task D21_chunks_of_an_answer_that_was_overtaken_do_not_stay(string next)
    {
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        TestResponse large = await app.DoneAsync(browser, session => session.Set("text", Noise.Of(9000)), deliver: false);
        TestResponse small = await app.DoneAsync(browser, session => session.Set("small", 1), deliver: false);
        browser.Deliver(large);
        browser.Deliver(small);
        Assert.NotEqual(["cid"], browser.Jar.Keys);
        Assert.Equal("ada", await app.GetAsync(browser, "user"));

        string text = next == "larger" ? Noise.Of(5000) : "x";
        await app.DoneAsync(browser, session => _ = next switch
        {
            "destroyed" => session.Destroy(),
            "begun anew" => session.Create().Set("text", text),
            _ => session.Set("text", text),
        });
        Assert.Equal(next switch { "destroyed" => 0, "larger" => 3, _ => 1 }, browser.Jar.Count);
        Assert.Equal(next == "destroyed" ? null : text, await app.GetAsync(browser, "text"));
    }

    /// <summary>The first cookie went, by another app's hand or the browser's: the rest must not stay for good.</summary>
    [Fact]
    public async Task D21_chunks_without_the_first_cookie_go_with_the_next_answer()
    {
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("text", Noise.Of(9000)));
        Assert.True(browser.Jar.TryRemove("cid", out _));
        TestBrowser leaving = app.CopyOf(browser);
        await app.DoneAsync(browser, session => session.Set("text", "x"));
        Assert.Equal(["cid"], browser.Jar.Keys);
        await app.DoneAsync(leaving, session => session.Destroy());
        Assert.Empty(leaving.Jar);
    }

    /// <summary>A browser may forget one of them: that session is lost, but no request fails, and the next session is whole.</summary>
    [Fact]
    public async Task D21_with_one_of_several_cookies_missing()
    {
        SessionApp app = await StartAsync("cookie", LargeCookies.Allow);
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

    /// <summary>Compression makes ten cookies of text one.</summary>
    [Fact]
    public async Task D21_what_compression_makes_small_needs_one_cookie()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => $"{{\"sku\":\"AB-{i}\",\"count\":1}},"));
        Assert.InRange(text.Length, 9000, 16_000);
        await app.DoneAsync(browser, session => session.Set("text", text).AttachPrincipal("ada"));
        Assert.Equal(["cid"], browser.Jar.Keys);
        Assert.Equal((text, "ada"), await app.AskAsync(browser, session => (session.Get<string>("text"), session.Principal)));
    }

    [Fact]
    public async Task D21_compression_can_be_switched_on_and_off_for_sessions_that_are_there()
    {
        Store store = await NewStoreAsync("cookie");
        TestBrowser? browser = null;
        foreach (bool compresses in (bool[])[false, true, false])
        {
            SessionApp app = await StartAsync(store, options =>
            {
                LargeCookies.Allow(options);
                options.CompressCookie = compresses;
            });
            TestBrowser next = app.NewBrowser();
            foreach ((string name, string value) in browser?.Jar ?? [])
            {
                next.Jar[name] = value;
            }

            await app.DoneAsync(next, session =>
            {
                Assert.Equal(browser is not null, session.Has("text"));
                session.Set("text", new string('x', 10_000));
            });
            Assert.Equal(compresses, next.Jar.Count == 1);
            browser = next;
        }
    }

    /// <summary>What servers in between take by default: whatever is more is refused before it goes out.</summary>
    [Fact]
    public async Task D21_by_default_the_header_fits_into_what_proxies_take()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        int most = 0;
        for (int size = 1000; ; size += 50)
        {
            TestResponse response = await app.DoAsync(browser, session => session.Set("text", Noise.Of(size)));
            if (response.Status != System.Net.HttpStatusCode.OK)
            {
                SessionTooLargeException error = app.AssertFailed<SessionTooLargeException>(response);
                Assert.Equal(3584, error.Limit);
                Assert.InRange(error.Size, 3585, 3800);
                foreach (string part in (string[])["MaxCookieBytes", $"{error.Size}", "3584", "nginx"])
                {
                    Assert.Contains(part, error.Message, StringComparison.Ordinal);
                }

                break;
            }

            most = string.Join("; ", browser.Jar.Select(cookie => $"{cookie.Key}={cookie.Value}")).Length;
            Assert.InRange(most, 1, 3584);
        }

        // Neither much less than what was said, nor was anything lost by the refusal.
        Assert.InRange(most, 3400, 3584);
        Assert.NotNull(await app.GetAsync(browser, "text"));
    }

    /// <summary>An explicit save tells it where it happens.</summary>
    [Fact]
    public async Task D21_an_explicit_save_tells_too()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, async (_, sessions) =>
        {
            Session session = (await sessions.ForgeAsync()).Set("text", Noise.Of(12_000));
            await Assert.ThrowsAsync<SessionTooLargeException>(() => session.SaveAsync());
            session.Set("text", "x");
        }));
        Assert.Equal("x", await app.GetAsync(browser, "text"));
    }
}
