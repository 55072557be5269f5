using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>What requests of one browser do to each other's changes when they run at the same time.</summary>
public sealed class ConcurrentRequestTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task D01_changes_of_the_request_that_finishes_first(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("both", "start").Set("cart.1", "pen").Set("count", 1));

        Gate gate = new();
        Task<TestResponse> slow = app.DoAsync(browser, async session =>
        {
            session.Set("slow", "s").Set("both", "slow").Set("cart.2", "ink");
            session.Increment("count");
            await gate.PassAsync();
        });
        await gate.ReachedAsync();
        await app.DoneAsync(browser, session =>
        {
            session.Set("fast", "f").Set("both", "fast").Set("cart.3", "pad").Delete("cart.1");
            session.Increment("count");
        });
        gate.Open();
        app.AssertOk(await slow);

        Assert.Equal("f", await app.GetAsync(browser, "fast"));
        Assert.Equal("s", await app.GetAsync(browser, "slow"));
        Assert.Equal("slow", await app.GetAsync(browser, "both"));
        Assert.Equal("ink", await app.GetAsync(browser, "cart.2"));
        Assert.Equal("pad", await app.GetAsync(browser, "cart.3"));
        Assert.False(await app.AskAsync(browser, session => session.Has("cart.1")));
        Assert.Equal(3, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    /// <summary>The same between two nodes: there is no queue in common, only the store.</summary>
    [Theory, OnServerStores]
    public async Task D01_changes_of_the_node_that_finishes_first(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp first = await StartAsync(store);
        SessionApp second = await StartAsync(store, clock: first.Clock);
        TestBrowser browser = first.NewBrowser();
        await first.DoneAsync(browser, session => session.Set("count", 1));
        TestBrowser elsewhere = second.CopyOf(browser);

        Gate gate = new();
        first.Probe.Before = (call, _) => call == StoreCall.Write ? gate.PassAsync() : Task.CompletedTask;
        Task<TestResponse> slow = first.DoAsync(browser, session => session.Set("slow", "s").Increment("count"));
        await gate.ReachedAsync();
        first.Probe.Heal();
        await second.DoneAsync(elsewhere, session => session.Set("fast", "f").Increment("count"));
        gate.Open();
        first.AssertOk(await slow);

        Assert.Equal("f", await first.GetAsync(browser, "fast"));
        Assert.Equal("s", await second.GetAsync(elsewhere, "slow"));
        Assert.Equal(3, await second.AskAsync(elsewhere, session => session.Get<int>("count")));
    }

    [Theory]
    [OnEveryStore]
    public async Task D02_a_change_deletion_or_flash_message_made_while_a_request_only_read(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("changed", "old").Set("deleted", "old"));

        foreach (string endpoint in (string[])["/run", "/look"])
        {
            await app.DoneAsync(browser, session => session.Set("changed", "old").Set("deleted", "old"));
            Gate gate = new();
            Task<TestResponse> reading = app.DoAsync(
                browser,
                async session =>
                {
                    Assert.Equal("old", session.Get<string>("changed"));
                    await gate.PassAsync();
                    Assert.Equal("old", session.Get<string>("deleted"));
                },
                endpoint,
                deliver: false);
            await gate.ReachedAsync();
            await app.DoneAsync(browser, session => session.Set("changed", "new").Delete("deleted").SetFlash("message", "Saved."));
            gate.Open();
            TestResponse late = app.AssertOk(await reading);

            app.AssertNoCookie(late);
            browser.Deliver(late);
            Assert.Equal("Saved.", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
            Assert.Equal("new", await app.GetAsync(browser, "changed"));
            Assert.False(await app.AskAsync(browser, session => session.Has("deleted")));
        }
    }

    /// <summary>The reader lets an old message of the same name expire, which must not take the new one with it.</summary>
    [Theory, OnServerStores]
    public async Task D02_a_flash_message_set_while_its_predecessor_was_read(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.SetFlash("message", "first"));

        Gate gate = new();
        Task<TestResponse> reading = app.DoAsync(browser, async session =>
        {
            Assert.Equal("first", session.GetFlash<string>("message"));
            await gate.PassAsync();
        });
        await gate.ReachedAsync();
        await app.DoneAsync(browser, session => session.SetFlash("message", "second"));
        gate.Open();
        app.AssertOk(await reading);

        Assert.Equal("second", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
        Assert.Null(await app.AskAsync(browser, session => session.GetFlash<string>("message")));
    }

    [Theory, OnServerStores]
    public async Task D03_half_of_the_changes_by_a_fork_at_concurrent_rotation(string store)
    {
        foreach (bool forced in (bool[])[false, true])
        {
            SessionApp app = await StartAsync(store);
            TestBrowser browser = app.NewBrowser();
            TestResponse begun = await app.DoneAsync(browser, session => session.Set("start", "x"));
            SessionKey key = await app.KeyAsync(browser);
            app.Clock.Advance(forced ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(6));

            Gate gate = new(arrivals: 2);
            Task<TestResponse>[] both = [.. ((string[])["left", "right"]).Select(name => app.DoAsync(
                browser,
                async session =>
                {
                    session.Set(name, "changed");
                    if (forced)
                    {
                        session.Rotate();
                    }

                    await gate.PassAsync();
                },
                deliver: false))];
            await gate.ReachedAsync();
            gate.Open();
            TestResponse left = app.AssertOk(await both[0]);
            TestResponse right = app.AssertOk(await both[1]);

            string? cookie = left.Cookie(app.Store.CookieName);
            Assert.NotNull(cookie);
            Assert.NotEqual(begun.Cookie(app.Store.CookieName), cookie);
            Assert.Equal(cookie, right.Cookie(app.Store.CookieName));
            browser.Deliver(left);
            Assert.Equal("changed", await app.GetAsync(browser, "left"));
            Assert.Equal("changed", await app.GetAsync(browser, "right"));
            Assert.Equal("x", await app.GetAsync(browser, "start"));
            Assert.Equal(key, await app.KeyAsync(browser));
        }
    }

    [Theory, OnServerStores]
    public async Task D04_changes_of_the_rotating_request_or_of_one_that_ends_after_it(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("start", "x"));

        // The rotating one ends first; then it ends last.
        for (int round = 0; round < 2; round++)
        {
            bool rotatesFirst = round == 0;
            string before = browser.Jar[app.Store.CookieName];
            Gate gate = new();
            Task<TestResponse> slow = app.DoAsync(
                browser,
                async session =>
                {
                    Change(session, "slow" + round, rotates: !rotatesFirst);
                    await gate.PassAsync();
                },
                deliver: false);
            await gate.ReachedAsync();
            TestResponse fast = await app.DoneAsync(browser, session => Change(session, "fast" + round, rotates: rotatesFirst), deliver: false);
            gate.Open();
            TestResponse last = app.AssertOk(await slow);

            // Whichever answer comes last, the browser holds the new id.
            string? cookie = last.Cookie(app.Store.CookieName);
            Assert.NotNull(cookie);
            Assert.NotEqual(before, cookie);
            Assert.Equal(rotatesFirst ? cookie : null, fast.Cookie(app.Store.CookieName));
            browser.Deliver(fast);
            browser.Deliver(last);
            Assert.Equal("changed", await app.GetAsync(browser, "slow" + round));
            Assert.Equal("changed", await app.GetAsync(browser, "fast" + round));
        }

        Assert.Equal(["fast0", "fast1", "slow0", "slow1", "start"], await app.AskAsync(browser, session => session.All().Keys.Order()));

        static void Change(Session session, string name, bool rotates)
        {
            session.Set(name, "changed");
            if (rotates)
            {
                session.Rotate();
            }
        }
    }
}
