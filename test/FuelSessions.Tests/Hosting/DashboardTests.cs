using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>Who gets to see the dashboard, and what it tells.</summary>
public class DashboardTests
{
    [Fact]
    public async Task An_app_whose_dashboard_anybody_could_open_does_not_start()
    {
        InvalidOperationException open = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(app => app.MapFuelSessionsDashboard()));
        Assert.Contains("RequireAuthorization", open.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(app => app.MapFuelSessionsDashboard("/ops/sessions").RequireAuthorization().AllowAnonymous()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(app => app.MapGroup("/ops").MapFuelSessionsDashboard()));
    }

    [Fact]
    public async Task It_can_be_shown_only_where_it_was_added()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(map: app => app.MapFuelSessionsDashboard()));
        Assert.Contains("AddDashboard()", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_may_not_see_it_gets_nothing_of_it(bool throughGroup)
    {
        await using TestApp app = await StartAsync(app =>
        {
            if (throughGroup)
            {
                app.MapGroup("/ops").RequireAuthorization().MapFuelSessionsDashboard("/");
            }
            else
            {
                app.MapFuelSessionsDashboard("/ops").RequireAuthorization();
            }
        });
        using TestBrowser stranger = app.NewBrowser();
        foreach (string path in (string[])["/ops", "/ops/", "/ops/data", "/ops/dashboard.js", "/ops/dashboard.css"])
        {
            Assert.Equal(401, (int)(await stranger.GetAsync(path)).Status);
            Assert.NotEqual(401, (int)(await AsAdminAsync(stranger, path)).Status);
        }
    }

    [Fact]
    public async Task It_tells_what_happened_by_driver_and_of_no_session()
    {
        await using TestApp app = await StartAsync(app =>
        {
            app.MapFuelSessionsDashboard().RequireAuthorization();
            app.MapGet("/set", (Session session) => session.Set("name", "Lovelace").AttachPrincipal("ada").Fingerprint);
            app.MapGet("/look", (Session session) => session.Get<string>("name") ?? "");
            app.MapGet("/revoke", (Session session) => { session.Rotate(revokePrevious: true); });
        });
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser old = app.NewBrowser();
        string fingerprint = await browser.TextAsync("/set");
        string id = old.Jar["xid"] = browser.Jar["xid"];
        await browser.GetAsync("/revoke");
        await old.GetAsync("/look");

        TestResponse data = await AsAdminAsync(browser, "/fuelsessions/data");
        Assert.All([fingerprint, id, "ada", "Lovelace"], secret => Assert.DoesNotContain(secret, data.Body, StringComparison.Ordinal));
        Assert.Equal("no-store", data.Headers["Cache-Control"]);
        JsonElement told = JsonDocument.Parse(data.Body).RootElement;
        Assert.Equal(1, Sum(told, "fuelsessions.sessions.started", ""));
        Assert.Equal(1, Sum(told, "fuelsessions.events", "Detached"));
        Assert.True(Sum(told, "db.client.operation.duration", "write") > 0);
        Assert.Contains(told.GetProperty("events").EnumerateArray(), happened => happened.GetProperty("kind").GetString() == "Detached");

        // An hour later it is over, and the place in the ring is free.
        app.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(0, Sum(JsonDocument.Parse((await AsAdminAsync(browser, "/fuelsessions/data")).Body).RootElement, "fuelsessions.sessions.started", ""));
    }

    [Fact]
    public async Task Settings_are_told_with_where_they_come_from()
    {
        await using TestApp app = await StartAsync(
            app => app.MapFuelSessionsDashboard().RequireAuthorization(),
            new("FuelSessions:ExpirationTime", "01:00:00"),
            new("FuelSessions:RotationTime", "00:01:00"),
            new("FuelSessions:CookieName", "sid"),
            new("FuelSessions:Memory:StoreTimeout", "00:00:03"),
            new("FuelSessions:flash_id", "news"),
            new("FuelSessions:MaxCookieBytes", $"{new FuelSessionsOptions().MaxCookieBytes}"));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(("01:00:00", "memory"), await ToldAsync("memory", "ExpirationTime"));
        Assert.Equal(("news", "memory"), await ToldAsync("memory", "FlashId"));
        Assert.Equal(("sid", "memory"), await ToldAsync("memory", "CookieName"));
        Assert.Equal(("00:00:03", "memory"), await ToldAsync("memory", "StoreTimeout"));
        Assert.Equal("memory", (await ToldAsync("memory", "MaxCookieBytes")).From);

        // Code wins over the section, and what is meant for one driver is not meant for others.
        Assert.Equal(("00:07:00", "code"), await ToldAsync("memory", "RotationTime"));
        Assert.Equal(("cid", "default"), await ToldAsync("cookie", "CookieName"));
        Assert.Equal(("00:00:05", "default"), await ToldAsync("cookie", "StoreTimeout"));
        Assert.Equal(("", "default"), await ToldAsync("memory", "TouchInterval"));

        // What has changed while the app runs.
        var root = (IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>();
        root["FuelSessions:ExpirationTime"] = "02:00:00";
        root["FuelSessions:MatchIp"] = "true";
        root.Reload();
        Assert.Equal(("True", "memory"), await ToldAsync("cookie", "MatchIp"));
        Assert.Equal(("02:00:00", "memory"), await ToldAsync("memory", "ExpirationTime"));
        Assert.Null(await NoticeAsync());

        // What was refused, and what counts from the next start on.
        root["FuelSessions:ExpirationTime"] = "never";
        root.Reload();
        Assert.Contains("'never'", await NoticeAsync(), StringComparison.Ordinal);
        Assert.Equal(("02:00:00", "memory"), await ToldAsync("memory", "ExpirationTime"));
        root["FuelSessions:ExpirationTime"] = "03:00:00";
        root["FuelSessions:Path"] = "elsewhere";
        root.Reload();
        Assert.Contains(" Path.", await NoticeAsync(), StringComparison.Ordinal);
        Assert.Equal(("03:00:00", "memory"), await ToldAsync("memory", "ExpirationTime"));
        Assert.Equal(("", "default"), await ToldAsync("memory", "Path"));
        root["FuelSessions:Path"] = "";
        root.Reload();
        Assert.Null(await NoticeAsync());

        async Task<string?> NoticeAsync() =>
            JsonDocument.Parse((await AsAdminAsync(browser, "/fuelsessions/data")).Body).RootElement.GetProperty("notice").GetString();

        async Task<(string, string From)> ToldAsync(string driver, string setting)
        {
            JsonElement settings = JsonDocument.Parse((await AsAdminAsync(browser, "/fuelsessions/data")).Body).RootElement.GetProperty("settings");
            JsonElement all = settings.EnumerateArray().Single(one => one.GetProperty("driver").GetString() == driver && one.GetProperty("isDefault").GetBoolean() == (driver == "memory")).GetProperty("all");
            JsonElement told = all.EnumerateArray().Single(one => one.GetProperty("name").GetString() == setting);
            return (told.GetProperty("value").GetString()!, told.GetProperty("from").GetString()!);
        }
    }

    [Fact]
    public async Task A_user_s_sessions_are_listed_and_ended()
    {
        await using TestApp app = await StartAsync(app =>
        {
            app.MapFuelSessionsDashboard().RequireAuthorization();
            app.MapGet("/sign-in/{user}", (Session session, string user) => session.AttachPrincipal(user).Set("secret", "Lovelace").Fingerprint);
            app.MapGet("/who", (Session session) => session.Principal ?? "nobody");
        });
        using TestBrowser phone = app.NewBrowser();
        using TestBrowser desk = app.NewBrowser();
        using TestBrowser other = app.NewBrowser();
        await phone.GetAsync("/sign-in/ada");
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        await desk.GetAsync("/sign-in/ada");
        await other.GetAsync("/sign-in/bob");

        JsonElement[] found = await FindAsync("ada");
        Assert.Equal(2, found.Length);
        Assert.Equal("memory", found[0].GetProperty("driver").GetString());
        Assert.False(found[0].GetProperty("isBoundToDevice").GetBoolean());
        Assert.DoesNotContain("Lovelace", found[0].GetRawText(), StringComparison.Ordinal);
        Assert.Empty(await FindAsync("nobody"));

        // The latest sign-in comes first; who is called otherwise keeps what is his.
        string handle = found[0].GetProperty("handle").GetString()!;
        Assert.Equal("""{"ended":0}""", (await AskAsync("/fuelsessions/sessions/end", new { principal = "bob", handle })).Body);
        Assert.Equal("""{"ended":1}""", (await AskAsync("/fuelsessions/sessions/end", new { principal = "ada", handle })).Body);
        Assert.Equal("nobody", await desk.TextAsync("/who"));
        Assert.Equal("ada", await phone.TextAsync("/who"));
        Assert.Equal("""{"ended":1}""", (await AskAsync("/fuelsessions/sessions/end", new { principal = "ada" })).Body);
        Assert.Equal("nobody", await phone.TextAsync("/who"));
        Assert.Equal("bob", await other.TextAsync("/who"));

        async Task<JsonElement[]> FindAsync(string principal) =>
            [.. JsonDocument.Parse((await AskAsync("/fuelsessions/sessions", new { principal })).Body).RootElement.GetProperty("sessions").EnumerateArray()];

        Task<TestResponse> AskAsync(string path, object body) =>
            other.SendAsync(HttpMethod.Post, path, JsonContent.Create(body), request => request.Headers.Add("X-Admin", "yes"));
    }

    [Fact]
    public async Task Who_is_signed_in_by_a_session_sees_it_and_may_end_that()
    {
        await using TestApp app = await TestApp.StartAsync(
            map: app =>
            {
                app.MapFuelSessionsDashboard().RequireAuthorization();
                app.MapGet("/Account/Login", (Session session) => Results.SignIn(Principal("ada"))).AllowAnonymous();
                app.MapGet("/greet", (Session session) => { session.SetFlash("message", "Hello."); });
                app.MapGet("/greeting", (Session session) => session.GetFlash<string>("message") ?? "");
            },
            drivers: sessions => sessions.AddDashboard(),
            services: services =>
            {
                services.AddAuthentication().AddFuelSessions();
                services.AddAuthorization();
            });
        using TestBrowser browser = app.NewBrowser();
        Assert.Contains("/Account/Login?", (await browser.GetAsync("/fuelsessions/")).Headers["Location"], StringComparison.Ordinal);
        await browser.GetAsync("/Account/Login");
        await browser.GetAsync("/greet");
        Assert.Equal(200, (int)(await browser.GetAsync("/fuelsessions/")).Status);

        // A page that asks every few seconds uses up no message that is for another one.
        Assert.Equal(200, (int)(await browser.GetAsync("/fuelsessions/data")).Status);
        Assert.Equal("Hello.", await browser.TextAsync("/greeting"));

        // And keeps who has it open signed in [A3].
        for (int asked = 0; asked < 2; asked++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(90));
            Assert.Equal(200, (int)(await browser.GetAsync("/fuelsessions/data")).Status);
        }

        TestResponse ended = await browser.SendAsync(HttpMethod.Post, "/fuelsessions/sessions/end", JsonContent.Create(new { principal = "ada" }));
        Assert.Equal("""{"ended":1}""", ended.Body);
        Assert.Equal(302, (int)(await browser.GetAsync("/fuelsessions/data")).Status);
    }

    [Fact]
    public async Task Only_the_page_itself_asks_and_ends()
    {
        await using TestApp app = await StartAsync(app => app.MapFuelSessionsDashboard().RequireAuthorization());
        using TestBrowser browser = app.NewBrowser();
        foreach (string path in (string[])["/fuelsessions/sessions", "/fuelsessions/sessions/end"])
        {
            Assert.Equal(401, await StatusAsync(path, JsonContent.Create(new { principal = "ada" }), isAdmin: false));
            Assert.Equal(403, await StatusAsync(path, JsonContent.Create(new { principal = "ada" }), site: "cross-site"));
            Assert.Equal(403, await StatusAsync(path, JsonContent.Create(new { principal = "ada" }), site: "same-site"));
            Assert.Equal(403, await StatusAsync(path, new StringContent("""{"principal":"ada"}""")));
            Assert.Equal(403, await StatusAsync(path, new FormUrlEncodedContent([new("principal", "ada")])));
            Assert.Equal(400, await StatusAsync(path, JsonContent.Create(new { principal = "" })));
            Assert.Equal(400, await StatusAsync(path, new StringContent("{", null, "application/json")));
            Assert.Equal(200, await StatusAsync(path, JsonContent.Create(new { principal = "ada" }), site: "same-origin"));
        }

        async Task<int> StatusAsync(string path, HttpContent content, string? site = null, bool isAdmin = true) => (int)(await browser.SendAsync(HttpMethod.Post, path, content, request =>
        {
            if (isAdmin)
            {
                request.Headers.Add("X-Admin", "yes");
            }

            if (site is not null)
            {
                request.Headers.Add("Sec-Fetch-Site", site);
            }
        })).Status;
    }

    [Fact]
    public async Task The_page_lets_nothing_in_from_elsewhere_and_has_no_session()
    {
        await using TestApp app = await StartAsync(app => app.MapFuelSessionsDashboard().RequireAuthorization());
        using TestBrowser browser = app.NewBrowser();
        TestResponse bare = await AsAdminAsync(browser, "/fuelsessions");
        Assert.Equal("/fuelsessions/", bare.Headers["Location"]);
        TestResponse page = await AsAdminAsync(browser, "/fuelsessions/");
        Assert.StartsWith("default-src 'none'; script-src 'self'", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("://", page.Body, StringComparison.Ordinal);
        Assert.Empty(page.SetCookies);
    }

    private static double Sum(JsonElement told, string name, string part) => told.GetProperty("series").EnumerateArray()
        .Where(one => one.GetProperty("name").GetString() == name && one.GetProperty("driver").GetString() == "memory" && one.GetProperty("part").GetString() == part)
        .Sum(one => one.GetProperty("values").EnumerateArray().Sum(value => value.GetDouble()));

    private static ClaimsPrincipal Principal(string name) => new(new ClaimsIdentity([new(ClaimTypes.Name, name)], "test"));

    private static Task<TestResponse> AsAdminAsync(TestBrowser browser, string path) =>
        browser.SendAsync(HttpMethod.Get, path, edit: request => request.Headers.Add("X-Admin", "yes"));

    private static Task<TestApp> StartAsync(Action<WebApplication> map, params KeyValuePair<string, string?>[] configuration) => TestApp.StartAsync(
        o => o.RotationTime = TimeSpan.FromMinutes(7),
        map,
        sessions => sessions.AddDashboard(),
        configuration: configuration,
        services: services =>
        {
            services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderHandler>("header", _ => { });
            services.AddAuthorization();
        });

    private sealed class HeaderHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers.ContainsKey("X-Admin")
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity("header")), "header"))
            : AuthenticateResult.NoResult());
    }
}
