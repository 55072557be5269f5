using System.Globalization;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[W7, W8] What each kind of request costs the store, counted between the engine and the driver.</summary>
public sealed class RoundTripTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task A_request_asks_the_store_what_it_must_and_no_more(string store)
    {
        SessionApp app = await StartAsync(store, map: web => web.MapGet("/plain", () => "plain"));
        TestBrowser browser = app.NewBrowser();
        app.Probe.Take();

        await app.DoneAsync(app.NewBrowser(), session => Assert.Equal(0, session.Get<int>("count")));
        AssertCalls();
        await app.DoneAsync(app.NewBrowser(), session => session.Set("count", 1).Delete("count"));
        AssertCalls();
        await app.DoneAsync(app.NewBrowser(), session => session.Destroy());
        AssertCalls();

        await app.DoneAsync(browser, session => session.Set("count", 1));
        AssertCalls(StoreCall.Write);
        app.AssertOk(await browser.GetAsync("/plain"));
        AssertCalls();
        await app.DoneAsync(browser, session => session.Get<int>("count"));
        AssertCalls(StoreCall.ReadAsync);
        await app.DoneAsync(browser, session => session.Set("count", 2));
        AssertCalls(StoreCall.ReadAsync, StoreCall.Write);
        await app.DoneAsync(browser, session => session.Set("a", 1).Delete("b").SetFlash("c", 1).Rotate().Increment("count"));
        AssertCalls(StoreCall.ReadAsync, StoreCall.Write);
        await app.DoneAsync(browser, session => session.Destroy());
        AssertCalls(StoreCall.ReadAsync, StoreCall.Delete);

        void AssertCalls(params StoreCall[] expected) => Assert.Equal(expected, app.Probe.Take());
    }

    [Theory, OnServerStores]
    public async Task A_conflict_adds_one_round_trip(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp app = await StartAsync(store);
        SessionApp other = await StartAsync(store, clock: app.Clock);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("count", 0));
        foreach (int conflicts in (int[])[1, 2, 3])
        {
            TestBrowser elsewhere = other.CopyOf(browser);
            app.Probe.Take();
            int left = conflicts;
            app.Probe.Before = async (call, _) =>
            {
                // Another node is faster, each time.
                if (call == StoreCall.Write && left-- > 0)
                {
                    await other.DoneAsync(elsewhere, session => session.Increment("count"));
                }
            };
            await app.DoneAsync(browser, session => session.Increment("count"));
            Assert.Equal([StoreCall.ReadAsync, .. Enumerable.Repeat(StoreCall.Write, 1 + conflicts)], app.Probe.Take());
            app.Probe.Heal();
        }

        Assert.Equal(1 + 1 + 2 + 1 + 3 + 1, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    [Theory, OnServerStores]
    public async Task A_rotation_is_confirmed_once(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        for (int rotation = 0; rotation < 3; rotation++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            app.Probe.Take();
            foreach (StoreCall[] expected in (StoreCall[][])[[StoreCall.ReadAsync, StoreCall.Write], [StoreCall.ReadAsync, StoreCall.Write], [StoreCall.ReadAsync], [StoreCall.ReadAsync]])
            {
                await app.DoneAsync(browser, session => session.Get<string>("user"));
                Assert.Equal(expected, app.Probe.Take());
            }
        }
    }

    [Theory, OnServerStores]
    public async Task A_session_is_touched_once_per_interval(string store)
    {
        SessionApp app = await StartAsync(store, options => options.RotationTime = null);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Probe.Take();
        int touches = 0;
        for (int second = 1; second <= 300; second += 13)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(13));
            await app.DoneAsync(browser, session => session.Get<string>("user"));
            StoreCall[] calls = app.Probe.Take();
            Assert.Equal(StoreCall.ReadAsync, calls[0]);
            touches += calls.Count(call => call == StoreCall.Touch);
            Assert.DoesNotContain(StoreCall.Write, calls);
        }

        // 24 requests in 312 seconds; every fifth of them comes 65 seconds after the last touch.
        Assert.Equal(4, touches);
    }

    [Fact]
    public async Task The_second_request_to_an_endpoint_reads_ahead()
    {
        SessionApp app = await StartAsync("memory", map: web =>
        {
            web.MapGet("/learned", (ISessionStore sessions) => Text(sessions.Current));
            web.MapGet("/ambient", () => Text(Session.Current));
            web.MapGet("/named", (ISessionStore sessions) => Text(sessions.Current)).WithSession();
            web.MapGet("/bound", (Session session) => Text(session));
            web.MapGet("/sometimes", (bool use) => use ? Text(Session.Current) : "unused");
        });
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Probe.Take();

        foreach ((string path, StoreCall first) in ((string, StoreCall)[])[("/learned", StoreCall.Read), ("/ambient", StoreCall.Read), ("/named", StoreCall.ReadAsync), ("/bound", StoreCall.ReadAsync)])
        {
            foreach (StoreCall expected in (StoreCall[])[first, StoreCall.ReadAsync, StoreCall.ReadAsync])
            {
                Assert.Equal("Ada", await browser.TextAsync(path));
                Assert.Equal([expected], app.Probe.Take());
            }
        }

        Assert.Equal("unused", await browser.TextAsync("/sometimes?use=false"));
        Assert.Empty(app.Probe.Take());
        await browser.TextAsync("/sometimes?use=true");
        Assert.Equal([StoreCall.Read], app.Probe.Take());

        static string Text(Session session) => session.Get<string>("user") ?? "none";
    }

    [Fact]
    public async Task Without_reading_ahead_a_session_is_read_where_it_is_used()
    {
        SessionApp app = await StartAsync("memory", options => options.AutoInitialize = false, web =>
            web.MapGet("/sync", (ISessionStore sessions) => sessions.Current.Get<string>("user")));
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Probe.Take();
        for (int request = 0; request < 3; request++)
        {
            Assert.Equal("Ada", await browser.TextAsync("/sync"));
            Assert.Equal([StoreCall.Read], app.Probe.Take());
        }
    }

    /// <summary>Each read waits until all have begun: one after another, this would never end.</summary>
    [Theory, OnServerStores]
    public async Task Several_sessions_are_read_in_parallel(string store)
    {
        const int Sessions = 4;
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, UseAllAsync));
        app.Probe.Take();

        Gate gate = new(Sessions);
        app.Probe.Before = (call, _) => call == StoreCall.ReadAsync ? gate.PassAsync() : Task.CompletedTask;
        Task<TestResponse> request = app.SendAsync(browser, UseAllAsync);
        await gate.ReachedAsync();
        gate.Open();
        app.AssertOk(await request);
        Assert.Equal(Enumerable.Repeat(StoreCall.ReadAsync, Sessions), app.Probe.Take().Where(call => call != StoreCall.Write));

        static Task UseAllAsync(HttpContext http, ISessionStore sessions)
        {
            for (int i = 0; i < Sessions; i++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"session-{i}");
                sessions.Forge(options => options.CookieName = name).Increment("count");
            }

            return Task.CompletedTask;
        }
    }
}
