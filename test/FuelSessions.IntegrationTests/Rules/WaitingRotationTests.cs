using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[R8, R3] A rotation that is merely due waits for requests that may be on their way with the id before.</summary>
public sealed class WaitingRotationTests(PostgresServer postgres) : StoreTests(postgres)
{
    /// <summary>The answer with B was lost, hours went by; of a burst with A, one request's answer is there before the others arrive.</summary>
    [Theory, OnServerStores]
    public async Task R8_who_shows_an_id_first_does_not_shut_out_the_burst_that_it_belongs_to(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        TestResponse lost = await app.DoneAsync(browser, session => session.Increment("count"), deliver: false);
        app.Clock.Advance(TimeSpan.FromHours(1));

        TestBrowser burst = app.CopyOf(browser);
        string? next = (await app.DoneAsync(browser, session => session.Increment("count"))).Cookie(app.Store.CookieName);
        Assert.Equal(lost.Cookie(app.Store.CookieName), next);
        for (int i = 0; i < 3; i++)
        {
            // With B: the first one confirms it, and none of them replaces it.
            Assert.Empty((await app.DoneAsync(browser, session => session.Increment("count"))).SetCookies);
            TestResponse late = await app.DoneAsync(burst, session => session.Increment("count"), deliver: false);
            Assert.Equal(next, late.Cookie(app.Store.CookieName));
            app.Clock.Advance(TimeSpan.FromSeconds(19));
        }

        Assert.Empty(app.Events);
        Assert.Equal(8, await app.AskAsync(browser, session => session.Get<int>("count")));

        // Nobody is waited for any more.
        app.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.NotEqual(next, (await app.DoneAsync(browser, session => session.Increment("count"))).Cookie(app.Store.CookieName));
        Assert.NotEqual(next, browser.Jar[app.Store.CookieName]);
    }

    /// <summary>The new id is shown just before the time for the next one has come.</summary>
    [Theory, OnServerStores]
    public async Task R8_a_rotation_that_becomes_due_in_the_middle_of_a_burst_waits(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await app.DoneAsync(browser, session => session.Increment("count"), deliver: false);
        app.Clock.Advance(TimeSpan.FromSeconds(299));

        TestBrowser burst = app.CopyOf(browser);
        await app.DoneAsync(browser, session => session.Increment("count"));
        await app.DoneAsync(browser, session => session.Increment("count"));
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty((await app.DoneAsync(browser, session => session.Increment("count"))).SetCookies);
        await app.DoneAsync(burst, session => session.Increment("count"), deliver: false);
        Assert.Empty(app.Events);
        Assert.Equal(5, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    /// <summary>Who comes now and then shows an id and gets the next one in one request, as nobody else can be on the way.</summary>
    [Theory, OnServerStores]
    public Task R8_who_comes_seldom_gets_an_id_each_time(string store) => ComesSeldomAsync(store, absolute: null);

    [Theory, OnServerStores]
    public Task R8_so_it_is_without_an_absolute_end(string store) => ComesSeldomAsync(store, Timeout.InfiniteTimeSpan);

    private async Task ComesSeldomAsync(string store, TimeSpan? absolute)
    {
        SessionApp app = await StartAsync(store, options => options.AbsoluteExpiration = absolute);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        HashSet<string> ids = [browser.Jar[app.Store.CookieName]];
        for (int visit = 0; visit < 4; visit++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            await app.DoneAsync(browser, session => session.Get<string>("user"));
            Assert.True(ids.Add(browser.Jar[app.Store.CookieName]));
        }
    }

    /// <summary>Then <c>Expires</c> says nothing of the last use, and it counts as a use.</summary>
    [Theory, OnServerStores]
    public Task R8_an_absolute_end_that_hides_the_last_use_counts_as_use(string store) => IsHiddenAsync(store, TimeSpan.FromHours(1), hoursBefore: 0);

    [Theory, OnServerStores]
    public Task R8_so_does_the_absolute_end_that_a_session_has_by_default(string store) => IsHiddenAsync(store, absolute: null, hoursBefore: 23);

    private async Task IsHiddenAsync(string store, TimeSpan? absolute, int hoursBefore)
    {
        SessionApp app = await StartAsync(store, options => options.AbsoluteExpiration = absolute);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        for (int hour = 0; hour < hoursBefore; hour++)
        {
            app.Clock.Advance(TimeSpan.FromHours(1));
            await app.DoneAsync(browser, session => session.Get<string>("user"));
        }

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.NotEmpty((await app.DoneAsync(browser, session => session.Get<string>("user"))).SetCookies);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty((await app.DoneAsync(browser, session => session.Get<string>("user"))).SetCookies);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEmpty((await app.DoneAsync(browser, session => session.Get<string>("user"))).SetCookies);
    }
}
