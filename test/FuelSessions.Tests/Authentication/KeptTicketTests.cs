using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Authentication;

/// <summary>Cookie authentication that keeps its tickets with a driver of the app's sessions.</summary>
public class KeptTicketTests
{
    [Fact]
    public async Task A_copied_cookie_is_worthless_after_a_sign_out()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser copy = app.NewBrowser();
        await browser.GetAsync("/in");
        (string name, string value) = Assert.Single(browser.Jar);
        Assert.True(value.Length < 600, "The claims are not in the cookie.");
        copy.Jar[name] = value;
        Assert.Equal(["ann blue", "ann blue"], [await browser.TextAsync("/who"), await copy.TextAsync("/who")]);
        await browser.GetAsync("/out");
        Assert.Equal([" ", " "], [await browser.TextAsync("/who"), await copy.TextAsync("/who")]);
    }

    /// <summary>The cookie handler goes on with the reference that came, which may have been planted.</summary>
    [Fact]
    public async Task A_sign_in_after_a_sign_out_has_a_reference_of_its_own()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser planter = app.NewBrowser();
        await planter.GetAsync("/in?name=mallory");
        (string name, string value) = Assert.Single(planter.Jar);
        browser.Jar[name] = value;
        await browser.GetAsync("/out");
        await browser.GetAsync("/in");
        Assert.Equal(["ann blue", " "], [await browser.TextAsync("/who"), await planter.TextAsync("/who")]);
    }

    [Fact]
    public async Task It_ends_and_is_renewed_as_without()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in?until=60");
        for (int time = 0; time < 5; time++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(40));
            Assert.Equal("ann blue", await browser.TextAsync("/who"));
        }

        app.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(" ", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task It_is_for_the_scheme_that_was_added_last_or_is_named()
    {
        await using TestApp app = await StartAsync(authentication => authentication.AddCookie("First").AddCookie("Second").KeepTicketsInSession());
        var options = app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>();
        Assert.Null(options.Get("First").SessionStore);
        Assert.NotNull(options.Get("Second").SessionStore);
        Assert.NotNull(options.Get("Cookies").SessionStore);
    }

    [Fact]
    public async Task What_was_removed_is_not_brought_back_by_who_renews_it()
    {
        await using TestApp app = await StartAsync();
        ITicketStore store = StoreOf(app);
        var ticket = new AuthenticationTicket(Principals.Named("ann"), "Cookies");
        string key = await store.StoreAsync(ticket);
        await store.RenewAsync(key, new AuthenticationTicket(Principals.Named("bob"), "Cookies"));
        Assert.Equal("bob", (await store.RetrieveAsync(key))?.Principal.Identity?.Name);
        char other = key[^1] == 'A' ? 'E' : 'A';
        Assert.Null(await store.RetrieveAsync(key[..^1] + other));
        Assert.Null(await store.RetrieveAsync("nonsense"));
        await store.RemoveAsync(key);
        await store.RenewAsync(key, ticket);
        await store.RemoveAsync(key);
        Assert.Null(await store.RetrieveAsync(key));
    }

    /// <summary>Also where an index is written apart from the record.</summary>
    [Fact]
    public async Task The_registry_finds_and_ends_it_as_it_does_sessions()
    {
        await using TestApp app = await StartAsync(drivers: AnnouncedOnly.Decorate);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        ISessionRegistry registry = app.Services.GetRequiredService<ISessionRegistry>();
        Assert.Equal("memory", Assert.Single(await registry.ListAsync("id-ann")).Driver);
        Assert.Equal(1, await registry.EndAllAsync("id-ann"));
        Assert.Equal(" ", await browser.TextAsync("/who"));

        ITicketStore store = StoreOf(app);
        string key = await store.StoreAsync(new AuthenticationTicket(Principals.Named("ann"), "Cookies"));
        await store.RenewAsync(key, new AuthenticationTicket(Principals.Named("bob"), "Cookies"));
        Assert.Equal((0, 1), (await registry.CountAsync("id-ann"), await registry.CountAsync("id-bob")));
    }

    /// <summary>As after a change of password, or in the request that signs in.</summary>
    [Fact]
    public async Task The_present_one_is_known_as_the_present_session_is()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser other = app.NewBrowser();
        await browser.GetAsync("/in");
        await other.GetAsync("/in");
        Assert.Equal(["True False", "True False"], [await browser.TextAsync("/list"), await other.TextAsync("/list")]);
        Assert.Equal("1", await browser.TextAsync("/end-others"));
        Assert.Equal(["ann blue", " "], [await browser.TextAsync("/who"), await other.TextAsync("/who")]);
        await other.GetAsync("/in?others=true");
        Assert.Equal([" ", "ann blue"], [await browser.TextAsync("/who"), await other.TextAsync("/who")]);
    }

    /// <summary>Cookie authentication decides when it ends, whatever the absolute end of sessions is: also after that it is found, and ended.</summary>
    [Theory]
    [InlineData("12:00:00", 14)]
    [InlineData(null, 14)]
    [InlineData(null, 3_000_000)]
    public async Task It_is_found_for_as_long_as_it_lives(string? absolute, int days)
    {
        await using TestApp app = await StartAsync(
            drivers: AnnouncedOnly.Decorate,
            configure: o => o.AbsoluteExpiration = absolute is null ? null : TimeSpan.Parse(absolute, CultureInfo.InvariantCulture));
        ISessionRegistry registry = app.Services.GetRequiredService<ISessionRegistry>();
        ITicketStore store = StoreOf(app);
        string key = await store.StoreAsync(Until(days));
        for (int time = 0; time < 20; time++)
        {
            app.Clock.Advance(TimeSpan.FromDays(13));
            Assert.Equal(1, await registry.CountAsync("id-ann"));
            await store.RenewAsync(key, Until(days));
        }

        Assert.Equal(1, await registry.EndAllAsync("id-ann"));
        Assert.Null(await store.RetrieveAsync(key));

        AuthenticationTicket Until(int inDays)
        {
            DateTimeOffset now = app.Clock.GetUtcNow();
            DateTimeOffset end = (DateTimeOffset.MaxValue - now).TotalDays < inDays ? DateTimeOffset.MaxValue : now.AddDays(inDays);
            return new AuthenticationTicket(Principals.Named("ann"), new AuthenticationProperties { ExpiresUtc = end }, "Cookies");
        }
    }

    [Fact]
    public async Task The_app_is_told_of_it_as_of_a_session()
    {
        var told = new EventRecorder();
        await using TestApp app = await StartAsync(told: told);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in");
        await browser.GetAsync("/out");
        ITicketStore store = StoreOf(app);
        string key = await store.StoreAsync(new AuthenticationTicket(Principals.Named("ann"), "Cookies"));
        await store.RenewAsync(key, new AuthenticationTicket(Principals.Named("ann"), "Cookies"));
        await store.RenewAsync(key, new AuthenticationTicket(Principals.Named("bob"), "Cookies"));
        await store.RemoveAsync(key);
        await store.RemoveAsync(key);
        Assert.Equal(
            [
                "Began id-ann", "SignedIn id-ann", "SignedOut id-ann", "Ended id-ann Destroyed",
                "Began id-ann", "SignedIn id-ann", "SignedOut id-ann", "SignedIn id-bob", "SignedOut id-bob", "Ended id-bob Destroyed",
            ],
            told.All.Select(happened => $"{happened.Kind} {happened.Principal} {happened.Ending}".TrimEnd()));
    }

    [Theory]
    [InlineData("cookie", "keeps nothing at the server")]
    [InlineData("rediss", "'rediss'")]
    public async Task A_driver_that_can_t_is_refused_at_the_start(string driver, string said)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(authentication => authentication.AddCookie("Other").KeepTicketsInSession(driver)));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static ITicketStore StoreOf(TestApp app) =>
        app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies").SessionStore!;

    private static Task<TestApp> StartAsync(
        Action<AuthenticationBuilder>? more = null, Action<FuelSessionsBuilder>? drivers = null, SessionEvents? told = null, Action<FuelSessionsOptions>? configure = null) => TestApp.StartAsync(
        configure,
        map: app =>
        {
            app.UseAuthentication();
            app.MapGet("/in", async (HttpContext http, ISessionRegistry registry, int? until, string? name, bool others = false) =>
            {
                await http.SignInAsync("Cookies", Principals.Named(name ?? "ann"), new AuthenticationProperties
                {
                    Items = { ["colour"] = "blue" },
                    ExpiresUtc = until is { } minutes ? http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().AddMinutes(minutes) : null,
                });
                return others ? await registry.EndAllAsync("id-ann", exceptCurrent: true) : 0;
            });
            app.MapGet("/end-others", (ISessionRegistry registry) => registry.EndAllAsync("id-ann", exceptCurrent: true));
            app.MapGet("/list", async (ISessionRegistry registry) => string.Join(' ', (await registry.ListAsync("id-ann")).Select(session => session.IsCurrent).OrderDescending()));
            app.MapGet("/out", (HttpContext http) => http.SignOutAsync("Cookies"));
            app.MapGet("/who", async (HttpContext http) => $"{http.User.Identity?.Name} {(await http.AuthenticateAsync("Cookies")).Properties?.Items["colour"]}");
        },
        drivers: drivers,
        services: services =>
        {
            AuthenticationBuilder authentication = services.AddAuthentication("Cookies").AddCookie().KeepTicketsInSession("memory");
            more?.Invoke(authentication);
            if (told is not null)
            {
                services.AddSingleton(told);
            }
        });

    // Finds what it was told of before it was written, and for as long as it was told, as stores do that can't write both at once.
    private sealed class AnnouncedOnly(ISessionDriver inner, TimeProvider clock) : DelegatingSessionDriver(inner), IFindByPrincipal
    {
        private readonly ConcurrentDictionary<(string, SessionKey), DateTimeOffset> _announced = new();

        internal static void Decorate(FuelSessionsBuilder sessions) =>
            sessions.DecorateDriver("memory", (driver, services) => new AnnouncedOnly(driver, services.GetRequiredService<TimeProvider>()));

        public ValueTask AnnounceAsync(string principal, SessionKey key, DateTimeOffset? latestEnd, CancellationToken cancellationToken)
        {
            _announced[(principal, key)] = latestEnd ?? DateTimeOffset.MaxValue;
            return default;
        }

        public async ValueTask<IReadOnlyList<SessionRecord>> FindByPrincipalAsync(string principal, CancellationToken cancellationToken) =>
            [.. (await ((IFindByPrincipal)Inner).FindByPrincipalAsync(principal, cancellationToken))
                .Where(record => _announced.TryGetValue((principal, record.Key), out DateTimeOffset latest) && latest > clock.GetUtcNow())];
    }
}
