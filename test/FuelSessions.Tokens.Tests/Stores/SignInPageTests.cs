using System.Net;
using System.Security.Cryptography;
using FuelSessions.Drivers;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.Processes;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>Signing in at the provider's page, by whatever settings the session goes that remembers it.</summary>
public sealed class SignInPageTests : IAsyncLifetime
{
    private Provider? _provider;

    private Provider Provider => _provider!;

    public async Task InitializeAsync() => _provider = await Provider.StartAsync();

    public async Task DisposeAsync() => await Provider.DisposeAsync();

    /// <summary>Neither page has anything to show it on.</summary>
    [Fact]
    public async Task A_flash_message_is_there_when_the_user_is_back()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/flash");
        TestResponse back = await SignInAsync(browser);
        Assert.Equal("/", back.Headers["Location"]);
        Assert.Equal("saved", await browser.TextAsync("/message"));
        Assert.Equal("", await browser.TextAsync("/message"));
    }

    /// <summary>As cookie authentication's cookies need none.</summary>
    [Fact]
    public async Task Who_has_not_consented_to_cookies_can_sign_in()
    {
        await using TestApp app = await StartAsync(before: web => web.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = _ => true }));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("/", (await SignInAsync(browser)).Headers.GetValueOrDefault("Location"));
        Assert.Equal("true", await browser.TextAsync("/signed-in"));

        // A visit that is no sign-in begins nothing, as before.
        using TestBrowser visitor = app.NewBrowser();
        await visitor.GetAsync("/flash");
        Assert.Empty(visitor.Jar);
    }

    /// <summary>The provider's page leads back from another site, with which browsers hold such a cookie back.</summary>
    [Fact]
    public async Task A_strict_cookie_comes_with_the_answer_all_the_same()
    {
        await using TestApp app = await StartAsync(sessions => sessions.CookieSameSite = SameSiteMode.Strict);
        using TestBrowser browser = app.NewBrowser();
        string callback = await BeginAsync(browser);
        string[] jar = [.. browser.Jar.Values];

        TestResponse held = await FromElsewhereAsync(browser, callback);
        string next = Next(held);
        Assert.StartsWith(callback, next, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, 0, 0), (held.Status, held.SetCookies.Length, Provider.StandIn.TokenRequests));
        Assert.Equal(jar, browser.Jar.Values);
        Assert.Equal("/", (await browser.GetAsync(next)).Headers.GetValueOrDefault("Location"));
        Assert.Equal("true", await browser.TextAsync("/signed-in"));

        // Once: of who has no cookie it is not asked for ever.
        using TestBrowser stranger = app.NewBrowser();
        Assert.Equal(HttpStatusCode.BadRequest, (await FromElsewhereAsync(stranger, Next(await FromElsewhereAsync(stranger, callback)))).Status);
    }

    /// <summary>A link on another site leads to a page that has the user sign in.</summary>
    [Fact]
    public async Task A_sign_in_that_a_strict_cookie_is_held_back_from_begins_in_the_session_that_it_is_of()
    {
        await using TestApp app = await StartAsync(sessions => sessions.CookieSameSite = SameSiteMode.Strict);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/flash");
        string next = Next(await FromElsewhereAsync(browser, "/sign-in?returnUrl=%2Forders%3Fa%3D1%26b%3D2"));
        TestResponse back = await browser.GetAsync(CallbackOf(await browser.GetAsync(next)));
        Assert.Equal(("/orders?a=1&b=2", "saved"), (back.Headers.GetValueOrDefault("Location"), await browser.TextAsync("/message")));
    }

    /// <summary>It could not end: nobody is sent to the provider for nothing.</summary>
    [Fact]
    public async Task What_can_t_be_remembered_is_not_begun()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser late = app.NewBrowser();
        await browser.GetAsync("/flash");
        late.Jar.TryAdd(browser.Jar.Keys.Single(), browser.Jar.Values.Single());
        await browser.GetAsync("/attach");
        TestResponse refused = await late.GetAsync("/sign-in");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (refused.Status, refused.Headers.ContainsKey("Location")));
        Assert.Empty(refused.SetCookies);
        Assert.Equal("/", (await SignInAsync(browser)).Headers.GetValueOrDefault("Location"));
    }

    [Fact]
    public async Task While_the_store_is_away_nobody_is_sent_to_the_provider()
    {
        FaultyDriver? faulty = null;
        await using TestApp app = await StartAsync(
            sessions => sessions.OnStoreFailure = StoreFailureAction.Detach,
            drivers: sessions => sessions.DecorateDriver("memory", (driver, _) => faulty = new FaultyDriver(driver)));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/flash");
        (faulty!.FailAt, faulty.StaysDown) = (faulty.Calls + 1, true);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync("/sign-in")).Status);
    }

    [Fact]
    public async Task Five_tabs_fit_into_a_session_that_travels()
    {
        await using TestApp app = await StartAsync(sessions => sessions.Driver = "cookie", elsewhere: true);
        using TestBrowser browser = app.NewBrowser();
        string[] callbacks = await BeginAllAsync(browser, tabs: 5, tab => $"/orders/2026/11/{tab}");

        Assert.Equal("/orders/2026/11/0", (await browser.GetAsync(callbacks[0])).Headers.GetValueOrDefault("Location"));
    }

    /// <summary>As anybody's page can lead here with an address of any length: neither later tabs nor what the app keeps may fail for it.</summary>
    [Fact]
    public async Task Of_tabs_that_do_not_fit_into_a_session_that_travels_the_latest_stay()
    {
        await using TestApp app = await StartAsync(sessions => sessions.Driver = "cookie", elsewhere: true);
        using TestBrowser browser = app.NewBrowser();
        string[] callbacks = await BeginAllAsync(browser, tabs: 8, tab => Long(700, tab));

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/flash")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync(callbacks[0])).Status);
        Assert.Equal(Long(700, 7), (await browser.GetAsync(callbacks[7])).Headers.GetValueOrDefault("Location"));
        Assert.Equal("saved", await browser.TextAsync("/message"));
    }

    /// <summary>A session that is nearly full has room for fewer of them.</summary>
    [Theory]
    [InlineData("cookie")]
    [InlineData("memory")]
    public async Task A_tab_takes_the_place_of_earlier_ones_that_it_does_not_fit_beside(string driver)
    {
        await using TestApp app = await StartAsync(sessions => (sessions.Driver, sessions.MaxPayloadBytes) = (driver, 2400), elsewhere: true);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/fill/1000");
        string first = await BeginAsync(browser);
        string last = "";
        for (int tab = 1; tab < 5; tab++)
        {
            last = await BeginAsync(browser, $"/sign-in?returnUrl={Long(200, tab)}");
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync(first)).Status);
        Assert.Equal(Long(200, 4), (await browser.GetAsync(last)).Headers.GetValueOrDefault("Location"));
    }

    [Theory]
    [InlineData("cookie", 2300)]
    [InlineData("memory", 2300)]
    public async Task In_a_session_that_is_full_no_sign_in_begins_and_all_else_goes_on(string driver, int filled)
    {
        await using TestApp app = await StartAsync(sessions => (sessions.Driver, sessions.MaxPayloadBytes) = (driver, 2400), elsewhere: true);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync($"/fill/{filled}");
        TestResponse refused = await browser.GetAsync("/sign-in");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (refused.Status, refused.Headers.ContainsKey("Location")));
        Assert.Contains(app.Logs.Lines, line => line.Id == 304 && line.Error is SessionTooLargeException);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Id == 152);
        Assert.Equal($"{filled}", await browser.TextAsync("/filled"));
    }

    /// <summary>What a cookie has no room for is no reason to sign nobody in.</summary>
    [Theory]
    [InlineData("cookie", false)]
    [InlineData("memory", true)]
    public async Task An_address_to_return_to_that_is_too_long_is_refused(string driver, bool isKept)
    {
        await using TestApp app = await StartAsync(sessions => sessions.Driver = driver, elsewhere: true);
        using TestBrowser browser = app.NewBrowser();
        TestResponse refused = await browser.GetAsync($"/sign-in?returnUrl={Long(2049)}");
        Assert.Equal((HttpStatusCode.BadRequest, false, 0), (refused.Status, refused.Headers.ContainsKey("Location"), refused.SetCookies.Length));
        Assert.Contains("2048", refused.Body, StringComparison.Ordinal);

        // Counted as a header has it: of each of these letters that is six characters.
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync($"/sign-in?returnUrl=/{new string('\u00e9', 400)}")).Status);
        string callback = await BeginAsync(browser, $"/sign-in?returnUrl={Long(2048)}");
        Assert.Equal(isKept ? Long(2048) : "/", (await browser.GetAsync(callback)).Headers.GetValueOrDefault("Location"));
    }

    [Fact]
    public async Task Who_is_led_to_sign_in_from_an_address_that_is_too_long_goes_on_all_the_same()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        string to = (await browser.GetAsync($"/needs?q={new string('q', 2048)}")).Headers["Location"];
        Assert.Equal("/sign-in", to);
        Assert.Equal("/", (await browser.GetAsync(CallbackOf(await browser.GetAsync(to)))).Headers.GetValueOrDefault("Location"));
    }

    [Fact]
    public async Task Tokens_go_where_sessions_go_when_another_driver_becomes_the_default()
    {
        await using TestApp app = await StartAsync(drivers: sessions => sessions.AddDriver(
            "second", "oid", services => new MemorySessionDriver(services.GetRequiredService<TimeProvider>(), maxSessions: 10)));
        using TestBrowser browser = app.NewBrowser();
        await SignInAsync(browser);
        Change(app, "second");
        Assert.Equal("false", await browser.TextAsync("/signed-in"));
        Assert.Equal("/", (await SignInAsync(browser)).Headers.GetValueOrDefault("Location"));
        Assert.Equal("true", await browser.TextAsync("/signed-in"));
        Change(app, "memory");
        Assert.Equal("true", await browser.TextAsync("/signed-in"));
    }

    private static void Change(TestApp app, string driver)
    {
        var configuration = (IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>();
        configuration["FuelSessions:Driver"] = driver;
        configuration.Reload();
    }

    // Nothing that could be made shorter on its way.
    private static string Long(int length, int seed = 0)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return $"/{Convert.ToHexStringLower(bytes)}"[..length];
    }

    private static Task<TestResponse> FromElsewhereAsync(TestBrowser browser, string path) => browser.SendAsync(HttpMethod.Get, path, edit: request =>
    {
        request.Headers.Remove("Cookie");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
    });

    private static string Next(TestResponse page) =>
        page.Body.Split("url=", 2) is [_, string rest] ? WebUtility.HtmlDecode(rest.Split('"')[0]) : throw new InvalidOperationException($"{page.Status} {page.Body}");

    private async Task<string> BeginAsync(TestBrowser browser, string path = "/sign-in") => CallbackOf(await browser.GetAsync(path));

    private async Task<string[]> BeginAllAsync(TestBrowser browser, int tabs, Func<int, string> returnUrl)
    {
        string[] callbacks = new string[tabs];
        for (int tab = 0; tab < tabs; tab++)
        {
            callbacks[tab] = await BeginAsync(browser, $"/sign-in?returnUrl={returnUrl(tab)}");
        }

        return callbacks;
    }

    private string CallbackOf(TestResponse begun)
    {
        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(new Uri(begun.Headers["Location"]).Query);
        string code = Provider.StandIn.IssueCode("ada", query["redirect_uri"]!, query["code_challenge"]);
        return $"/sign-in/callback?code={code}&state={query["state"]}";
    }

    private async Task<TestResponse> SignInAsync(TestBrowser browser) => await browser.GetAsync(await BeginAsync(browser));

    private Task<TestApp> StartAsync(
        Action<FuelSessionsOptions>? configure = null, Action<WebApplication>? before = null, Action<FuelSessionsBuilder>? drivers = null, bool elsewhere = false) => TestApp.StartAsync(
            configure,
            map =>
            {
                map.MapGet("/flash", (Session session) => session.SetFlash("message", "saved").Set("cart", 1).IsNew);
                map.MapGet("/message", (Session session) => session.GetFlash<string>("message") ?? "");
                map.MapGet("/attach", (Session session) => session.AttachPrincipal("ada").IsNew);
                map.MapGet("/signed-in", async (TokenSessionFactory tokens) => (await tokens.CreateAsync(Client.Name)).IsAuthenticated);
                map.MapGet("/fill/{length:int}", (int length, Session session) => session.Set("filling", Convert.ToBase64String(RandomNumberGenerator.GetBytes(length))[..length]).IsNew);
                map.MapGet("/filled", (Session session) => session.Get<string>("filling")?.Length);
                map.UseTokenSignIn();
                map.MapGet("/needs", void () => throw new TokenRefusedException("There is none."));
                map.MapTokenSignIn(Client.Name);
            },
            drivers,
            before,
            services: services => services.AddTokenSession(Client.Name, options =>
            {
                options.ClientId = Provider.StandIn.ClientId;
                options.ClientSecret = Provider.StandIn.ClientSecret;
                options.TokenEndpoint = new Uri(Provider.Address, "/provider/oauth/token");
                options.AuthorizationEndpoint = new Uri(Provider.Address, "/provider/oauth/authorize");
                _ = elsewhere ? options.UseMemory() : options.UseWebSession();
            }));
}
