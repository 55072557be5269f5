using System.Collections.Concurrent;
using FuelSessions.Demo.Tests.Support;
using FuelSessions.Samples.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.Samples.Tests;

/// <summary>The page of the sample: three connections of one browser that share a session.</summary>
public sealed class PageTests(PageTests.Connections sample, Chromium chromium) : IClassFixture<PageTests.Connections>, IClassFixture<Chromium>
{
    [Fact]
    public async Task What_one_connection_adds_the_others_see_until_the_session_ends()
    {
        ConcurrentQueue<string> complaints = new();
        IPage page = await chromium.NewPageAsync(sample.Address, complaints);
        await page.GotoAsync("/");
        await page.Locator("#by-hub").ClickAsync();
        await Expect(page.Locator("#hub")).ToHaveTextAsync("2");
        await page.Locator("#by-socket").ClickAsync();
        await Expect(page.Locator("#socket")).ToHaveTextAsync("3");
        await Expect(page.Locator("#events")).ToHaveTextAsync("3");
        await page.Locator("#end").ClickAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("Signed out.");
        await page.Locator("#by-socket").ClickAsync();
        await Expect(page.Locator("#state")).ToContainTextAsync("The session has ended.");
        Assert.Empty(complaints);
    }

    public sealed class Connections() : RunningSample("LongConnections");
}
