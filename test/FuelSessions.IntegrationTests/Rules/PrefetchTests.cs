using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>A page that a browser fetches before its user asks for it uses up no flash message, and may change everything else.</summary>
public sealed class PrefetchTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task A_flash_message_outlives_prefetching(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.SetFlash("message", "Saved."));
        foreach ((string name, string value) in ((string, string)[])[("Sec-Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("Sec-Purpose", "prefetch;anonymous-client-ip"), ("Purpose", "prefetch"), ("X-Moz", "prefetch")])
        {
            string? seen = null;
            app.AssertOk(await app.SendAsync(
                browser,
                (_, sessions) =>
                {
                    seen = sessions.Current.GetFlash<string>("message", expire: true);
                    sessions.Current.Increment("fetched");
                    return Task.CompletedTask;
                },
                edit: request => request.Headers.TryAddWithoutValidation(name, value)));
            Assert.Equal("Saved.", seen);
        }

        Assert.Equal(("Saved.", 5), await app.AskAsync(browser, session => (session.GetFlash<string>("message"), session.Get<int>("fetched"))));
        Assert.Null(await app.AskAsync(browser, session => session.GetFlash<string>("message")));
    }

    [Theory]
    [InlineData("Sec-Purpose", "navigate")]
    [InlineData("Sec-Purpose", "prefetching")]
    [InlineData("Purpose", "")]
    public async Task Any_other_request_uses_it_up(string name, string value)
    {
        SessionApp app = await StartAsync("memory");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.SetFlash("message", "Saved."));
        await app.SendAsync(browser, (_, sessions) => Task.FromResult(sessions.Current.GetFlash<string>("message")), edit: request => request.Headers.TryAddWithoutValidation(name, value));
        Assert.Null(await app.AskAsync(browser, session => session.GetFlash<string>("message")));
    }
}
