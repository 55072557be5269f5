using FuelSessions.Demo.Tests.Support;
using FuelSessions.LongConnections.Tests.Support;
using FuelSessions.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.LongConnections.Tests;

/// <summary>Blazor: the page is made in a request like any other, and its circuit lives in the request of its WebSocket.</summary>
public class CircuitTests(SampleProcess sample, Chromium chromium) : IClassFixture<SampleProcess>, IClassFixture<Chromium>
{
    [Fact]
    public async Task While_the_page_is_made_a_session_begins()
    {
        using var browser = new TestBrowser(sample.Address, "Mozilla/5.0 TestBrowser/1.0");
        string page = await browser.TextAsync("/counter");
        Assert.Contains("""<output id="count">0</output>""", page, StringComparison.Ordinal);
        Assert.Contains("xid", browser.Jar.Keys);
        Assert.Equal(1, int.Parse((await browser.SendAsync(HttpMethod.Post, "/add")).Body, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("""<output id="count">1</output>""", await browser.TextAsync("/counter"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_circuit_it_is_seen_and_changed()
    {
        List<string> complaints = [];
        IPage page = await chromium.NewPageAsync(sample.Address, complaints);
        await page.GotoAsync("/counter");
        await Expect(page.Locator("#state")).ToHaveTextAsync("circuit");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("1");
        Assert.Equal("1", await (await page.APIRequest.GetAsync("/count")).TextAsync());
        await page.APIRequest.PostAsync("/add");
        await page.APIRequest.PostAsync("/rotate");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("4");

        await page.APIRequest.PostAsync("/sign-out");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("The session has ended.");
        Assert.Empty(complaints);
    }
}
