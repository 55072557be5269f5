using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>What an id that is old, wrong or somebody else's does to a good session.</summary>
public sealed class IdTests(PostgresServer postgres) : StoreTests(postgres)
{
    private static readonly TimeSpan RotationDue = TimeSpan.FromMinutes(6);

    [Theory, OnServerStores]
    public async Task D05_the_session_of_a_client_that_missed_a_rotation(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string first = browser.Jar[app.Store.CookieName];

        // The answer that carries the new id is lost, again and again; each comes long after the grace of the one before.
        string? offered = null;
        for (int lost = 0; lost < 5; lost++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(30));
            TestResponse response = await app.DoneAsync(browser, session => session.Increment("visits"), deliver: false);
            string? cookie = response.Cookie(app.Store.CookieName);
            Assert.NotNull(cookie);
            Assert.Equal(first, browser.Jar[app.Store.CookieName]);
            offered = cookie;
        }

        Assert.NotEqual(first, offered);
        TestResponse arrived = await app.DoneAsync(browser, session => Assert.Equal("Ada", session.Get<string>("user")));
        Assert.NotNull(arrived.Cookie(app.Store.CookieName));
        Assert.Equal(5, await app.AskAsync(browser, session => session.Get<int>("visits")));
        Assert.Empty(app.Events);
    }

    [Theory, OnServerStores]
    public async Task D05_the_session_of_a_client_one_rotation_behind(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        TestBrowser behind = app.CopyOf(browser);
        await app.DoneAsync(browser, session => session.Rotate());
        string current = browser.Jar[app.Store.CookieName];
        await app.DoneAsync(browser, session => session.Set("confirmed", "x"));

        // On its way while the new id was seen: the same session, and the new id.
        app.Clock.Advance(TimeSpan.FromSeconds(59));
        TestResponse late = await app.DoneAsync(behind, session =>
        {
            Assert.Equal("Ada", session.Get<string>("user"));
            session.Set("late", "x");
        });
        Assert.Equal(current, late.Cookie(app.Store.CookieName));
        Assert.Equal("x", await app.GetAsync(browser, "late"));
        Assert.Empty(app.Events);
    }

    [Theory, OnServerStores]
    public async Task D05_the_session_of_a_client_two_rotations_behind_and_its_good_cookie(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        TestBrowser behind = app.CopyOf(browser);
        for (int rotation = 0; rotation < 2; rotation++)
        {
            await app.DoneAsync(browser, session => session.Rotate());
            await app.DoneAsync(browser, session => session.Set("confirmed", rotation));
        }

        string current = browser.Jar[app.Store.CookieName];
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        TestResponse late = await app.DoneAsync(behind, session =>
        {
            Assert.True(session.IsDetached);
            Assert.False(session.Has("user"));
            session.Set("user", "Eve");
        });

        // Nothing in the answer can replace what the browser holds.
        Assert.Empty(late.SetCookies);
        Assert.Equal([SessionEventKind.Detached, SessionEventKind.DetachedChangesDropped], app.Events.Select(e => e.Kind));
        browser.Deliver(late);
        Assert.Equal(current, browser.Jar[app.Store.CookieName]);
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));

        // Much later it is no race any more, by no node's clock: a visitor like any other, and the owner does not notice.
        app.Clock.Advance(TimeSpan.FromSeconds(121));
        TestResponse stranger = await app.DoneAsync(behind, session => session.Set("user", "Eve"));
        Assert.NotNull(stranger.Cookie(app.Store.CookieName));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        Assert.Equal("Eve", await app.GetAsync(behind, "user"));
        Assert.NotEqual(await app.KeyAsync(browser), await app.KeyAsync(behind));
    }

    [Theory, OnServerStores]
    public async Task D05_a_retired_id_ends_the_session_only_if_the_app_says_so(string store)
    {
        foreach (StaleIdAction action in Enum.GetValues<StaleIdAction>())
        {
            SessionApp app = await StartAsync(store, options => options.OnStaleId = action);
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            TestBrowser behind = app.CopyOf(browser);
            await app.DoneAsync(browser, session => session.Rotate());
            await app.DoneAsync(browser, session => session.Set("confirmed", "x"));
            app.Clock.Advance(TimeSpan.FromSeconds(61));
            await app.DoneAsync(behind, session => Assert.True(session.IsDetached));
            Assert.Equal(SessionEventKind.Detached, Assert.Single(app.Events).Kind);
            app.Told.Clear();
            app.Clock.Advance(TimeSpan.FromSeconds(120));

            TestResponse stale = await app.DoneAsync(behind, session => Assert.False(session.Has("user")));
            Assert.Empty(stale.SetCookies);
            Assert.Equal(SessionEventKind.StaleId, Assert.Single(app.Events).Kind);
            Assert.Equal(action == StaleIdAction.Ignore ? "Ada" : null, await app.GetAsync(browser, "user"));
        }
    }

    /// <summary>The cookie driver's older cookies hold what they held.</summary>
    [Fact]
    public async Task D05_the_session_of_a_cookie_driver_client_two_rotations_behind()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        TestBrowser behind = app.CopyOf(browser);
        for (int rotation = 0; rotation < 2; rotation++)
        {
            app.Clock.Advance(RotationDue);
            Assert.NotNull((await app.DoneAsync(browser, session => session.Set("visit", rotation))).Cookie("cid"));
        }

        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("Ada", await app.GetAsync(behind, "user"));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    [Theory, OnEveryStore]
    public async Task D06_the_session_by_a_cookie_with_an_id_that_was_never_stored(string store)
    {
        foreach (bool encrypted in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => options.EncryptCookie = encrypted);
            TestBrowser browser = app.NewBrowser();
            string planted = NeverStored(app, encrypted);
            browser.Jar[app.Store.CookieName] = planted;

            // Looking changes nothing, the cookie included.
            TestResponse looked = await app.DoneAsync(browser, session => Assert.Equal(SessionState.New, session.State));
            Assert.Empty(looked.SetCookies);

            TestResponse saved = await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            Assert.NotNull(saved.Cookie(app.Store.CookieName));
            Assert.NotEqual(planted, saved.Cookie(app.Store.CookieName));
            Assert.Equal("Ada", await app.GetAsync(browser, "user"));

            // Whoever planted it gets nothing for it.
            TestBrowser planter = app.NewBrowser();
            planter.Jar[app.Store.CookieName] = planted;
            Assert.False(await app.AskAsync(planter, session => session.Has("user")));
            Assert.NotEqual(await app.KeyAsync(browser), await app.KeyAsync(planter));
        }
    }

    [Theory, OnEveryStore]
    public async Task D08_the_owners_session_by_one_request_with_another_user_agent(string store)
    {
        SessionApp app = await StartAsync(store, options => options.OnStaleId = StaleIdAction.Destroy);
        TestBrowser owner = app.NewBrowser("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        SessionKey key = await app.KeyAsync(owner);
        TestBrowser other = app.CopyOf(owner, "curl/8.0");

        await app.DoneAsync(other, session =>
        {
            Assert.Equal(SessionState.New, session.State);
            Assert.False(session.Has("user"));
            session.Set("user", "Eve");
        });
        await app.DoneAsync(other, session => session.Destroy());

        Assert.Contains(app.Events, e => e.Kind == SessionEventKind.ClientMismatch);
        Assert.Equal("Ada", await app.GetAsync(owner, "user"));
        Assert.Equal(key, await app.KeyAsync(owner));

        // The owner's browser was updated: still the owner.
        TestBrowser updated = app.CopyOf(owner, "Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0.2");
        Assert.Equal("Ada", await app.GetAsync(updated, "user"));
    }

    [Theory, OnEveryStore]
    public async Task D08_the_owners_session_by_one_request_from_another_address(string store)
    {
        SessionApp app = await StartAsync(
            store,
            options => options.MatchIp = true,
            before: Addresses.Believe);
        TestBrowser owner = app.NewBrowser();
        await app.DoneFromAsync(owner, "203.0.113.7", session => session.Set("user", "Ada"));
        SessionKey key = default;
        await app.DoneFromAsync(owner, "203.0.113.7", session => key = session.Transaction.Key);

        TestBrowser other = app.CopyOf(owner);
        await app.DoneFromAsync(other, "198.51.100.9", session =>
        {
            Assert.False(session.Has("user"));
            session.Set("user", "Eve");
        });

        Assert.Equal(SessionEventKind.ClientMismatch, Assert.Single(app.Events).Kind);
        await app.DoneFromAsync(owner, "203.0.113.7", session =>
        {
            Assert.Equal("Ada", session.Get<string>("user"));
            Assert.Equal(key, session.Transaction.Key);
        });
    }

    [Theory, OnEveryStore]
    public async Task D24_the_good_session_by_a_form_field_with_an_id_that_finds_nothing(string store)
    {
        SessionApp app = await StartAsync(store, options => options.PostFieldName = "sid");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string good = browser.Jar[app.Store.CookieName];

        TestResponse posted = app.AssertOk(await app.SendAsync(
            browser,
            async (_, sessions) => (await sessions.ForgeAsync()).Set("user", "Eve"),
            content: new FormUrlEncodedContent([new("sid", app.Store.IsServerSide ? NeverStored(app, encrypted: true) : await ForeignAsync())])));

        // The id came in a form, so no cookie answers it.
        Assert.Empty(posted.SetCookies);
        Assert.Equal(good, browser.Jar[app.Store.CookieName]);
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));

        // One that is no id at all does not even hide the cookie.
        app.AssertOk(await app.SendAsync(
            browser,
            async (_, sessions) => Assert.Equal("Ada", (await sessions.ForgeAsync()).Get<string>("user")),
            content: new FormUrlEncodedContent([new("sid", "garbage")])));

        async Task<string> ForeignAsync()
        {
            TestBrowser other = app.NewBrowser();
            await app.DoneAsync(other, session => session.Set("user", "Bob"));
            return other.Jar[app.Store.CookieName];
        }
    }

    // Well-formed, and accepted as this app's own; but no record was ever stored under it.
    private static string NeverStored(SessionApp app, bool encrypted)
    {
        var id = new SessionId(SessionKey.Create(), SessionSecret.Create());
        return encrypted ? app.Services.GetRequiredService<SessionServices>().HomeOf(app.Store.Driver).Protector.ProtectId(id, app.Store.CookieName).ToString() : id.Encode();
    }
}
