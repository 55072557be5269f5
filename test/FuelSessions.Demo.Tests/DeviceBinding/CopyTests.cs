using System.Security.Cryptography.X509Certificates;
using FuelSessions.Demo.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FuelSessions.Demo.Tests.DeviceBinding;

/// <summary>The demo over https, with a browser that binds its session: what the copy of a cookie opens.</summary>
public class CopyTests(Profiles profiles) : IClassFixture<Profiles>
{
    [Fact]
    public async Task A_copied_cookie_opens_the_session_until_it_is_bound_to_its_device()
    {
        string folder = Directory.CreateDirectory(Path.Combine(profiles.Folder, "demo")).FullName;
        string certificate = Path.Combine(folder, "server.pfx");
        await File.WriteAllBytesAsync(certificate, profiles.Certificate.Server.Export(X509ContentType.Pfx, "demo"));
        await using DemoProcess demo = await DemoProcess.StartAsync(
            folder,
            "Development",
            "urls=https://127.0.0.1:0",
            $"Kestrel:Certificates:Default:Path={certificate}",
            "Kestrel:Certificates:Default:Password=demo",
            "FuelSessions:PreviousIdGrace=00:00:00");
        await using IBrowserContext browser = await profiles.OpenAsync("demo");
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync($"https://localhost:{demo.Address.Port}/");
        await Expect(page.Locator("#binding")).ToHaveTextAsync("not bound: sign in first");
        Assert.Equal("The copy opens your session.", await UseCopyAsync(page));

        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("Your name").PressAsync("Enter");
        await Expect(page.Locator("#principal")).ToHaveTextAsync("Ada");
        await BoundAsync(page);
        Assert.Equal("The copy opens your session; nothing without the bound cookie.", await UseCopyAsync(page));
        await Expect(page.Locator("#principal")).ToHaveTextAsync("Ada");
    }

    private static async Task<string> UseCopyAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy my cookies" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("Copied");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use the copy" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("The copy opens");
        return await page.Locator("#flash").InnerTextAsync();
    }

    // The browser registers beside the page that it shows.
    private static async Task BoundAsync(IPage page)
    {
        string found = "";
        for (int i = 0; i < 1000 && !(found = await page.Locator("#binding").InnerTextAsync()).StartsWith("bound to its device", StringComparison.Ordinal); i++)
        {
            await Task.Delay(50);
            await page.ReloadAsync();
        }

        Assert.StartsWith("bound to its device", found, StringComparison.Ordinal);
    }
}
