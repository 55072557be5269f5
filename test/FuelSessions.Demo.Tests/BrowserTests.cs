using System.Collections.Concurrent;
using FuelSessions.Demo.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.Demo.Tests;

/// <summary>The demo in a real browser.</summary>
[Collection(DemosCollection.Name)]
public class BrowserTests(Demos demos, Chromium chromium)
{
    private readonly ConcurrentQueue<string> _complaints = new();

    [Fact]
    public async Task Counts_visits_flashes_and_keeps_a_cart()
    {
        IPage page = await OpenAsync("db");
        await Expect(page.Locator("#visits")).ToHaveTextAsync("1");
        await page.ReloadAsync();
        await Expect(page.Locator("#visits")).ToHaveTextAsync("2");

        await page.GetByLabel("Say something").FillAsync("<img src=x onerror=alert(1)>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToHaveTextAsync("<img src=x onerror=alert(1)>");
        await page.ReloadAsync();
        await Expect(page.Locator("#flash")).ToHaveCountAsync(0);

        await Button(page, "Add Notebook").ClickAsync();
        await Button(page, "One Notebook more").ClickAsync();
        await Expect(page.Locator("#cart")).ToContainTextAsync("cart.items.3");
        await Expect(page.Locator("#cart output")).ToHaveTextAsync("2");
        await Button(page, "Remove Notebook").ClickAsync();
        await Expect(page.Locator("#cart")).ToContainTextAsync("Nothing in it yet.");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Rotates_revokes_signs_in_and_out_and_destroys()
    {
        IPage page = await OpenAsync("db");
        string fingerprint = await page.Locator("#fingerprint").InnerTextAsync();
        foreach (string button in (string[])["Rotate", "Rotate and revoke"])
        {
            string mark = await page.Locator("#id-mark").InnerTextAsync();
            await Button(page, button).ClickAsync();
            await Expect(page.Locator("#id-mark")).Not.ToHaveTextAsync(mark);
            await Expect(page.Locator("#fingerprint")).ToHaveTextAsync(fingerprint);
        }

        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("Your name").PressAsync("Enter");
        await Expect(page.Locator("#principal")).ToHaveTextAsync("Ada");
        await Expect(page.Locator("#visits")).ToHaveTextAsync("4");
        await Button(page, "Sign out").ClickAsync();
        await Expect(page.Locator("#principal")).ToHaveTextAsync("nobody yet");

        await Button(page, "Destroy").ClickAsync();
        await Expect(page.Locator("#visits")).ToHaveTextAsync("1");
        await Expect(page.Locator("#fingerprint")).Not.ToHaveTextAsync(fingerprint);
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData("db")]
    [InlineData("file")]
    [InlineData("memory")]
    public async Task Fifty_parallel_requests_lose_nothing(string driver)
    {
        IPage page = await OpenAsync(driver);
        string mark = await page.Locator("#id-mark").InnerTextAsync();
        for (int burst = 0; burst < 3; burst++)
        {
            await Button(page, "Fire 50 parallel requests").ClickAsync();
            await Expect(page.Locator("#lost")).Not.ToHaveTextAsync("–");
            await Expect(page.Locator("#fire")).ToBeEnabledAsync();
            await Expect(page.Locator("#requests")).ToHaveTextAsync("50");
            await Expect(page.Locator("#distinct-ids")).ToHaveTextAsync("1");
            await Expect(page.Locator("#final-counter")).ToHaveTextAsync("50");
            await Expect(page.Locator("#lost")).ToHaveTextAsync("0");
            await Expect(page.Locator("#timeline rect")).ToHaveCountAsync(50);
            Assert.NotEqual(0, await page.Locator("#timeline circle.old").CountAsync());
            string verdict = await page.Locator("#verdict").InnerTextAsync();
            Assert.DoesNotContain("failed", verdict, StringComparison.Ordinal);
            Assert.DoesNotContain(mark, verdict, StringComparison.Ordinal);
        }

        await page.ReloadAsync();
        await Expect(page.Locator("#visits")).ToHaveTextAsync("2");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Two_drivers_count_side_by_side()
    {
        IPage page = await OpenAsync("db");
        await page.GetByRole(AriaRole.Link, new() { Name = "Two drivers" }).ClickAsync();
        await Button(page, "Count on db").ClickAsync();
        await Button(page, "Count on both at once").ClickAsync();
        await Expect(page.Locator("#counter-db")).ToHaveTextAsync("2");
        await Expect(page.Locator("#counter-cookie")).ToHaveTextAsync("1");
        await Button(page, "Destroy the session on cookie").ClickAsync();
        await Expect(page.Locator("#counter-db")).ToHaveTextAsync("2");
        await Expect(page.Locator("#counter-cookie")).ToHaveTextAsync("0");
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData("db")]
    [InlineData("cookie")]
    public async Task Signs_in_at_the_provider_and_a_hundred_calls_cause_one_refresh(string driver)
    {
        IPage page = await OpenAsync(driver);
        await page.GetByRole(AriaRole.Link, new() { Name = "Tokens", Exact = true }).ClickAsync();
        await Button(page, "Sign in at the provider").ClickAsync();
        await page.GetByLabel("Your name").FillAsync("Ada");
        await Button(page, "Agree").ClickAsync();
        await Expect(page.Locator("#who")).ToHaveTextAsync("Ada");

        string left = await page.Locator("#left").InnerTextAsync();
        await Expect(page.Locator("#left")).Not.ToHaveTextAsync(left);
        await Expect(page.GetByText("Fresh.")).ToBeVisibleAsync();
        await Button(page, "Let it expire now").ClickAsync();
        await Expect(page.GetByText("Expired. The next call renews it")).ToBeVisibleAsync();
        await Expect(page.GetByText("Fresh.")).ToBeHiddenAsync();
        await ExpectOneRefreshAsync("0", "1");
        await Expect(page.Locator("#rejected")).ToHaveTextAsync("0");
        await Expect(page.GetByText("Fresh.")).ToBeVisibleAsync();

        await Button(page, "Have the API reject it").ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("401");
        await ExpectOneRefreshAsync("1", "2");
        await Expect(page.Locator("#rejected")).Not.ToHaveTextAsync("0");

        await Button(page, "Sign out").ClickAsync();
        await Expect(page.Locator("#sign-in-title")).ToHaveTextAsync("Nobody is signed in");
        Assert.Empty(_complaints);

        async Task ExpectOneRefreshAsync(string before, string after)
        {
            await Button(page, "100 parallel API calls").ClickAsync();
            await Expect(page.Locator("#refreshed")).ToHaveTextAsync("+1");
            await Expect(page.Locator("#refreshes-before")).ToHaveTextAsync(before);
            await Expect(page.Locator("#refreshes-after")).ToHaveTextAsync(after);
            await Expect(page.Locator("#answered")).ToHaveTextAsync("100");
            await Expect(page.Locator("#unauthorized")).ToHaveTextAsync("0");
        }
    }

    [Fact]
    public async Task Fits_on_a_phone()
    {
        IPage page = await OpenAsync("db");
        await page.SetViewportSizeAsync(360, 740);
        foreach (string path in (string[])["/", "/two", "/send", "/tokens", "/account/register", "/account/sign-in"])
        {
            await page.GotoAsync(path);
            Assert.Equal(360, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    [Fact]
    public async Task The_dashboard_plots_what_the_demo_does()
    {
        IPage page = await OpenAsync("db");
        await Button(page, "Rotate and revoke").ClickAsync();
        await page.GotoAsync("/fuelsessions");
        ILocator begun = page.Locator("figure", new() { HasText = "Sessions begun" });
        await Expect(begun).ToContainTextAsync("db: ");
        await Expect(begun.Locator("svg path.c0")).ToHaveCountAsync(1);
        await Expect(page.Locator("figure", new() { HasText = "Store calls, mean" })).ToContainTextAsync("db, write");

        // By keyboard: past the plots, to another driver, and to a setting.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "To the plots" })).ToBeFocusedAsync();
        await page.GetByLabel("Driver").SelectOptionAsync("cookie");
        await Expect(begun).Not.ToContainTextAsync("db: ");
        await page.Locator("summary", new() { HasText = "file" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("details[open] tr", new() { HasText = "RotationTime" })).ToContainTextAsync("default");
        await Expect(page.Locator("details[open] tr", new() { HasText = "PostFieldName" })).ToContainTextAsync("appsettings.json");
        await Button(page, "Pause").ClickAsync();
        await Expect(Button(page, "Pause")).ToHaveAttributeAsync("aria-pressed", "true");

        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            string background = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
            Assert.Equal(scheme == ColorScheme.Light ? "rgb(255, 255, 255)" : "rgb(21, 21, 21)", background);
        }

        await page.SetViewportSizeAsync(360, 640);
        Assert.Equal(360, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task The_dashboard_ends_a_user_s_sessions()
    {
        IPage page = await OpenAsync("db");
        await page.GetByLabel("Your name").FillAsync("Grace Hopper");
        await page.GetByLabel("Your name").PressAsync("Enter");
        await Expect(page.Locator("#principal")).ToHaveTextAsync("Grace Hopper");

        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.GotoAsync("/fuelsessions");
        await page.Locator("#principal").FillAsync("Grace Hopper");
        await Button(page, "Find").ClickAsync();
        await Expect(page.Locator("#found")).ToHaveTextAsync("Grace Hopper has 1.");
        await page.Locator("#sessions button").ClickAsync();
        await Expect(page.Locator("#found")).ToHaveTextAsync("1 ended. Grace Hopper has no session.");
        await Expect(page.Locator("#sessions")).ToBeHiddenAsync();
        await page.GotoAsync("/");
        await Expect(page.Locator("#principal")).ToHaveTextAsync("nobody yet");
        Assert.Empty(_complaints);
    }

    private async Task<IPage> OpenAsync(string driver)
    {
        IPage page = await chromium.NewPageAsync((await demos.OnAsync(driver)).Address, _complaints);
        await page.GotoAsync("/");
        return page;
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
