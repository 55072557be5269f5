using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.Options;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>A session ends by its own lifetime: not by somebody else's, and not by a number that makes no sense.</summary>
public sealed class ExpiryTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task D09_everyones_sessions_by_one_configuration_with_a_shorter_expiration_time(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp patient = await StartAsync(store);
        SessionApp hasty = await StartAsync(store, options => options.ExpirationTime = TimeSpan.FromMinutes(1), clock: patient.Clock);
        TestBrowser browser = patient.NewBrowser();
        await patient.DoneAsync(browser, session => session.Set("user", "Ada"));
        TestBrowser shortLived = hasty.NewBrowser();
        await hasty.DoneAsync(shortLived, session => session.Set("user", "Bob"));
        SessionKey key = await patient.KeyAsync(browser);
        SessionKey other = await hasty.KeyAsync(shortLived);

        patient.Clock.Advance(TimeSpan.FromMinutes(30));
        if (store.IsServerSide)
        {
            await hasty.Probe.CollectExpiredAsync(500, default);
            Assert.NotNull(await hasty.Probe.Inner.ReadAsync(key, default));
            Assert.Null(await hasty.Probe.Inner.ReadAsync(other, default));
        }

        Assert.Null(await hasty.GetAsync(shortLived, "user"));

        // The hasty app reads and writes the patient one's session, which keeps its lifetime all the same.
        TestBrowser elsewhere = hasty.CopyOf(browser);
        await hasty.DoneAsync(elsewhere, session => session.Set("visits", 1));
        patient.Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal("Ada", await hasty.GetAsync(elsewhere, "user"));
        Assert.Equal(key, await hasty.KeyAsync(elsewhere));
    }

    /// <summary>By the background collection itself, which the clock starts.</summary>
    [Theory, OnCollectingStores]
    public async Task D09_the_collection_judges_each_record_by_its_own_time(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        TestBrowser shortLived = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        await app.DoneAsync(shortLived, session => session.SetConfig("expiration_time", 60).Set("user", "Bob"));
        SessionKey key = await app.KeyAsync(browser);
        SessionKey other = await app.KeyAsync(shortLived);

        TaskCompletionSource<int> removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Probe.Collected = count => removed.TrySetResult(count);
        await app.Clock.AdvanceUntilAsync(removed.Task, TimeSpan.FromMinutes(10));
        Assert.Equal(1, await removed.Task);
        Assert.NotNull(await app.Probe.Inner.ReadAsync(key, default));
        Assert.Null(await app.Probe.Inner.ReadAsync(other, default));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    [Theory, OnEveryStore]
    public async Task D17_the_record_at_once_by_an_odd_expiration_time(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        object?[] odd = [0, -1, -3600, "0", "soon", "", null, TimeSpan.Zero, TimeSpan.MaxValue, TimeSpan.MinValue, long.MaxValue, int.MaxValue, double.NaN, 1e300, 0.5];
        await app.DoneAsync(browser, session =>
        {
            foreach (object? value in odd)
            {
                ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => session.SetConfig("expiration_time", value));
                Assert.Contains("expiration", error.Message, StringComparison.OrdinalIgnoreCase);
            }

            session.Set("touched", 1);
        });
        app.Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));

        app.AssertFailed<ArgumentException>(await app.SendAsync(browser, (_, sessions) =>
        {
            sessions.Forge(options => options.ExpirationTime = TimeSpan.Zero).Set("user", "Eve");
            return Task.CompletedTask;
        }));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    [Theory, OnEveryStore]
    public async Task D17_an_app_with_an_odd_expiration_time_does_not_start(string name)
    {
        Store store = await NewStoreAsync(name);
        foreach (TimeSpan odd in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue])
        {
            OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(
                () => StartAsync(store, options => options.ExpirationTime = odd));
            Assert.Contains(nameof(FuelSessionsOptions.ExpirationTime), error.Message, StringComparison.Ordinal);
        }
    }

    [Theory, OnEveryStore]
    public async Task D17_the_longest_and_the_shortest_time_are_kept_exactly(string store)
    {
        SessionApp app = await StartAsync(store, options =>
        {
            CleanUp.Daily(options);
            options.RotationTime = null;
        });
        TestBrowser years = app.NewBrowser();
        await app.DoneAsync(years, session => session.SetConfig("ExpirationTime", TimeSpan.FromDays(3660)).Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromDays(3660) - TimeSpan.FromSeconds(1));
        Assert.Equal("Ada", await app.GetAsync(years, "user"));

        TestBrowser second = app.NewBrowser();
        await app.DoneAsync(second, session => session.SetConfig("ExpirationTime", TimeSpan.FromSeconds(1)).Set("user", "Bob"));
        app.Clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("Bob", await app.GetAsync(second, "user"));

        // That request has touched it, and memcached keeps a touched end to whole seconds, at most three too late.
        app.Clock.Advance(TimeSpan.FromSeconds(store == "memcached" ? 4.2 : 1.2));
        Assert.Null(await app.GetAsync(second, "user"));
    }
}
