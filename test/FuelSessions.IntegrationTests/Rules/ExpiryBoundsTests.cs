using System.Globalization;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[W7] When a session ends: never earlier than its idle time after its last request, and at most a touch interval later.</summary>
public sealed class ExpiryBoundsTests(PostgresServer postgres) : StoreTests(postgres)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public static TheoryData<string, int, int?> Settings
    {
        get
        {
            TheoryData<string, int, int?> data = [];
            foreach (string store in (string[])["memory", "file", "sqlite", "postgres", "mariadb", "cookie"])
            {
                data.Add(store, 7200, null);
                data.Add(store, 300, null);
                data.Add(store, 300, 0);
                data.Add(store, 300, 300);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Settings))]
    public async Task A_session_ends_between_its_idle_time_and_one_interval_later(string store, int lifetimeSeconds, int? intervalSeconds)
    {
        TimeSpan lifetime = TimeSpan.FromSeconds(lifetimeSeconds);
        TimeSpan interval = intervalSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromSeconds(Math.Min(60, lifetimeSeconds / 10));
        SessionApp app = await StartAsync(store, options =>
        {
            options.RotationTime = null;
            options.ExpirationTime = lifetime;
            options.TouchInterval = intervalSeconds is null ? null : interval;
        });
        double[][] visits = [[], [0.5], [0.99], [1], [0.3, 0.3, 0.3], [0.6, 0.6, 0.6], [1, 0.9], [2.5, 0.1]];
        foreach (double[] pauses in visits)
        {
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            foreach (double pause in pauses)
            {
                app.Clock.Advance(interval * pause < lifetime ? interval * pause : lifetime - Tick);
                Assert.Equal("Ada", await app.GetAsync(browser, "user"));
            }

            // Two copies of what the client holds: one looks just before the end, the other just after it.
            TimeSpan late = interval + Tick;
            app.Clock.Advance(lifetime - Tick);
            Assert.True(await LivesAsync(app, browser));
            app.Clock.Advance(late);
            Assert.False(await LivesAsync(app, browser));
        }
    }

    [Theory, OnEveryStore]
    public async Task A_session_ends_absolutely_whatever_its_use(string store)
    {
        SessionApp app = await StartAsync(store, options => options.AbsoluteExpiration = TimeSpan.FromHours(3));
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        for (int minutes = 10; minutes < 180; minutes += 10)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(10));
            await app.DoneAsync(browser, session => Assert.Equal(minutes, 10 * session.Increment("visits")));
        }

        app.Clock.Advance(TimeSpan.FromMinutes(10) - Tick);
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        app.Clock.Advance(Tick);
        await app.DoneAsync(browser, session =>
        {
            Assert.False(session.Has("user"));
            Assert.True(session.WasExpired || !app.Store.IsServerSide);
        });
    }

    /// <summary>A day by default; for a session that was given a longer idle time, twelve times that; and never, where the app says so.</summary>
    [Theory, OnEveryStore]
    public async Task By_default_a_session_ends_after_a_day_whatever_its_use(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp app = await StartAsync(store, CleanUp.Daily);
        SessionApp endless = await StartAsync(
            store,
            options =>
            {
                CleanUp.Daily(options);
                options.AbsoluteExpiration = Timeout.InfiniteTimeSpan;
            },
            clock: app.Clock);
        TestBrowser browser = app.NewBrowser();
        TestBrowser staying = app.NewBrowser();
        TestBrowser kept = endless.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        await app.DoneAsync(staying, session => session.Set("user", "Grace").SetConfig("expiration_time", 30 * 86_400));
        await endless.DoneAsync(kept, session => session.Set("user", "Joan"));
        for (int request = 1; request < 16; request++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(90));
            await app.DoneAsync(browser, session => Assert.Equal(request, session.Increment("visits")));
            Assert.Equal("Joan", await endless.GetAsync(kept, "user"));
        }

        app.Clock.Advance(TimeSpan.FromMinutes(90) - Tick);
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        app.Clock.Advance(Tick);
        Assert.Null(await app.GetAsync(browser, "user"));
        Assert.Equal("Grace", await app.GetAsync(staying, "user"));
        Assert.Equal("Joan", await endless.GetAsync(kept, "user"));

        // 29 days later each time: within its idle time, until twelve times that are over.
        for (int days = 1 + 29; days < 360; days += 29)
        {
            app.Clock.Advance(TimeSpan.FromDays(29));
            await app.DoneAsync(staying, session => session.Increment("visits"));
        }

        app.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Null(await app.GetAsync(staying, "user"));
    }

    /// <summary>An app that is given an absolute end holds it against the sessions that were there before.</summary>
    [Theory, OnEveryStore]
    public async Task An_absolute_end_holds_for_older_sessions_too(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp before = await StartAsync(store);
        SessionApp after = await StartAsync(store, options => options.AbsoluteExpiration = TimeSpan.FromHours(1), clock: before.Clock);
        TestBrowser browser = before.NewBrowser();
        await before.DoneAsync(browser, session => session.Set("user", "Ada"));
        before.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("Ada", await after.GetAsync(after.CopyOf(browser), "user"));
        before.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await after.GetAsync(after.CopyOf(browser), "user"));
    }

    [Theory, OnEveryStore]
    public async Task The_browser_keeps_the_cookie_as_long_as_the_session_lives(string store)
    {
        SessionApp app = await StartAsync(store, options => (options.RotationTime, options.ExpireOnClose) = (null, false));
        TestBrowser browser = app.NewBrowser();
        TestResponse begun = await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        Assert.Equal(7260, MaxAge(begun));

        // Kept alive at the server: so must the cookie be at the client.
        app.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty((await app.DoneAsync(browser, session => session.Get<string>("user"))).SetCookies);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(7260, MaxAge(await app.DoneAsync(browser, session => session.Get<string>("user"))));

        TestResponse longer = await app.DoneAsync(browser, session => session.SetConfig("expiration_time", 86_400));
        Assert.Equal(86_460, MaxAge(longer));
    }

    /// <summary>A touch is one call and sends nothing: the cookie outlives the session by the time in which the next one is sent.</summary>
    [Theory, OnServerStores]
    public async Task With_rotation_the_cookie_is_sent_with_each_new_id_and_never_ends_first(string store)
    {
        SessionApp app = await StartAsync(store, options => options.ExpireOnClose = false);
        TestBrowser browser = app.NewBrowser();
        TestResponse begun = await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        DateTimeOffset ends = app.Clock.GetUtcNow().AddSeconds(MaxAge(begun));
        bool isToConfirm = false;
        for (int request = 0; request < 20; request++)
        {
            // A touch is due, also where ends are kept to the nearest seconds, as memcached does.
            app.Clock.Advance(TimeSpan.FromSeconds(65));
            app.Probe.Take();
            TestResponse response = await app.DoneAsync(browser, session => session.Get<string>("user"));
            if (response.SetCookies is not [])
            {
                ends = app.Clock.GetUtcNow().AddSeconds(MaxAge(response));
            }
            else
            {
                Assert.Equal([StoreCall.ReadAsync, isToConfirm ? StoreCall.Write : StoreCall.Touch], app.Probe.Take());
            }

            isToConfirm = response.SetCookies is not [];

            // A session never ends later than a touch interval after its idle time.
            Assert.True(ends >= app.Clock.GetUtcNow() + TimeSpan.FromHours(2) + TimeSpan.FromMinutes(1));
        }
    }

    [Theory, OnEveryStore]
    public async Task By_default_the_cookie_ends_with_the_browser_and_has_no_age(string store)
    {
        SessionApp app = await StartAsync(store);
        TestResponse begun = await app.DoneAsync(app.NewBrowser(), session => session.Set("user", "Ada"));
        Assert.DoesNotContain("max-age", Assert.Single(begun.SetCookies), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", Assert.Single(begun.SetCookies), StringComparison.OrdinalIgnoreCase);
    }

    // Without using the session: that would keep it alive.
    private static async Task<bool> LivesAsync(SessionApp app, TestBrowser browser)
    {
        TestBrowser copy = app.CopyOf(browser);
        if (!app.Store.IsServerSide)
        {
            return await app.GetAsync(copy, "user") is not null;
        }

        IdProtector protector = app.Services.GetRequiredService<SessionServices>().HomeOf(app.Store.Driver).Protector;
        Assert.True(protector.TryReadId(copy.Jar[app.Store.CookieName], app.Store.CookieName, out Records.SessionId id));
        return await app.Probe.Inner.ReadAsync(id.Key, default) is not null;
    }

    private static int MaxAge(TestResponse response) => int.Parse(
        Assert.Single(response.SetCookies).Split("; ").Single(part => part.StartsWith("max-age=", StringComparison.Ordinal))[8..],
        CultureInfo.InvariantCulture);
}
