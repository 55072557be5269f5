using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>
/// An answer is held up on its way, and arrives when its browser has learned a newer id, and shown it: that id must not be replaced by the
/// one before, which is stale soon [R5].
/// </summary>
public sealed class LateAnswerTests(PostgresServer postgres) : StoreTests(postgres)
{
    private static readonly Dictionary<string, Func<Session, Task>> Uses = new()
    {
        ["reads"] = session => Task.FromResult(session.Get<string>("user")),
        ["writes"] = session => Task.FromResult(session.Set("x", 1)),
        ["writes flash"] = session => Task.FromResult(session.SetFlash("x", 1)),
        ["saves at once"] = session => session.Set("x", 1).SaveAsync(),
        ["saves twice"] = async session =>
        {
            await session.Set("x", 1).SaveAsync();
            session.Set("x", 2);
        },
        ["asks for what it has"] = session => Task.FromResult(session.SetConfig("expiration_time", 7200)),
        ["lives longer"] = session => Task.FromResult(session.SetConfig("expiration_time", 86_400)),
    };

    [Theory, OnServerStores]
    public async Task R5_a_late_answer_brings_no_old_id_back(string store)
    {
        SessionApp app = await StartAsync(store, options => options.OnStaleId = StaleIdAction.Destroy);
        foreach ((string name, Func<Session, Task> use) in Uses)
        {
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));

            // The session's end is to be moved.
            app.Clock.Advance(TimeSpan.FromMinutes(2));
            TestResponse late = app.AssertOk(await app.DoAsync(browser, use, deliver: false));
            await app.DoneAsync(browser, session => session.Rotate());
            await app.DoneAsync(browser, session => session.Get<string>("user"));
            browser.Deliver(late);
            app.Clock.Advance(TimeSpan.FromMinutes(4));

            Assert.Equal($"{name}: Ada", $"{name}: {await app.GetAsync(browser, "user")}");
            Assert.Empty(app.Events);
        }
    }

    /// <summary>Its changes are stored, and its answer begins only after others have rotated the session and shown the new id.</summary>
    [Theory, OnServerStores]
    public async Task R5_an_answer_that_begins_late_brings_no_old_id_back(string store)
    {
        SessionApp app = await StartAsync(store, options => options.OnStaleId = StaleIdAction.Destroy);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Gate gate = new();
        Task<TestResponse> late = app.DoAsync(browser, async session =>
        {
            await session.Set("x", 1).SaveAsync();
            await gate.PassAsync();
        });
        await gate.ReachedAsync();
        await app.DoneAsync(browser, session => session.Rotate());
        await app.DoneAsync(browser, session => session.Get<string>("user"));
        gate.Open();
        app.AssertOk(await late);
        app.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        Assert.Empty(app.Events);
    }

    /// <summary>A cookie that is to live longer goes out with a new id; while others are waited for, with the next one.</summary>
    [Theory, OnServerStores]
    public async Task W7_a_longer_lifetime_is_sent_with_a_new_id(string store)
    {
        SessionApp app = await StartAsync(store, options => options.ExpireOnClose = false);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string first = browser.Jar[app.Store.CookieName];
        TestResponse longer = await app.DoneAsync(browser, session => session.SetConfig("expiration_time", 86_400));
        Assert.NotEqual(first, longer.Cookie(app.Store.CookieName));
        Assert.Contains($"max-age={86_400 + 60 + 300}", Assert.Single(longer.SetCookies), StringComparison.OrdinalIgnoreCase);

        // Shown for the first time, while requests with the first id may still come: nothing is sent before they have.
        Assert.Empty((await app.DoneAsync(browser, session => session.SetConfig("expiration_time", 172_800))).SetCookies);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        TestResponse longest = await app.DoneAsync(browser, session => session.Get<string>("user"));
        Assert.Contains($"max-age={172_800 + 60 + 300}", Assert.Single(longest.SetCookies), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }
}
