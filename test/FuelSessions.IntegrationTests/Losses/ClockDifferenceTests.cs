using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>Two nodes whose clocks differ: who comes a moment late with an earlier id is no thief on either of them [R6].</summary>
public sealed class ClockDifferenceTests(PostgresServer postgres) : StoreTests(postgres)
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    [Theory, OnServerStores]
    public async Task R6_no_honest_request_is_a_thief_by_another_nodes_clock(string name)
    {
        foreach (int ahead in (int[])[-120, -90, 90, 120])
        {
            Store store = await NewStoreAsync(name);
            SessionApp here = await StartAsync(store, Configure);
            SessionApp there = await StartAsync(store, Configure, clock: new FakeTimeProvider(here.Clock.GetUtcNow().AddSeconds(ahead)));
            TestBrowser browser = here.NewBrowser();
            await here.DoneAsync(browser, session => session.Set("user", "Ada"));
            TestBrowser twoBehind = there.CopyOf(browser);
            await here.DoneAsync(browser, session => session.Rotate());
            await here.DoneAsync(browser, session => session.Set("confirmed", 1));
            TestBrowser oneBehind = there.CopyOf(browser);
            await here.DoneAsync(browser, session => session.Rotate());
            await here.DoneAsync(browser, session => session.Set("confirmed", 2));
            here.Clock.Advance(Late);
            there.Clock.Advance(Late);

            foreach (TestBrowser behind in (TestBrowser[])[oneBehind, twoBehind])
            {
                TestResponse answer = await there.DoneAsync(behind, session => session.Set("late", "x"), deliver: false);
                browser.Deliver(answer);
            }

            Assert.DoesNotContain(there.Events, each => each.Kind is SessionEventKind.StaleId or SessionEventKind.UnknownSecret);
            Assert.Equal("Ada", await here.GetAsync(browser, "user"));

            // And not for good: what no difference of the clocks explains is told, on both.
            there.Clock.Advance(TimeSpan.FromMinutes(6));
            await there.DoneAsync(oneBehind, session => Assert.False(session.Has("user")));
            Assert.Contains(there.Events, each => each.Kind == SessionEventKind.StaleId);
            Assert.Null(await here.GetAsync(browser, "user"));
        }

        static void Configure(FuelSessionsOptions options)
        {
            options.OnStaleId = StaleIdAction.Destroy;
            options.EncryptCookie = false;
        }
    }
}
