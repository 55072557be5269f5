using System.Net;
using System.Text.RegularExpressions;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.OpenIddict;

/// <summary>Sign-ins in a browser, at a provider that demands PKCE.</summary>
public sealed partial class SignInTests
{
    [Fact]
    public async Task A_user_without_a_token_is_led_to_the_provider_and_back()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();

        using HttpResponseMessage first = await browser.GetAsync(new Uri(site.Address, "/contacts?page=2"));
        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        using HttpResponseMessage back = await AgreeAsync(site, browser, first.Headers.Location!);
        Assert.Equal("/contacts?page=2", back.Headers.Location!.ToString());
        Assert.Contains("user:ada", await browser.GetStringAsync(new Uri(site.Address, back.Headers.Location)));
        Assert.Equal((1, 0), (site.Authority.Counts.Issued, site.Authority.Counts.Refused));
    }

    [Fact]
    public async Task Five_of_five_sign_ins_in_five_tabs_succeed()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();
        using HttpResponseMessage visit = await browser.GetAsync(new Uri(site.Address, "/contacts"));

        Uri[] tabs = new Uri[5];
        for (int tab = 0; tab < tabs.Length; tab++)
        {
            using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, $"/sign-in?returnUrl=/tab{tab}"));
            tabs[tab] = begun.Headers.Location!;
        }

        for (int tab = tabs.Length - 1; tab >= 0; tab--)
        {
            using HttpResponseMessage back = await AgreeAtAsync(site, browser, tabs[tab]);
            Assert.Equal($"/tab{tab}", back.Headers.Location!.ToString());
        }
    }

    [Fact]
    public async Task An_answer_is_good_once_and_in_its_own_browser()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();
        using HttpClient stranger = Site.Browser();
        using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, "/sign-in"));
        Uri callback = await CallbackAsync(browser, begun.Headers.Location!, "yes");

        using HttpResponseMessage foreign = await stranger.GetAsync(callback);
        using HttpResponseMessage own = await browser.GetAsync(callback);
        using HttpResponseMessage again = await browser.GetAsync(callback);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Found, HttpStatusCode.BadRequest), (foreign.StatusCode, own.StatusCode, again.StatusCode));
        Assert.Equal(1, site.Authority.Counts.TokenRequests);
        Assert.Equal("no-store", own.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task An_answer_that_comes_twice_at_once_is_good_once()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();
        using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, "/sign-in"));
        Uri callback = await CallbackAsync(browser, begun.Headers.Location!, "yes");
        var asked = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        site.Authority.BeforeToken = () =>
        {
            if (!asked.TrySetResult())
            {
                return Task.CompletedTask;
            }

            return goOn.Task;
        };

        Task<HttpResponseMessage> first = browser.GetAsync(callback);
        await asked.Task;
        using HttpResponseMessage second = await browser.GetAsync(callback);
        goOn.SetResult();
        using HttpResponseMessage done = await first;

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Found), (second.StatusCode, done.StatusCode));
        Assert.Equal((1, 0), (site.Authority.Counts.TokenRequests, site.Authority.Counts.Refused));
        Assert.Contains("user:ada", await browser.GetStringAsync(new Uri(site.Address, "/contacts")));
    }

    [Fact]
    public async Task A_user_who_refuses_is_told_so()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();
        using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, "/sign-in"));

        using HttpResponseMessage refused = await browser.GetAsync(await CallbackAsync(browser, begun.Headers.Location!, "no"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("access_denied", await refused.Content.ReadAsStringAsync());
        Assert.Equal(0, site.Authority.Counts.TokenRequests);
    }

    [Fact]
    public async Task The_issuer_of_another_provider_does_not_count()
    {
        await using Site site = await Site.StartAsync();
        foreach (string issuer in new[] { "https://evil.example/", "" })
        {
            using HttpClient browser = Site.Browser();
            using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, "/sign-in"));
            Uri callback = await CallbackAsync(browser, begun.Headers.Location!, "yes");
            var query = QueryHelpers.ParseQuery(callback.Query);
            Assert.Equal(site.Authority.Address.ToString(), query["iss"]);
            query["iss"] = issuer;

            using HttpResponseMessage answer = await browser.GetAsync(new Uri(QueryHelpers.AddQueryString(callback.GetLeftPart(UriPartial.Path), query)));

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(0, site.Authority.Counts.TokenRequests);
    }

    [Fact]
    public async Task Nobody_is_led_elsewhere()
    {
        await using Site site = await Site.StartAsync();
        foreach (string elsewhere in new[] { "https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "/\t/evil.example" })
        {
            using HttpClient browser = Site.Browser();
            using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, $"/sign-in?returnUrl={Uri.EscapeDataString(elsewhere)}"));

            using HttpResponseMessage back = await AgreeAtAsync(site, browser, begun.Headers.Location!);

            Assert.Equal("/", back.Headers.Location!.ToString());
        }
    }

    [Fact]
    public async Task A_scripts_own_request_gets_401_instead_of_a_page()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/contacts"));
        request.Headers.Add("Sec-Fetch-Mode", "cors");

        using HttpResponseMessage answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_redirect_to_the_sign_in_page_keeps_nothing_of_the_request_that_failed()
    {
        await using Site site = await Site.StartAsync();
        using HttpClient browser = Site.Browser();
        await browser.GetStringAsync(new Uri(site.Address, "/notice"));

        using HttpResponseMessage failed = await browser.GetAsync(new Uri(site.Address, "/order"));

        Assert.Equal(HttpStatusCode.SeeOther, failed.StatusCode);
        Assert.Equal("ordered: False, notice: read me", await browser.GetStringAsync(new Uri(site.Address, "/ordered")));
    }

    private static async Task<HttpResponseMessage> AgreeAsync(Site site, HttpClient browser, Uri signIn)
    {
        using HttpResponseMessage begun = await browser.GetAsync(new Uri(site.Address, signIn));
        return await AgreeAtAsync(site, browser, begun.Headers.Location!);
    }

    private static async Task<HttpResponseMessage> AgreeAtAsync(Site site, HttpClient browser, Uri provider) =>
        await browser.GetAsync(await CallbackAsync(browser, provider, "yes"));

    /// <summary>Answers the provider's page as a browser does.</summary>
    private static async Task<Uri> CallbackAsync(HttpClient browser, Uri page, string agree)
    {
        string html = await browser.GetStringAsync(page);
        var fields = HiddenField().Matches(html).Select(match => KeyValuePair.Create(WebUtility.HtmlDecode(match.Groups[1].Value), WebUtility.HtmlDecode(match.Groups[2].Value)));
        using var form = new FormUrlEncodedContent([.. fields, new("user", "ada"), new("agree", agree)]);
        using HttpResponseMessage answer = await browser.PostAsync(page.GetLeftPart(UriPartial.Path), form);
        Assert.True(answer.Headers.Location is not null, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return answer.Headers.Location;
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]*)" value="([^"]*)">""")]
    private static partial Regex HiddenField();

    private sealed class Site(WebApplication app, Authority authority, Uri address) : IAsyncDisposable
    {
        internal Authority Authority => authority;

        internal Uri Address => address;

        internal static async Task<Site> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
            builder.Services.AddFuelSessions(options => options.Driver = "memory");
            Authority? authority = null;
            builder.Services.AddHttpClient("api").AddTokenSession("acme", options => authority!.Configure(options).UseWebSession());
            WebApplication app = builder.Build();

            // Its address is registered at the provider before it has one.
            int port = FreePort.Next();
            app.Urls.Add($"http://127.0.0.1:{port}");
            var address = new Uri($"http://127.0.0.1:{port}");
            authority = await Authority.StartAsync(TimeProvider.System, new Uri(address, "/sign-in/callback"));
            app.UseFuelSessions();
            app.UseTokenSignIn("/sign-in");
            app.MapTokenSignIn("acme", "/sign-in", options => options.Scope = $"{authority.Client.Scope} offline_access");
            app.MapGet("/contacts", (IHttpClientFactory clients) => clients.CreateClient("api").GetStringAsync(new Uri(authority.Address, "/provider/api/me")));
            app.MapGet("/notice", (Session session) => session.SetFlash("notice", "read me").Driver);
            app.MapGet("/order", (IHttpClientFactory clients, Session session) =>
            {
                session.Set("ordered", session.GetFlash<string>("notice") is not null);
                return clients.CreateClient("api").GetStringAsync(new Uri(authority.Address, "/provider/api/me"));
            });
            app.MapGet("/ordered", (Session session) => $"ordered: {session.Get<bool>("ordered")}, notice: {session.GetFlash<string>("notice")}");
            await app.StartAsync();
            return new Site(app, authority, address);
        }

        internal static HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
            await authority.DisposeAsync();
        }
    }
}
