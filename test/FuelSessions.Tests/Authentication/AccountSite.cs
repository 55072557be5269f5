using System.Globalization;
using System.Text.RegularExpressions;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Authentication;

/// <summary>An app that signs people in, the same on the cookie handler and on ours, and what a browser sees of it.</summary>
internal sealed partial class AccountSite : IAsyncDisposable
{
    internal const string Scheme = "Here";

    // The same for both, whenever each is started.
    private static readonly DateTimeOffset Start = FakeClock.AtPresent().GetUtcNow();

    private readonly TestApp _app;

    private AccountSite(TestApp app)
    {
        _app = app;
        Browser = app.NewBrowser();
    }

    internal TestBrowser Browser { get; }

    internal TestApp App => _app;

    /// <param name="onSession">Whether people are signed in to the session, or to a cookie.</param>
    internal static async Task<AccountSite> StartAsync(
        bool onSession,
        Action<CookieAuthenticationOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? before = null) => new(await TestApp.StartAsync(
            map: app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                Map(app);
            },
            services: all =>
            {
                AuthenticationBuilder authentication = all.AddAuthentication(Scheme);
                _ = onSession ? authentication.AddFuelSessions(Scheme, configure ?? (_ => { })) : authentication.AddCookie(Scheme, configure ?? (_ => { }));
                all.AddAuthorizationBuilder().AddPolicy("admin", policy => policy.RequireRole("admin"));
                services?.Invoke(all);
            },
            before: before,
            clock: new FakeTimeProvider(Start)));

    internal void Wait(TimeSpan time) => _app.Clock.Advance(time);

    /// <summary>What a request comes to, as text that says nothing of which handler it was.</summary>
    internal async Task<string> SeeAsync(string path, params (string Name, string Value)[] headers)
    {
        TestResponse response = await Browser.SendAsync(HttpMethod.Get, path, edit: request =>
        {
            foreach ((string name, string value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        });
        string location = response.Headers.TryGetValue("Location", out string? target) ? $" -> {Port().Replace(target, "$1")}" : "";
        return $"{(int)response.Status}{location} {response.Body}";
    }

    internal Task<string> WhoAsync() => SeeAsync("/who");

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _app.DisposeAsync();
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/who", async (HttpContext http) => Text.Of(await http.AuthenticateAsync(Scheme), http.User));
        app.MapGet("/mail", () => "mail").RequireAuthorization();
        app.MapGet("/admin", () => "admin").RequireAuthorization("admin");
        app.MapGet("/api/mail", () => "mail").RequireAuthorization().DisableCookieRedirect();
        app.MapGet("/api/admin", () => "admin").RequireAuthorization("admin").DisableCookieRedirect();
        app.MapGet("/json", () => new Mail("mail")).RequireAuthorization();
        app.MapGet("/challenge", (HttpContext http, string? to) => http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = to }));
        app.MapGet("/forbid", (HttpContext http, string? to) => http.ForbidAsync(Scheme, new AuthenticationProperties { RedirectUri = to }));
        foreach (string path in (string[])["/in", "/Account/Login", "/door"])
        {
            app.MapGet(path, SignInAsync);
        }

        foreach (string path in (string[])["/out", "/Account/Logout"])
        {
            app.MapGet(path, (HttpContext http, string? to) => http.SignOutAsync(Scheme, new AuthenticationProperties { RedirectUri = to }));
        }
    }

    private static async Task SignInAsync(HttpContext http, string? user, bool? keep, string? until, string? issued, bool? refresh, string? to, int? status)
    {
        var properties = new AuthenticationProperties { IsPersistent = keep ?? false, AllowRefresh = refresh, RedirectUri = to };
        DateTimeOffset now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        properties.ExpiresUtc = until is null ? null : now + TimeSpan.Parse(until, CultureInfo.InvariantCulture);
        properties.IssuedUtc = issued is null ? null : now + TimeSpan.Parse(issued, CultureInfo.InvariantCulture);
        properties.Items["colour"] = "blue";
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = "at-1" }, new AuthenticationToken { Name = "expires_at", Value = "soon" }]);
        http.Response.StatusCode = status ?? 200;
        await http.SignInAsync(Scheme, Principals.Named(user ?? "ann"), properties);
    }

    [GeneratedRegex("(http://127\\.0\\.0\\.1):[0-9]+")]
    private static partial Regex Port();

    internal sealed record Mail(string Subject);
}
