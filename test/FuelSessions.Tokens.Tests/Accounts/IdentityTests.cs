using System.Net;
using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.OpenIddict;

namespace FuelSessions.Tokens.Tests.Accounts;

/// <summary>The flows of ASP.NET Core Identity, with its application cookie taken over by the session.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private const string Password = "Open-Sesame-1";

    private AccountApp _app = null!;

    public async Task InitializeAsync() => _app = await AccountApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Register_sign_out_and_in()
    {
        using TestBrowser browser = _app.App.NewBrowser();
        Assert.EndsWith("/login?ReturnUrl=%2Fmail", (await browser.GetAsync("/mail")).Headers["Location"]);
        Assert.Equal("Succeeded", await browser.TextAsync($"/register?name=ann&password={Password}"));
        Assert.Equal("ann", await browser.TextAsync("/who"));
        Assert.Equal("mail", await browser.TextAsync("/mail"));
        Assert.Equal("xid", Assert.Single(browser.Jar).Key);
        await browser.GetAsync("/logout");
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
        Assert.Equal("Failed", await browser.TextAsync("/login?name=ann&password=wrong"));
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
        TestResponse kept = await browser.GetAsync($"/login?name=ann&password={Password}&keep=true");
        Assert.Equal("Succeeded", kept.Body);
        Assert.Contains("max-age=", Assert.Single(kept.SetCookies, cookie => cookie.StartsWith("xid", StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("ann", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task Who_guesses_is_locked_out()
    {
        using TestBrowser browser = _app.App.NewBrowser();
        await browser.GetAsync($"/register?name=bob&password={Password}");
        await browser.GetAsync("/logout");
        Assert.Equal<string>(
            ["Failed", "Failed", "LockedOut", "LockedOut"],
            [
                await browser.TextAsync("/login?name=bob&password=1"), await browser.TextAsync("/login?name=bob&password=2"),
                await browser.TextAsync("/login?name=bob&password=3"), await browser.TextAsync($"/login?name=bob&password={Password}"),
            ],
            StringComparer.OrdinalIgnoreCase);
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task Two_factors_are_asked_for_before_anybody_is_signed_in()
    {
        using TestBrowser browser = _app.App.NewBrowser();
        await browser.GetAsync($"/register?name=cid&password={Password}");
        string code = await browser.TextAsync("/two-factors");
        Assert.Equal("cid", await browser.TextAsync("/who"));
        await browser.GetAsync("/logout");
        Assert.Equal("RequiresTwoFactor", await browser.TextAsync($"/login?name=cid&password={Password}"));
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
        Assert.Equal("Failed", await browser.TextAsync("/recover?code=wrong"));
        Assert.Equal("Succeeded", await browser.TextAsync($"/recover?code={Uri.EscapeDataString(code)}"));
        Assert.Equal("cid", await browser.TextAsync("/who"));
    }

    [Theory]
    [InlineData("/password?old=Open-Sesame-1&new=Open-Sesame-2", true)]
    [InlineData("/everywhere", false)]
    public async Task A_new_stamp_ends_the_other_sessions_once_they_are_validated(string path, bool goesOn)
    {
        string name = goesOn ? "dan" : "eve";
        using TestBrowser here = _app.App.NewBrowser();
        using TestBrowser there = _app.App.NewBrowser();
        await here.GetAsync($"/register?name={name}&password={Password}");
        Assert.Equal("Succeeded", await there.TextAsync($"/login?name={name}&password={Password}&keep=true"));
        Assert.Equal("Succeeded", await here.TextAsync(path));
        Assert.Equal([name, name], [await here.TextAsync("/who"), await there.TextAsync("/who")]);

        _app.App.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal([goesOn ? name : "nobody ", "nobody "], [await here.TextAsync("/who"), await there.TextAsync("/who")]);
        Assert.Equal(goesOn ? HttpStatusCode.OK : HttpStatusCode.Redirect, (await here.GetAsync("/mail")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync("/mail")).Status);
    }

    [Fact]
    public async Task Who_is_valid_stays_and_is_asked_about_once_an_interval()
    {
        using TestBrowser browser = _app.App.NewBrowser();
        await browser.GetAsync($"/register?name=fay&password={Password}");
        for (int hour = 0; hour < 3; hour++)
        {
            _app.App.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal("fay", await browser.TextAsync("/who"));
        }
    }
}
