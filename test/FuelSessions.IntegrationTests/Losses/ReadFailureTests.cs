using FuelSessions.IntegrationTests.Support;
using FuelSessions.IntegrationTests.Support.Stores;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>The store can't be read for a moment: whatever the answer is, it does not replace the client's good cookie.</summary>
public sealed class ReadFailureTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task D15_the_session_by_a_store_that_was_unreachable_for_a_moment(string store)
    {
        // With prefetching, and read where it is used.
        foreach (bool ahead in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => options.AutoInitialize = ahead);
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            string cookie = browser.Jar[app.Store.CookieName];
            app.Clock.Advance(TimeSpan.FromMinutes(6));

            app.Probe.Fail(StoreCall.Read, StoreCall.ReadAsync);
            app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Get<string>("user")));
            app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Set("user", "Eve")));
            app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Create().Set("user", "Eve")));
            app.AssertFailed<SessionStoreException>(await app.SendAsync(browser, (_, sessions) =>
            {
                sessions.Current.Set("user", "Eve");
                return Task.CompletedTask;
            }));

            // Who does not need the session does not notice.
            app.AssertNoCookie(app.AssertOk(await app.SendAsync(browser, (_, _) => Task.CompletedTask)));

            app.Probe.Heal();
            Assert.Equal(cookie, browser.Jar[app.Store.CookieName]);
            Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        }
    }

    [Theory, OnServerStores]
    public async Task D15_with_detached_sessions_during_the_outage(string store)
    {
        SessionApp app = await StartAsync(store, options => options.OnStoreFailure = StoreFailureAction.Detach);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        SessionKey key = await app.KeyAsync(browser);
        app.Clock.Advance(TimeSpan.FromMinutes(6));

        app.Probe.Fail(StoreCall.Read, StoreCall.ReadAsync);
        TestResponse response = await app.DoneAsync(browser, session =>
        {
            Assert.True(session.IsDetached);
            Assert.Equal(SessionState.Detached, session.State);
            Assert.Empty(session.All());
            session.Set("user", "Eve").SetFlash("message", "x").Rotate();
        });
        Assert.Empty(response.SetCookies);
        Assert.Equal([SessionEventKind.StoreFailure, SessionEventKind.DetachedChangesDropped], app.Events.Select(e => e.Kind));

        // Who insists is told.
        TestResponse insisting = await app.DoAsync(browser, session => session.Set("user", "Eve").SaveAsync());
        app.AssertFailed<InvalidOperationException>(insisting);

        // And so is logging out, which can't be promised.
        Assert.Empty((await app.DoneAsync(browser, session => session.Destroy())).SetCookies);

        app.Probe.Heal();
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        Assert.Equal(key, await app.KeyAsync(browser));
    }

    /// <summary>The answer to the very first request must not decide about all that come after it.</summary>
    [Fact]
    public async Task D15_everything_until_a_restart_by_a_store_that_was_unreachable_at_the_first_request()
    {
        var store = Own(new FileStore());
        await File.WriteAllTextAsync(store.Folder, "in the way");

        // Where it is the app's own, it would not start.
        SessionApp app = await StartAsync(store, options => options.Driver = "memory");
        TestBrowser browser = app.NewBrowser();
        app.AssertFailed<IOException>(await SetAsync("Ada"));

        File.Delete(store.Folder);
        app.AssertOk(await SetAsync("Ada"));
        Assert.Equal([store.CookieName], browser.Jar.Keys);
        app.AssertOk(await app.SendAsync(browser, async (_, sessions) => Assert.Equal("Ada", (await sessions.ForgeAsync(store.Driver)).Get<string>("user"))));

        Task<TestResponse> SetAsync(string user) =>
            app.SendAsync(browser, async (_, sessions) => (await sessions.ForgeAsync(store.Driver)).Set("user", user));
    }

    /// <summary>A link that leads to itself: like missing rights it says nothing of what is behind it, and it stops root too.</summary>
    [Fact]
    public async Task D15_the_session_by_a_folder_that_can_not_be_looked_into()
    {
        var store = Own(new FileStore());
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string shelf = Path.GetDirectoryName(store.FileOf(await app.KeyAsync(browser)))!;

        Directory.Move(shelf, shelf + "-aside");
        Directory.CreateSymbolicLink(shelf, shelf);
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Set("user", "Eve")));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Destroy()));

        File.Delete(shelf);
        Directory.Move(shelf + "-aside", shelf);
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    public Task D13_D15_with_a_store_that_is_really_gone(string store) => ReallyGoneAsync(() => NewStoreAsync(store));

    [Fact]
    public async Task D13_D15_with_a_PostgreSQL_that_is_stopped_and_started_again()
    {
        // Not the server that the other tests share.
        var server = new PostgresServer();
        try
        {
            await server.InitializeAsync();
            await ReallyGoneAsync(async () => new PostgresStore(server, await server.CreateDatabaseAsync()));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private async Task ReallyGoneAsync(Func<Task<Store>> make)
    {
        Store store = await make();
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string cookie = browser.Jar[store.CookieName];

        Gate gate = new();
        Task<TestResponse> underWay = app.DoAsync(browser, async session =>
        {
            session.Set("user", "Eve");
            await gate.PassAsync();
        });
        await gate.ReachedAsync();
        await store.BreakAsync();
        gate.Open();
        app.AssertFailed<SessionStoreException>(await underWay);

        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Get<string>("user")));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Set("user", "Eve")));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Destroy()));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(app.NewBrowser(), session => session.Set("user", "Eve")));

        await store.RepairAsync();
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        Assert.Equal(cookie, browser.Jar[store.CookieName]);
        await app.DoneAsync(browser, session => session.Set("user", "Ada again"));
        Assert.Equal("Ada again", await app.GetAsync(browser, "user"));
    }
}
