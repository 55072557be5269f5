using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[R4, W3] Bursts of one browser while a rotation is due: every change counts, and every answer carries the same id.</summary>
public sealed class BurstTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const int Requests = 64;

    [Theory, OnServerStores]
    public async Task Sixty_four_requests_at_once_twenty_times_in_a_row(string store)
    {
        SessionApp app = await StartAsync(store, Patient);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Increment("count"));
        string cookie = browser.Jar[app.Store.CookieName];
        for (int round = 0; round < 20; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse[] responses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(
                _ => app.DoAsync(browser, session => session.Increment("count"), deliver: false)));
            Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.Status));
            string? next = Assert.Single(responses.Select(response => response.Cookie(app.Store.CookieName)).Distinct());
            Assert.NotNull(next);
            Assert.NotEqual(cookie, next);
            cookie = next;
            browser.Deliver(responses[round % Requests]);
        }

        Assert.Equal(1 + (20 * Requests), await app.AskAsync(browser, session => session.Get<int>("count")));
        Assert.Empty(app.Events);
        Assert.Empty(app.Errors);
    }

    /// <summary>The same over two nodes, which have nothing in common but the store. Unprotected ids can be compared by letter.</summary>
    [Theory, OnServerStores]
    public async Task A_burst_over_two_nodes(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp first = await StartAsync(store, Configure);
        SessionApp second = await StartAsync(store, Configure, clock: first.Clock);
        TestBrowser browser = first.NewBrowser();
        await first.DoneAsync(browser, session => session.Increment("count"));
        for (int round = 0; round < 5; round++)
        {
            first.Clock.Advance(TimeSpan.FromMinutes(6));
            TestBrowser elsewhere = second.CopyOf(browser);
            TestResponse[] responses = await Task.WhenAll(Enumerable.Range(0, Requests / 2).SelectMany(_ => (Task<TestResponse>[])
            [
                first.DoAsync(browser, session => session.Increment("count"), deliver: false),
                second.DoAsync(elsewhere, session => session.Increment("count"), deliver: false),
            ]));
            Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.Status));
            Assert.NotNull(Assert.Single(responses.Select(response => response.Cookie(store.CookieName)).Distinct()));
            browser.Deliver(responses[^1]);
        }

        Assert.Equal(1 + (5 * Requests), await second.AskAsync(second.CopyOf(browser), session => session.Get<int>("count")));
        Assert.Empty(first.Events.Concat(second.Events));

        static void Configure(FuelSessionsOptions options)
        {
            Patient(options);
            options.EncryptCookie = false;
        }
    }

    // A busy machine is no reason to fail.
    private static void Patient(FuelSessionsOptions options) => options.StoreTimeout = TimeSpan.FromMinutes(2);
}
