using FuelSessions.Tests.Servers;
using Microsoft.Playwright;

namespace FuelSessions.Demo.Tests.DeviceBinding;

/// <summary>Sessions bound to their device by a real browser: what the documentation of device binding says of it.</summary>
public class DeviceBindingTests(Profiles profiles, RedisServer redis) : IClassFixture<Profiles>, IClassFixture<RedisServer>
{
    [Fact]
    public async Task Registers_refreshes_for_parallel_requests_and_leaves_a_copy_behind()
    {
        await using BoundSite site = await profiles.SiteAsync();
        await using IBrowserContext browser = await profiles.OpenAsync("owner");
        IPage page = await BindAsync(browser, site);
        Assert.Equal(["register 200"], site.Asked);

        // Expired: twenty requests at once wait for one refresh.
        await LoseBoundCookieAsync(browser);
        Assert.DoesNotContain("unproved", await CountsAsync(page));
        Assert.Equal("21", await TextAsync(page, "/count"));
        Assert.Equal(["register 200", "refresh 200"], site.Asked);

        // About to expire: refreshed beside a request. A browser under load may leave it to a later one.
        int count = 21;
        do
        {
            await BringToItsEndAsync(browser, site);
            Assert.Equal($"{++count}", await TextAsync(page, "/count"));
        }
        while (!await site.HasAskedAsync("refresh 200", 2, TimeSpan.FromSeconds(20)) && count < 28);
        await site.ExpectAsync("refresh 200", 2);

        // Another profile with all its cookies.
        await using IBrowserContext thief = await profiles.OpenAsync("thief");
        await CopyAsync(browser, thief, site);
        IPage copied = await thief.NewPageAsync();
        await copied.GotoAsync(site.Address.AbsoluteUri);
        Assert.Equal("ada Given", await TextAsync(copied, "/who"));
        site.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("nobody Missing", await TextAsync(copied, "/who"));
        await LoseBoundCookieAsync(browser);
        Assert.Equal("ada Given", await TextAsync(page, "/who"));
        Assert.Equal("nobody Missing", await TextAsync(copied, "/who"));
        Assert.Equal("ada Given", await TextAsync(page, "/who"));
    }

    [Fact]
    public async Task Outlives_restarts_of_browser_and_server_and_errors_of_the_server()
    {
        await using BoundSite site = await profiles.SiteAsync();
        await using (IBrowserContext before = await profiles.OpenAsync("restarted"))
        {
            await BindAsync(before, site);
        }

        await site.RestartAsync();
        await using IBrowserContext browser = await profiles.OpenAsync("restarted");
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(site.Address.AbsoluteUri);
        Assert.Equal("ada Given", await TextAsync(page, "/who"));
        await LoseBoundCookieAsync(browser);
        Assert.Equal("ada Given", await TextAsync(page, "/who"));
        Assert.Contains("refresh 200", site.Asked);

        foreach (int status in (int[])[500, 503])
        {
            site.RefreshStatus = status;
            await LoseBoundCookieAsync(browser);
            Assert.Equal("nobody Missing", await TextAsync(page, "/who"));
            Assert.Contains("server_error", site.Skipped, StringComparison.Ordinal);
            site.RefreshStatus = null;
            Assert.Equal("ada Given", await TextAsync(page, "/who"));
        }

        // The server's clock is set forward: the browser learns with the first answer that its cookie is over.
        site.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("nobody Missing", await TextAsync(page, "/who"));
        Assert.Equal("ada Given", await TextAsync(page, "/who"));
    }

    [Fact]
    public async Task Is_bound_and_refreshed_on_two_nodes_for_parallel_requests()
    {
        await using BoundSite site = await profiles.TwoNodesAsync(redis.Configuration);
        await using IBrowserContext browser = await profiles.OpenAsync("nodes");
        IPage page = await BindAsync(browser, site);
        await LoseBoundCookieAsync(browser);
        Assert.DoesNotContain("unproved", await CountsAsync(page));
        Assert.Equal("21", await TextAsync(page, "/count"));
        Assert.Equal(["register 200", "refresh 200"], site.Asked);
        Assert.Equal(2, site.NodesThatCounted);
    }

    [Fact]
    public async Task Is_bound_by_a_cross_site_sign_in_and_refreshed_for_a_cross_site_link()
    {
        await using BoundSite site = await profiles.SiteAsync();
        await using IBrowserContext browser = await profiles.OpenAsync("cross");
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(site.Elsewhere, "/post").AbsoluteUri);
        await page.ClickAsync("button");
        await site.ExpectAsync("register 200");
        await page.GotoAsync(site.Address.AbsoluteUri);
        await ExpectAsync(page, "/who", "ada Given");
        site.Clock.Advance(TimeSpan.FromSeconds(61));

        await LoseBoundCookieAsync(browser);
        await page.GotoAsync(new Uri(site.Elsewhere, "/link").AbsoluteUri);
        await page.ClickAsync("a");
        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync("ada Given");
        Assert.Equal(["register 200", "refresh 200"], site.Asked);
    }

    [Fact]
    public async Task Is_forgotten_after_a_sign_out_and_with_the_sites_storage_but_not_its_cookies()
    {
        await using BoundSite site = await profiles.SiteAsync();
        await using IBrowserContext browser = await profiles.OpenAsync("leaving");
        IPage page = await BindAsync(browser, site);
        Assert.Equal("nobody", await TextAsync(page, "/sign-out"));
        Assert.Equal("nobody NotBound", await TextAsync(page, "/who"));
        await site.ExpectAsync("refresh 404");
        Assert.Equal("nobody NotBound", await TextAsync(page, "/who"));
        Assert.Equal(["register 200", "refresh 404"], site.Asked);

        // Signed in again, it is bound again.
        await TextAsync(page, "/sign-in");
        await site.ExpectAsync("register 200", 2);
        await ExpectAsync(page, "/who", "ada Given");
        await TextAsync(page, "/clear?what=cookies");
        await TextAsync(page, "/who");
        await site.ExpectAsync("refresh 200");
        await TextAsync(page, "/clear?what=storage");
        await LoseBoundCookieAsync(browser);
        await TextAsync(page, "/who");
        Assert.Equal(["register 200", "refresh 404", "register 200", "refresh 200"], site.Asked);
    }

    private static async Task<IPage> BindAsync(IBrowserContext browser, BoundSite site)
    {
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(site.Address.AbsoluteUri);
        Assert.Equal("ada", await TextAsync(page, "/sign-in"));
        await site.ExpectAsync("register 200");
        await ExpectAsync(page, "/who", "ada Given");
        site.Clock.Advance(TimeSpan.FromSeconds(61));
        return page;
    }

    private static Task<string> TextAsync(IPage page, string path) => page.EvaluateAsync<string>("path => fetch(path).then(answer => answer.text())", path);

    // Of one address a browser asks one after the other.
    private static Task<string[]> CountsAsync(IPage page) =>
        page.EvaluateAsync<string[]>("Promise.all([...Array(20).keys()].map(i => fetch(`/count?${i}`).then(answer => answer.text())))");

    // The server has answered before the browser has taken it in.
    private static async Task ExpectAsync(IPage page, string path, string text)
    {
        string found = "";
        for (int i = 0; i < 2000 && (found = await TextAsync(page, path)) != text; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(text, found);
    }

    private static async Task<BrowserContextCookiesResult> BoundCookieAsync(IBrowserContext browser) =>
        Assert.Single(await browser.CookiesAsync(), cookie => cookie.Name.StartsWith("__Host-bound-", StringComparison.Ordinal));

    // As its time does.
    private static Task LoseBoundCookieAsync(IBrowserContext browser) =>
        browser.ClearCookiesAsync(new() { NameRegex = new System.Text.RegularExpressions.Regex("^__Host-bound-") });

    // It ends in a minute, and a browser refreshes two minutes ahead.
    private static async Task BringToItsEndAsync(IBrowserContext browser, BoundSite site)
    {
        BrowserContextCookiesResult bound = await BoundCookieAsync(browser);
        await browser.AddCookiesAsync([new()
        {
            Name = bound.Name, Value = bound.Value, Url = site.Address.AbsoluteUri, Secure = true, HttpOnly = true, SameSite = SameSiteAttribute.Lax,
            Expires = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60,
        }]);
    }

    private static async Task CopyAsync(IBrowserContext from, IBrowserContext to, BoundSite site) => await to.AddCookiesAsync((await from.CookiesAsync()).Select(cookie => new Cookie
    {
        Name = cookie.Name,
        Value = cookie.Value,
        Url = site.Address.AbsoluteUri,
        Secure = cookie.Secure,
        HttpOnly = cookie.HttpOnly,
        SameSite = cookie.SameSite,
        Expires = cookie.Expires,
    }));
}
