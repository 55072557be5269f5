using FuelSessions.Tests;
using Microsoft.AspNetCore.Builder;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>Whoever fills a full memory driver with sessions that nobody comes back to pushes out nobody else.</summary>
public sealed class FullStoreTests
{
    private const int Room = 1_000;

    [Fact]
    public async Task A_flood_of_requests_without_cookies_pushes_out_nobody_who_comes_back()
    {
        await using TestApp app = await TestApp.StartAsync(o => (o.Driver, o.MaxSessions) = ("memory", Room), web =>
        {
            web.MapGet("/login", (Session session) => session.AttachPrincipal("ann").Set("cart", "book").Principal);
            web.MapGet("/cart", (Session session) => session.Set("cart", session.Get<string>("cart") + "+").Fingerprint);
            web.MapGet("/flood", (Session session) => session.Set("a", 1).IsNew);
            web.MapGet("/who", (Session session) => $"{session.Principal} {session.Get<string>("cart")}");
        });
        using TestBrowser user = app.NewBrowser(), guest = app.NewBrowser(), once = app.NewBrowser();
        await user.GetAsync("/login");
        await guest.GetAsync("/cart");
        await guest.GetAsync("/cart");
        await once.GetAsync("/cart");
        app.Clock.Advance(TimeSpan.FromMinutes(10));

        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 8 }) { BaseAddress = app.Address };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Room + 200),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, stop) => (await client.GetAsync("/flood", stop)).Dispose());

        Assert.Equal("ann book", await user.TextAsync("/who"));
        Assert.Equal(" ++", await guest.TextAsync("/who"));
        Assert.Equal(" ", await once.TextAsync("/who"));
    }
}
