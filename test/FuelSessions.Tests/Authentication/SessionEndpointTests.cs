using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using FuelSessions.Drivers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Authentication;

/// <summary>The endpoints at which users see and end their own sessions.</summary>
public class SessionEndpointTests
{
    [Fact]
    public async Task A_user_sees_and_ends_their_own_sessions()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser laptop = app.NewBrowser("Laptop/1.0");
        using TestBrowser phone = app.NewBrowser("Phone/2.0");
        using TestBrowser tablet = app.NewBrowser("Tablet/3.0");
        using TestBrowser stranger = app.NewBrowser();
        foreach (TestBrowser browser in (TestBrowser[])[laptop, phone, tablet])
        {
            await browser.GetAsync("/in/ann");
            app.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await stranger.GetAsync("/in/eve");
        JsonElement list = await ListAsync(laptop);
        JsonElement[] sessions = [.. list.GetProperty("sessions").EnumerateArray()];
        Assert.Equal(["Tablet/3.0", "Phone/2.0", "Laptop/1.0"], sessions.Select(session => session.GetProperty("userAgent").GetString()));
        Assert.Equal([false, false, true], sessions.Select(session => session.GetProperty("isCurrent").GetBoolean()));

        string phones = sessions[1].GetProperty("handle").GetString()!;
        Assert.Equal(HttpStatusCode.BadRequest, (await laptop.SendAsync(HttpMethod.Delete, $"/account/sessions/{phones}")).Status);
        Assert.Equal("id-ann", await phone.TextAsync("/who"));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(stranger, HttpMethod.Delete, phones));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(laptop, HttpMethod.Delete, phones));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(laptop, HttpMethod.Delete, phones));
        Assert.Equal(["id-ann", "", "id-ann"], [await laptop.TextAsync("/who"), await phone.TextAsync("/who"), await tablet.TextAsync("/who")]);

        Assert.Equal(HttpStatusCode.BadRequest, (await laptop.SendAsync(HttpMethod.Post, "/account/sessions/end-others")).Status);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(laptop, HttpMethod.Post, "end-others"));
        Assert.Equal(["id-ann", "", "id-eve"], [await laptop.TextAsync("/who"), await tablet.TextAsync("/who"), await stranger.TextAsync("/who")]);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_told_by_a_status()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/account/sessions")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Post, "/account/sessions/end-others")).Status);
    }

    /// <summary>Antiforgery warns of each answer whose headers it has to correct.</summary>
    [Fact]
    public async Task A_list_is_not_to_be_kept_and_nothing_is_warned_of()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in/ann");
        string cacheControl = (await browser.GetAsync("/account/sessions")).Headers["Cache-Control"];
        Assert.Contains("no-store", cacheControl, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Warning && line.Category.Contains("Antiforgery", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Antiforgery_is_not_forgotten() =>
        Assert.Contains("AddAntiforgery", (await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(antiforgery: false))).Message, StringComparison.Ordinal);

    /// <summary>A driver that finds no user's sessions may be a matter of configuration: the rest of the app goes on, and these say what they want.</summary>
    [Theory]
    [InlineData("cookie")]
    [InlineData("keyed")]
    public async Task Where_the_driver_finds_nobody_s_sessions_they_say_so(string driver)
    {
        await using TestApp app = await StartAsync(driver: driver);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in/ann");
        string token = await browser.TextAsync("/token");
        foreach ((HttpMethod method, string path) in (IEnumerable<(HttpMethod, string)>)[(HttpMethod.Get, ""), (HttpMethod.Delete, "/any"), (HttpMethod.Post, "/end-others")])
        {
            TestResponse response = await browser.SendAsync(method, $"/account/sessions{path}", edit: request => request.Headers.TryAddWithoutValidation("RequestVerificationToken", token));
            Assert.Equal(HttpStatusCode.NotImplemented, response.Status);
            JsonElement problem = JsonDocument.Parse(response.Body).RootElement;
            Assert.Equal(501, problem.GetProperty("status").GetInt32());
            Assert.Contains("db, redis, file or memory", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("id-ann", await browser.TextAsync("/who"));
    }

    /// <summary>Preferences in a cookie, say, and people signed in where their sessions can be found.</summary>
    [Theory]
    [InlineData("cookie")]
    [InlineData("keyed")]
    public async Task What_the_default_driver_can_t_do_is_nothing_to_who_signs_in_to_another(string driver)
    {
        await using TestApp app = await StartAsync(driver: driver, signInTo: "memory");
        using TestBrowser laptop = app.NewBrowser();
        using TestBrowser phone = app.NewBrowser();
        await laptop.GetAsync("/in/ann");
        await phone.GetAsync("/in/ann");
        Assert.Equal(2, (await ListAsync(laptop)).GetProperty("sessions").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, await SendAsync(laptop, HttpMethod.Post, "end-others"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await phone.GetAsync("/account/sessions")).Status);
        Assert.Single((await ListAsync(laptop)).GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task They_ask_the_registry_that_the_app_has_put_there()
    {
        var registry = new OwnRegistry();
        await using TestApp app = await StartAsync(services: services => services.AddSingleton<ISessionRegistry>(registry));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in/ann");
        Assert.Equal(HttpStatusCode.OK, await SendAsync(browser, HttpMethod.Post, "end-others"));
        Assert.Equal(["list id-ann", "end all id-ann but True"], registry.Asked);
    }

    /// <summary>They have no session, and a cookie scheme whose tickets are kept like one.</summary>
    [Fact]
    public async Task Who_is_signed_in_by_a_ticket_that_is_kept_sees_and_ends_theirs()
    {
        await using TestApp app = await StartAsync(services: all => all.AddAuthentication("Cookies").AddCookie("Cookies").KeepTicketsInSession("memory"));
        using TestBrowser laptop = app.NewBrowser();
        using TestBrowser phone = app.NewBrowser();
        using TestBrowser stranger = app.NewBrowser();
        await laptop.GetAsync("/in/ann?scheme=Cookies");
        await phone.GetAsync("/in/ann?scheme=Cookies");
        await stranger.GetAsync("/in/eve?scheme=Cookies");
        JsonElement[] sessions = [.. (await ListAsync(laptop)).GetProperty("sessions").EnumerateArray()];
        Assert.Equal([false, true], sessions.Select(session => session.GetProperty("isCurrent").GetBoolean()).Order());
        string phones = sessions.Single(session => !session.GetProperty("isCurrent").GetBoolean()).GetProperty("handle").GetString()!;
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(stranger, HttpMethod.Delete, phones));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(laptop, HttpMethod.Delete, phones));
        Assert.Equal(HttpStatusCode.Unauthorized, (await phone.GetAsync("/account/sessions")).Status);
        await phone.GetAsync("/in/ann?scheme=Cookies");
        Assert.Equal(HttpStatusCode.OK, await SendAsync(laptop, HttpMethod.Post, "end-others"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await phone.GetAsync("/account/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await laptop.GetAsync("/account/sessions")).Status);
        Assert.Single((await ListAsync(stranger)).GetProperty("sessions").EnumerateArray());
    }

    /// <summary>What a request is authenticated as counts, and not what else it has in its cookies.</summary>
    [Fact]
    public async Task Nobody_gets_the_sessions_of_somebody_else_who_is_signed_in_to_the_browser()
    {
        await using TestApp app = await StartAsync(services: all =>
        {
            all.AddAuthentication(FuelSessionsAuthenticationDefaults.AuthenticationScheme).AddScheme<AuthenticationSchemeOptions, HeaderHandler>("Header", null);
            all.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder("Header").RequireAuthenticatedUser().Build());
        });
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser phone = app.NewBrowser();
        await browser.GetAsync("/in/ann");
        await phone.GetAsync("/in/ann");
        string token = await browser.TextAsync("/token");
        foreach ((HttpMethod method, string path) in (IEnumerable<(HttpMethod, string)>)[(HttpMethod.Get, ""), (HttpMethod.Delete, "/any"), (HttpMethod.Post, "/end-others")])
        {
            TestResponse refused = await AskAsync(method, path, "eve");
            Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
            Assert.Equal(403, JsonDocument.Parse(refused.Body).RootElement.GetProperty("status").GetInt32());
        }

        Assert.Equal("id-ann", await phone.TextAsync("/who"));
        TestResponse list = await AskAsync(HttpMethod.Get, "", "ann");
        Assert.Equal(2, JsonDocument.Parse(list.Body).RootElement.GetProperty("sessions").GetArrayLength());

        Task<TestResponse> AskAsync(HttpMethod method, string path, string user) => browser.SendAsync(method, $"/account/sessions{path}", edit: request =>
        {
            request.Headers.TryAddWithoutValidation("X-User", user);
            request.Headers.TryAddWithoutValidation("RequestVerificationToken", token);
        });
    }

    /// <summary>Whose sessions have another name than their claims say.</summary>
    [Fact]
    public async Task The_app_s_own_name_for_a_user_is_theirs()
    {
        await using TestApp app = await StartAsync(services: all => all.Configure<FuelSessionsAuthenticationOptions>(
            FuelSessionsAuthenticationDefaults.AuthenticationScheme, o => o.PrincipalName = user => "own-" + user.FindFirst("sub")?.Value + user.Identity!.Name));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/in/ann");
        Assert.Equal("own-ann", await browser.TextAsync("/who"));
        Assert.Single((await ListAsync(browser)).GetProperty("sessions").EnumerateArray());
    }

    private static async Task<JsonElement> ListAsync(TestBrowser browser) => JsonDocument.Parse(await browser.TextAsync("/account/sessions")).RootElement;

    private static async Task<HttpStatusCode> SendAsync(TestBrowser browser, HttpMethod method, string path)
    {
        JsonElement list = await ListAsync(browser);
        return (await browser.SendAsync(method, $"/account/sessions/{path}", edit: request =>
            request.Headers.TryAddWithoutValidation(list.GetProperty("headerName").GetString()!, list.GetProperty("requestToken").GetString()))).Status;
    }

    private static Task<TestApp> StartAsync(bool antiforgery = true, Action<IServiceCollection>? services = null, string driver = "memory", string? signInTo = null) => TestApp.StartAsync(
        o => (o.Driver, o.RememberClient) = (driver, true),
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapSessionEndpoints("/account/sessions");
            app.MapGet("/in/{name}", (HttpContext http, string name, string? scheme) => http.SignInAsync(scheme, Principals.Named(name)));
            app.MapGet("/who", (Session session) => session.Principal ?? "");
            app.MapGet("/token", (HttpContext http) => http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http).RequestToken);
        },
        drivers: sessions => sessions.AddDriver("keyed", "kid", services => new Keyed(new MemorySessionDriver(services.GetRequiredService<TimeProvider>(), 100))),
        services: all =>
        {
            all.AddAuthentication().AddFuelSessions(o => o.Driver = signInTo);
            all.AddAuthorization();
            if (antiforgery)
            {
                all.AddAntiforgery();
            }

            services?.Invoke(all);
        });

    private sealed class HeaderHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers["X-User"] is [{ } user]
            ? AuthenticateResult.Success(new AuthenticationTicket(Principals.Named(user), Scheme.Name))
            : AuthenticateResult.NoResult());
    }

    /// <summary>Asked by key only.</summary>
    private sealed class Keyed(ISessionDriver inner) : DelegatingSessionDriver(inner);

    private sealed class OwnRegistry : ISessionRegistry
    {
        internal List<string> Asked { get; } = [];

        public Task<IReadOnlyList<RegisteredSession>> ListAsync(string principal, CancellationToken cancellationToken = default)
        {
            Asked.Add($"list {principal}");
            return Task.FromResult<IReadOnlyList<RegisteredSession>>([]);
        }

        public Task<int> CountAsync(string principal, CancellationToken cancellationToken = default) => Task.FromResult(0);

        public Task<bool> EndAsync(string principal, string handle, CancellationToken cancellationToken = default) => Task.FromResult(false);

        public Task<int> EndAllAsync(string principal, bool exceptCurrent = false, CancellationToken cancellationToken = default)
        {
            Asked.Add($"end all {principal} but {exceptCurrent}");
            return Task.FromResult(0);
        }
    }
}
