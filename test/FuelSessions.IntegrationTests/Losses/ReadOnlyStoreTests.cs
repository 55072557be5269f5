using System.Diagnostics.Metrics;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.IntegrationTests.Support.Stores;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>The store answers and takes nothing: pages that only read go on, whatever there is to be stored for them [F8].</summary>
public sealed class ReadOnlyStoreTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const int UpkeepFailed = 114;
    private const int ReadOnlyFolder = 127;

    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    [InlineData("redis")]
    [InlineData("redis", true)]
    [InlineData("memcached")]
    public async Task F8_readers_do_not_fail_with_writers(string name, bool asReplica = false)
    {
        Store store = await NewStoreAsync(name);
        if (store is RedisStore redis)
        {
            redis.RefusesAsReplica = asReplica;
        }

        (store as MemcachedStore)?.PutProxyInFront();

        SessionApp app = await StartAsync(store, Configure);
        TestBrowser ann = await NewSessionAsync(app, "Ann");
        TestBrowser bob = await NewSessionAsync(app, "Bob");
        await app.DoneAsync(bob, session => session.Rotate());
        TestBrowser cid = await NewSessionAsync(app, "Cid");
        await app.DoneAsync(cid, session => session.Rotate(), deliver: false);
        TestBrowser dee = await NewSessionAsync(app, "Dee");
        await app.DoneAsync(dee, session => session.SetFlash("message", "saved"));
        TestBrowser eve = await NewSessionAsync(app, "Eve");
        TestBrowser thief = app.CopyOf(eve);
        await app.DoneAsync(eve, session => session.AttachPrincipal("eve"));
        await app.DoneAsync(eve, session => session.Get<string>("user"));
        TestBrowser fay = await NewSessionAsync(app, "Fay");

        await store.RefuseWritesAsync(true);
        SessionApp node = name is "sqlite" or "file" ? await StartAsync(store, ConfigureNode, clock: app.Clock) : app;
        Assert.Equal(name == "file", node.Logs.Lines.Any(line => line.Id == ReadOnlyFolder));
        using var counted = new EventCounter(node);
        TestBrowser Here(TestBrowser browser) => node == app ? browser : node.CopyOf(browser);

        // An id to confirm, the current one to tell, flash to take out: nothing of it.
        await ReadsAsync(node, Here(bob), "Bob");
        Assert.Equal("saved", await node.AskAsync(Here(dee), session => session.GetFlash<string>("message")));
        Assert.Equal("saved", await node.AskAsync(Here(dee), session => session.GetFlash<string>("message")));

        // Use to note, and then an id to replace.
        foreach (int seconds in (int[])[65, 360])
        {
            node.Clock.Advance(TimeSpan.FromSeconds(seconds));
            await ReadsAsync(node, Here(ann), "Ann");
            await ReadsAsync(node, Here(bob), "Bob");
            await ReadsAsync(node, Here(cid), "Cid");
            await ReadsAsync(node, Here(dee), "Dee");
        }

        // A session to end: the thief gets nothing of it, and no error either.
        await ReadsAsync(node, Here(thief), null);
        Assert.Contains(node.Events, each => each.Kind == SessionEventKind.StaleId);

        SessionEvent[] failed = [.. node.Events.Where(each => each.Kind == SessionEventKind.UpkeepFailed)];
        Assert.True(failed.Length >= 10);
        Assert.All(failed, each => Assert.Equal(store.Driver, each.Driver));
        Assert.Equal(failed.Length, counted.Value);
        LogRecorder.LogLine[] lines = [.. node.Logs.Lines.Where(line => line.Id == UpkeepFailed)];
        Assert.Equal(failed.Length, lines.Length);
        Assert.All(lines, line => Assert.IsType<SessionStoreException>(line.Error));

        // What the app asks for fails, as it did.
        Action<Session>[] changes =
        [
            session => session.Set("user", "x"),
            session => session.Delete("user"),
            session => session.Increment("count"),
            session => session.SetFlash("message", "x"),
            session => session.Rotate(),
            session => session.AttachPrincipal("fay"),
            session => session.SetConfig("expiration_time", 60),
        ];
        foreach (Action<Session> change in changes)
        {
            node.AssertFailed<SessionStoreException>(await node.DoAsync(Here(fay), change));
        }

        node.AssertFailed<SessionStoreException>(await node.DoAsync(node.NewBrowser(), session => session.Set("user", "x")));

        // And all is as it was once the store takes writes again.
        await store.RefuseWritesAsync(false);
        foreach ((TestBrowser browser, string user) in (ValueTuple<TestBrowser, string>[])[(ann, "Ann"), (bob, "Bob"), (cid, "Cid"), (dee, "Dee"), (fay, "Fay")])
        {
            Assert.Equal(user, await app.GetAsync(app.CopyOf(browser), "user"));
            await app.DoneAsync(browser, session => session.Increment("count"));
            Assert.Equal(1, await app.AskAsync(browser, session => session.Get<int>("count")));
        }

        // Redis takes away also where it is full.
        Assert.Equal(name == "redis" && !asReplica ? null : "Eve", await app.GetAsync(eve, "user"));
        Assert.Null(await app.AskAsync(dee, session => session.GetFlash<string>("message")));

        void Configure(FuelSessionsOptions options) => options.OnStaleId = StaleIdAction.Destroy;

        void ConfigureNode(FuelSessionsOptions options)
        {
            Configure(options);
            if (name == "file")
            {
                // In a folder that takes nothing each write waits for its lock that long; all others say so at once.
                options.StoreTimeout = TimeSpan.FromSeconds(1);
            }
        }
    }

    /// <summary>A setting that has become stricter stops who writes, not who reads.</summary>
    [Theory, OnServerStores]
    public async Task F8_a_session_that_has_become_too_large_is_still_read(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp before = await StartAsync(store);
        SessionApp app = await StartAsync(store, options => options.MaxPayloadBytes = 1024, clock: before.Clock);
        TestBrowser browser = app.NewBrowser();
        TestBrowser elsewhere = before.CopyOf(browser);
        await before.DoneAsync(elsewhere, session => session.Set("user", "Ada").Set("text", new string('x', 2000)));
        browser.Jar[store.CookieName] = elsewhere.Jar[store.CookieName];
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await ReadsAsync(app, browser, "Ada");
        Assert.Equal(SessionEventKind.UpkeepFailed, Assert.Single(app.Events).Kind);
        app.AssertFailed<SessionTooLargeException>(await app.DoAsync(browser, session => session.Set("x", 1)));
        await app.DoneAsync(browser, session => session.Delete("text"));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    private static async Task<TestBrowser> NewSessionAsync(SessionApp app, string user)
    {
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", user));
        return browser;
    }

    private static async Task ReadsAsync(SessionApp app, TestBrowser browser, string? user)
    {
        TestResponse answer = await app.DoneAsync(browser, session => Assert.Equal(user, session.Get<string>("user")));
        app.AssertNoCookie(answer);
    }

    private sealed class EventCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        internal EventCounter(SessionApp app)
        {
            IMeterFactory meters = app.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "fuelsessions.events" && instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                if (tags.ToArray().Any(tag => tag is { Key: "kind", Value: nameof(SessionEventKind.UpkeepFailed) }))
                {
                    Interlocked.Add(ref _value, value);
                }
            });
            _listener.Start();
        }

        internal long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
