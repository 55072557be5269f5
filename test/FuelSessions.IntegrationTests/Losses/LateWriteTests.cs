using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>Logging out is final, whatever was still under way.</summary>
public sealed class LateWriteTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task D07_a_destroyed_session_comes_back_with_a_late_write(string store)
    {
        foreach (Late late in Enum.GetValues<Late>())
        {
            SessionApp app = await StartAsync(store);
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            SessionKey key = await app.KeyAsync(browser);
            TestBrowser copy = app.CopyOf(browser);

            Gate gate = new();
            Task<TestResponse> slow = app.DoAsync(
                browser,
                async session =>
                {
                    Assert.Equal("Ada", session.Get<string>("user"));
                    await gate.PassAsync();
                    Act(session, late);
                },
                deliver: false);
            await gate.ReachedAsync();
            TestResponse loggedOut = await app.DoneAsync(browser, session => session.Destroy());
            Assert.Empty(browser.Jar);
            Assert.Equal("", loggedOut.Cookie(app.Store.CookieName));
            if (late is Late.Touch or Late.AutomaticRotation)
            {
                app.Clock.Advance(TimeSpan.FromMinutes(6));
            }

            gate.Open();
            TestResponse end = app.AssertOk(await slow);

            app.AssertNoCookie(end);
            Assert.Equal(SessionEventKind.Gone, Assert.Single(app.Events).Kind);
            Assert.Null(await app.Probe.Inner.ReadAsync(key, default));
            Assert.False(await app.AskAsync(copy, session => session.Has("user")));
            Assert.NotEqual(key, await app.KeyAsync(copy));
        }
    }

    [Theory, OnServerStores]
    public async Task D07_an_explicit_save_of_a_destroyed_session_says_so(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));

        Gate gate = new();
        Task<TestResponse> slow = app.DoAsync(browser, async session =>
        {
            session.Set("late", "x");
            await gate.PassAsync();
            await session.SaveAsync();
        });
        await gate.ReachedAsync();
        await app.DoneAsync(browser, session => session.Destroy(), deliver: false);
        gate.Open();
        app.AssertFailed<SessionGoneException>(await slow);
        Assert.False(await app.AskAsync(browser, session => session.Has("late") || session.Has("user")));
    }

    /// <summary>Between two nodes the write meets an empty place in the store itself.</summary>
    [Theory, OnServerStores]
    public async Task D07_a_session_destroyed_by_another_node_comes_back_with_a_late_write(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp first = await StartAsync(store);
        SessionApp second = await StartAsync(store, clock: first.Clock);
        TestBrowser browser = first.NewBrowser();
        await first.DoneAsync(browser, session => session.Set("user", "Ada"));
        SessionKey key = await first.KeyAsync(browser);

        Gate gate = new();
        first.Probe.Before = (call, _) => call == StoreCall.Write ? gate.PassAsync() : Task.CompletedTask;
        Task<TestResponse> slow = first.DoAsync(browser, session => session.Set("late", "x"), deliver: false);
        await gate.ReachedAsync();
        first.Probe.Heal();
        await second.DoneAsync(second.CopyOf(browser), session => session.Destroy());
        gate.Open();

        first.AssertNoCookie(first.AssertOk(await slow));
        Assert.Null(await second.Probe.Inner.ReadAsync(key, default));
        Assert.False(await first.AskAsync(browser, session => session.Has("late") || session.Has("user")));
    }

    private static void Act(Session session, Late late)
    {
        switch (late)
        {
            case Late.Set:
                session.Set("late", "x");
                break;
            case Late.Flash:
                session.SetFlash("late", "x");
                break;
            case Late.Rotation:
                session.Rotate();
                break;
            case Late.RevokingRotation:
                session.Rotate(revokePrevious: true);
                break;
        }
    }

    private enum Late
    {
        Set,
        Flash,
        Rotation,
        RevokingRotation,
        AutomaticRotation,
        Touch,
    }
}
