using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>
/// The cookie driver has no server side: what is documented about that, and no more, is so. The record is in the cookie, and
/// the cookie that came last counts.
/// </summary>
public sealed class CookieNatureTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Fact]
    public async Task D01_of_parallel_responses_the_last_one_wins()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("start", "x"));
        (TestResponse slow, TestResponse fast) = await InParallelAsync(app, browser, _ => { });

        browser.Deliver(fast);
        browser.Deliver(slow);
        Assert.Equal(["slow", "start"], await NamesAsync(app, browser));
    }

    [Fact]
    public async Task D03_a_rotation_in_parallel_makes_two_copies_that_both_live()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("start", "x"));
        (TestResponse slow, TestResponse fast) = await InParallelAsync(app, browser, session => session.Rotate());

        TestBrowser other = app.CopyOf(browser);
        browser.Deliver(slow);
        other.Deliver(fast);
        Assert.Equal(["slow", "start"], await NamesAsync(app, browser));
        Assert.Equal(["fast", "start"], await NamesAsync(app, other));
        Assert.Equal(await app.KeyAsync(browser), await app.KeyAsync(other));
    }

    [Fact]
    public async Task D04_the_rotating_request_wins_only_if_its_response_comes_last()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("start", "x"));
        Gate gate = new();
        Task<TestResponse> rotating = app.DoAsync(
            browser,
            async session =>
            {
                session.Set("rotated", "x").Rotate();
                await gate.PassAsync();
            },
            deliver: false);
        await gate.ReachedAsync();
        TestResponse plain = await app.DoneAsync(browser, session => session.Set("plain", "x"), deliver: false);
        gate.Open();
        TestResponse rotated = app.AssertOk(await rotating);

        browser.Deliver(rotated);
        Assert.Equal(["rotated", "start"], await NamesAsync(app, browser));
        browser.Deliver(plain);
        Assert.Equal(["plain", "start"], await NamesAsync(app, browser));
    }

    [Fact]
    public async Task D07_a_copied_cookie_lives_until_it_expires()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        TestBrowser copy = app.CopyOf(browser);

        TestResponse loggedOut = await app.DoneAsync(browser, session => session.Destroy());
        Assert.Equal("", loggedOut.Cookie("cid"));
        Assert.Empty(browser.Jar);
        Assert.False(await app.AskAsync(browser, session => session.Has("user")));

        Assert.Equal("Ada", await app.GetAsync(app.CopyOf(copy), "user"));
        app.Clock.Advance(TimeSpan.FromMinutes(121));
        Assert.False(await app.AskAsync(copy, session => session.Has("user")));
    }

    [Fact]
    public async Task A_token_is_refused_aloud_because_nothing_is_kept_that_it_could_stand_for()
    {
        SessionApp app = await StartAsync("cookie");
        app.AssertFailed<InvalidOperationException>(await app.DoAsync(app.NewBrowser(), session => _ = session.Token));
    }

    private static Task<IEnumerable<string>> NamesAsync(SessionApp app, TestBrowser browser) =>
        app.AskAsync<IEnumerable<string>>(browser, session => [.. session.All().Keys.Order()]);

    private static async Task<(TestResponse Slow, TestResponse Fast)> InParallelAsync(SessionApp app, TestBrowser browser, Action<Session> also)
    {
        Gate gate = new();
        Task<TestResponse> slow = app.DoAsync(
            browser,
            async session =>
            {
                also(session.Set("slow", "x"));
                await gate.PassAsync();
            },
            deliver: false);
        await gate.ReachedAsync();
        TestResponse fast = await app.DoneAsync(browser, session => also(session.Set("fast", "x")), deliver: false);
        gate.Open();
        return (app.AssertOk(await slow), fast);
    }
}
