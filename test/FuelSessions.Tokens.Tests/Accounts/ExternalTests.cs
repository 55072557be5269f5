using System.Net;
using System.Text.RegularExpressions;
using FuelSessions.Demo.Authority;
using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.OpenIddict;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;

namespace FuelSessions.Tokens.Tests.Accounts;

/// <summary>Sign-ins at a provider by OpenID Connect, whose tokens are kept at the server.</summary>
public sealed partial class ExternalTests
{
    [Fact]
    public async Task Identity_signs_in_whom_a_provider_knows()
    {
        await using Authority authority = await Authority.StartAsync(TimeProvider.System);
        await using AccountApp app = await AccountApp.StartAsync(authority);
        using TestBrowser browser = app.App.NewBrowser();
        await AllowAsync(authority, app.App);
        Assert.Equal("Failed", await SignInAsync(browser, "/external"));
        Assert.Equal("ada", await browser.TextAsync("/who"));
        await AssertTokenAsync(authority, await browser.TextAsync("/token"));
        await browser.GetAsync("/logout");
        Assert.Equal("nobody ", await browser.TextAsync("/who"));
        Assert.Equal("Succeeded", await SignInAsync(browser, "/external"));
        Assert.Equal("ada", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task The_session_takes_a_sign_in_and_its_tokens_without_Identity()
    {
        await using Authority authority = await Authority.StartAsync(TimeProvider.System);
        await using TestApp app = await TestApp.StartAsync(
            map: web =>
            {
                web.UseAuthentication();
                web.UseAuthorization();
                web.MapGet("/mail", (HttpContext http, Session session) => $"{http.User.FindFirst("sub")?.Value} {session.Principal}").RequireAuthorization();
                web.MapGet("/token", async (HttpContext http) => await http.GetTokenAsync("access_token") ?? "none");
                web.MapGet("/out", (HttpContext http) => http.SignOutAsync(FuelSessionsAuthenticationDefaults.AuthenticationScheme));
            },
            services: services =>
            {
                services.AddAuthorization();
                AccountApp.AddProvider(
                    services.AddAuthentication(o =>
                    {
                        o.DefaultScheme = FuelSessionsAuthenticationDefaults.AuthenticationScheme;
                        o.DefaultChallengeScheme = "Provider";
                    }).AddFuelSessions(),
                    authority,
                    signInScheme: null);
            });
        await AllowAsync(authority, app);
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("ada ada", await SignInAsync(browser, "/mail"));
        string token = await browser.TextAsync("/token");
        await AssertTokenAsync(authority, token);
        Assert.True(browser.Jar["xid"].Length < 300, "The cookie holds no tokens.");
        await browser.GetAsync("/out");
        Assert.Equal("none", await browser.TextAsync("/token"));
    }

    private static async Task AssertTokenAsync(Authority authority, string token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Contains("user:ada", await http.GetStringAsync(new Uri(authority.Address, "/provider/api/me")));
    }

    private static async Task AllowAsync(Authority authority, TestApp app)
    {
        await using AsyncServiceScope scope = authority.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().AllowAsync(authority.Client, new Uri(app.Address, "/signin-oidc"));
    }

    // As a browser does, page by page.
    private static async Task<string> SignInAsync(TestBrowser browser, string path)
    {
        TestResponse challenge = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, challenge.Status);
        var page = new Uri(challenge.Headers["Location"]);
        using var atProvider = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        string html = await atProvider.GetStringAsync(page);
        var fields = HiddenField().Matches(html).Select(match => KeyValuePair.Create(WebUtility.HtmlDecode(match.Groups[1].Value), WebUtility.HtmlDecode(match.Groups[2].Value)));
        using var form = new FormUrlEncodedContent([.. fields, new("user", "ada"), new("agree", "yes")]);
        using HttpResponseMessage agreed = await atProvider.PostAsync(page.GetLeftPart(UriPartial.Path), form);
        Assert.True(agreed.Headers.Location is not null, $"{agreed.StatusCode}: {await agreed.Content.ReadAsStringAsync()}");
        TestResponse back = await browser.GetAsync(agreed.Headers.Location.PathAndQuery);
        Assert.True(back.Headers.TryGetValue("Location", out string? target), $"{back.Status}: {back.Body}");
        return await browser.TextAsync(target);
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]*)" value="([^"]*)">""")]
    private static partial Regex HiddenField();
}
