using System.Collections.Concurrent;
using FuelSessions.Demo.Tests.Support;
using FuelSessions.Samples.Tests.Support;
using FuelSessions.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.Samples.Tests;

/// <summary>Blazor: a page is made in a request like any other, and its circuit lives in the request of its WebSocket.</summary>
public sealed class CircuitTests(CircuitTests.Counter sample, Chromium chromium) : IClassFixture<CircuitTests.Counter>, IClassFixture<Chromium>
{
    [Fact]
    public async Task Without_a_circuit_forms_change_it()
    {
        using TestBrowser browser = sample.NewBrowser();
        string page = await browser.SubmitAsync("/", "/", ("_handler", "add"));
        Assert.Equal("1", Page.TextOf(page, "count"));
        Assert.Equal("Added.", Page.TextOf(page, "message"));
        string before = browser.Jar["blazor"];
        page = await browser.SubmitAsync("/", "/", ("_handler", "rotate"));
        Assert.Equal("1", Page.TextOf(page, "count"));
        Assert.Equal("A new id.", Page.TextOf(page, "message"));
        Assert.NotEqual(before, browser.Jar["blazor"]);
        Assert.Equal("0", Page.TextOf(await browser.SubmitAsync("/", "/", ("_handler", "end")), "count"));
        Assert.DoesNotContain("blazor", browser.Jar.Keys);
    }

    [Fact]
    public async Task While_the_page_of_a_circuit_is_made_a_session_begins()
    {
        using TestBrowser browser = sample.NewBrowser();
        Assert.Equal("0", Page.TextOf(await browser.TextAsync("/counter"), "count"));
        Assert.Contains("blazor", browser.Jar.Keys);
        await browser.SubmitAsync("/", "/", ("_handler", "add"));
        Assert.Equal("1", Page.TextOf(await browser.TextAsync("/counter"), "count"));
    }

    [Fact]
    public async Task In_the_circuit_it_is_seen_and_changed()
    {
        ConcurrentQueue<string> complaints = new();
        IPage circuit = await chromium.NewPageAsync(sample.Address, complaints);
        await circuit.GotoAsync("/counter");
        await Expect(circuit.Locator("#state")).ToHaveTextAsync("circuit");
        IPage other = await circuit.RunAndWaitForPopupAsync(() => circuit.EvaluateAsync("open('/')"));

        await circuit.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(circuit.Locator("#count")).ToHaveTextAsync("1");
        await PressAsync("Add");
        await Expect(other.Locator("#count")).ToHaveTextAsync("2");
        await PressAsync("New id");
        await Expect(other.Locator("#message")).ToHaveTextAsync("A new id.");
        await circuit.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(circuit.Locator("#count")).ToHaveTextAsync("3");

        await PressAsync("End the session");
        await Expect(other.Locator("#count")).ToHaveTextAsync("0");
        await circuit.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(circuit.Locator("#state")).ToHaveTextAsync("The session has ended.");
        Assert.Empty(complaints);

        Task PressAsync(string name) => other.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
    }

    public sealed class Counter() : RunningSample("Blazor");
}
