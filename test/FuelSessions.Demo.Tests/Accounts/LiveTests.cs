using System.Collections.Concurrent;
using FuelSessions.Demo.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.Demo.Tests.Accounts;

/// <summary>Where somebody is signed in, in two profiles of a real browser: each page shows what happens in the other one, and is not loaded again for it.</summary>
[Collection(DemosCollection.Name)]
public sealed class LiveTests(Demos demos, Chromium chromium)
{
    [Fact]
    public async Task Each_browser_sees_what_the_other_does()
    {
        ConcurrentQueue<string> complaints = new(), ofPhone = new();
        Uri address = (await demos.OnAsync("db")).Address;
        IPage laptop = await chromium.NewPageAsync(address, complaints, "Laptop/1.0");
        IPage phone = await chromium.NewPageAsync(address, ofPhone, "Phone/2.0");
        string name = AccountVisitor.NewName();
        await FillAsync(laptop, "/account/register", name, "Register");
        await Expect(Rows(laptop)).ToHaveCountAsync(1);
        await Expect(Mark(laptop, "Laptop/1.0")).ToBeVisibleAsync();
        await Expect(Button(laptop, "Sign out everywhere else")).ToBeHiddenAsync();
        await MarkAsync(laptop);

        // Another one signs in, and is seen; both look at the list.
        await FillAsync(phone, "/account/sign-in", name, "Sign in");
        await MarkAsync(phone);
        await Expect(Rows(laptop)).ToHaveCountAsync(2);
        await Expect(Mark(laptop, "Phone/2.0")).ToBeHiddenAsync();
        await Expect(Mark(phone, "Phone/2.0")).ToBeVisibleAsync();
        await Expect(Row(phone, "Laptop/1.0")).ToContainTextAsync("127.0.0.0/24");

        // Ended from the first, by keyboard. The other one says so by itself.
        await Button(laptop, "End the session of Phone/2.0").FocusAsync();
        await laptop.Keyboard.PressAsync("Enter");
        await Expect(laptop.Locator("#said")).ToHaveTextAsync("That session was ended.");
        await Expect(Rows(laptop)).ToHaveCountAsync(1);
        await Expect(phone.Locator("#ended")).ToContainTextAsync("You were signed out");
        await Expect(phone.Locator("#account")).ToBeHiddenAsync();
        Assert.Equal((true, true), (await IsMarkedAsync(laptop), await IsMarkedAsync(phone)));
        Assert.Empty(complaints);

        // It signs in anew, and ends the first with all others.
        await phone.GetByRole(AriaRole.Link, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await FillAsync(phone, null, name, "Sign in");
        await Expect(Rows(laptop)).ToHaveCountAsync(2);
        await Expect(Rows(phone)).ToHaveCountAsync(2);
        await Button(phone, "Sign out everywhere else").ClickAsync();
        await Expect(Rows(phone)).ToHaveCountAsync(1);
        await Expect(laptop.Locator("#ended")).ToBeVisibleAsync();
        Assert.True(await IsMarkedAsync(laptop));

        // Each has learnt of its end from an answer that a browser writes down.
        Assert.All(complaints.Concat(ofPhone), complaint => Assert.Contains("status of 401", complaint, StringComparison.Ordinal));

        await phone.SetViewportSizeAsync(360, 740);
        Assert.Equal(360, await phone.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    private static async Task FillAsync(IPage page, string? path, string name, string button)
    {
        if (path is not null)
        {
            await page.GotoAsync(path);
        }

        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(AccountVisitor.Password);
        await Button(page, button).ClickAsync();
        await Expect(page.Locator("#who")).ToHaveTextAsync(name);
    }

    // Gone if the page is loaded again.
    private static Task MarkAsync(IPage page) => page.EvaluateAsync("window.marked = true");

    private static Task<bool> IsMarkedAsync(IPage page) => page.EvaluateAsync<bool>("window.marked === true");

    private static ILocator Rows(IPage page) => page.Locator("#sessions li");

    private static ILocator Row(IPage page, string userAgent) => Rows(page).Filter(new() { HasText = userAgent });

    private static ILocator Mark(IPage page, string userAgent) => Row(page, userAgent).GetByText("this browser");

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
