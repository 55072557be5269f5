using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Authentication;

/// <summary>
/// What an app sees of a sign-in is the same on the framework's cookie handler and on the session: each deed is done to both, over HTTP, and what comes
/// of it compared. Where they differ on purpose: docs/authentication.md, and SessionSignInTests.
/// </summary>
public class SameAsCookieTests
{
    private static readonly Dictionary<string, Deed> Deeds = All().ToDictionary(deed => deed.What);

    public static TheoryData<string> Names => [.. Deeds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_the_same(string what)
    {
        Deed deed = Deeds[what];
        string[] expected = await DoAsync(deed, onSession: false);
        string[] actual = await DoAsync(deed, onSession: true);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, actual);
    }

    private static async Task<string[]> DoAsync(Deed deed, bool onSession)
    {
        List<string> told = [];
        await using AccountSite site = await AccountSite.StartAsync(onSession, options => deed.Configure?.Invoke(options, told), deed.Services, deed.Before);
        List<string> seen = [];
        foreach (Func<AccountSite, Task<string>> step in deed.Steps)
        {
            seen.Add(await step(site));
        }

        // In their order, and who is signed in at last.
        return [.. seen, .. told, await site.WhoAsync()];
    }

    private static Func<AccountSite, Task<string>> Get(string path, params (string, string)[] headers) => site => site.SeeAsync(path, headers);

    private static Func<AccountSite, Task<string>> Wait(double minutes) => site =>
    {
        site.Wait(TimeSpan.FromMinutes(minutes));
        return Task.FromResult("");
    };

    // Whether the browser is to keep a cookie when it is closed.
    private static Func<AccountSite, Task<string>> Kept(string path) => async site =>
    {
        TestResponse response = await site.Browser.GetAsync(path);
        return string.Join(";", response.SetCookies.Select(cookie =>
            cookie.Contains("max-age", StringComparison.OrdinalIgnoreCase) || cookie.Contains("expires", StringComparison.OrdinalIgnoreCase) ? "kept" : "passing"));
    };

    private static Func<AccountSite, Task<string>> Headers(string path) => async site =>
    {
        TestResponse response = await site.Browser.GetAsync(path);
        return $"{response.Headers["Cache-Control"].Contains("no-store", StringComparison.Ordinal)} {response.Headers.GetValueOrDefault("Pragma")}";
    };

    private static (string, string) Script => ("X-Requested-With", "XMLHttpRequest");

    private static IEnumerable<Deed> All() =>
    [
        new("nobody", Get("/who")),
        new("a sign-in", Get("/in"), Get("/who")),
        new("every kind of claim", Get("/in?user=rich")),
        new("two identities", Get("/in?user=two")),
        new("nobody by name", Get("/in?user=nobody")),
        new("an identity that is not authenticated", Get("/in?user=unauthenticated")),
        new("one after another", Get("/in?user=ann"), Get("/who"), Get("/in?user=bob")),
        new("a sign-out", Get("/in"), Get("/out")),
        new("a sign-out of nobody", Get("/out")),
        new("a sign-in after a sign-out", Get("/in"), Get("/out"), Get("/in?user=bob")),
        new("a passing cookie", Kept("/in")),
        new("a kept cookie", Kept("/in?keep=true")),
        new("a kept cookie becomes a passing one", Kept("/in?keep=true"), Kept("/in")),
        new("headers of a sign-in", Headers("/in")),
        new("headers of a sign-out", Get("/in"), Headers("/out")),
        new("an end that the app sets", Get("/in?until=00:10:00"), Wait(9), Get("/who"), Wait(2)),
        new("an end long ago", Get("/in?until=-00:10:00")),
        new("the moment of the end itself", Get("/in?until=00:10:00&refresh=false"), Wait(10)),
        new("when it was issued, as the app says", Get("/in?issued=-00:30:00")),
        new("no renewal in its first half", Get("/in?until=01:00:00"), Wait(29), Get("/who"), Get("/who")),
        new("renewal in its second half", Get("/in?until=01:00:00"), Wait(31), Get("/who"), Get("/who"), Wait(50), Get("/who"), Wait(40)),
        new("no renewal that the app forbids", Get("/in?until=01:00:00&refresh=false"), Wait(50), Get("/who"), Wait(11)),
        new("renewal that the app allows", Get("/in?until=01:00:00&refresh=true&keep=true"), Wait(50), Get("/who"), Wait(11)),
        new("no sliding", Get("/in?until=01:00:00"), Wait(50), Get("/who"), Wait(11)) { Configure = (o, _) => o.SlidingExpiration = false },
        new("a time span of the settings", Get("/in"), Wait(9), Get("/who"), Wait(9), Get("/who"), Wait(11)) { Configure = (o, _) => o.ExpireTimeSpan = TimeSpan.FromMinutes(10) },
        new("a long time span of the settings", Get("/in"), Wait(60 * 7), Get("/who")) { Configure = (o, _) => o.ExpireTimeSpan = TimeSpan.FromHours(8) },
        new("two weeks by default, if it is kept", Get("/in?keep=true"), Wait(60 * 24 * 13), Get("/who"), Wait(60 * 24 * 13)),
        new("two weeks and no longer", Get("/in?keep=true"), Wait((60 * 24 * 14) + 0.5)),
        new("the app decides on renewal", Get("/in?until=01:00:00"), Wait(1), Get("/who"), Get("/who"))
        {
            Configure = (o, told) => o.Events.OnCheckSlidingExpiration = context =>
            {
                told.Add($"{context.ElapsedTime} {context.RemainingTime} {context.ShouldRenew} {context.Principal?.Identity?.Name}");
                context.ShouldRenew = true;
                return Task.CompletedTask;
            },
        },
        new("the app decides against renewal", Get("/in?until=01:00:00"), Wait(40), Get("/who"), Get("/who"))
        {
            Configure = (o, _) => o.Events.OnCheckSlidingExpiration = context =>
            {
                context.ShouldRenew = false;
                return Task.CompletedTask;
            },
        },
        new("a principal is refused", Get("/in"), Get("/mail"), Get("/who")) { Configure = (o, _) => o.Events.OnValidatePrincipal = context =>
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        } },
        new("a principal is refused and signed out", Get("/in"), Get("/who")) { Configure = (o, _) => o.Events.OnValidatePrincipal = context =>
        {
            context.RejectPrincipal();
            return context.HttpContext.SignOutAsync(AccountSite.Scheme);
        } },
        new("a principal is replaced for a request", Get("/in"), Get("/who")) { Configure = (o, told) => o.Events.OnValidatePrincipal = context =>
        {
            told.Add(context.Principal?.Identity?.Name ?? "");
            context.ReplacePrincipal(Principals.Named("eve"));
            return Task.CompletedTask;
        } },
        new("a principal is replaced for good", Get("/in"), Wait(5), Get("/who"), Get("/who")) { Configure = (o, told) => o.Events.OnValidatePrincipal = context =>
        {
            string name = context.Principal?.Identity?.Name ?? "";
            told.Add($"{name} {context.Properties.IssuedUtc:u}");
            if (name.Length < 5)
            {
                context.ReplacePrincipal(Principals.Named(name + "x"));
                context.ShouldRenew = true;
            }

            return Task.CompletedTask;
        } },
        new("properties that are changed while it is validated", Get("/in"), Get("/who"), Get("/who")) { Configure = (o, told) => o.Events.OnValidatePrincipal = context =>
        {
            told.Add(context.Properties.GetString("mark") ?? "none");
            context.Properties.Items["mark"] = "set";
            return Task.CompletedTask;
        } },
        new("properties that are changed and renewed", Get("/in"), Get("/who"), Get("/who")) { Configure = (o, told) => o.Events.OnValidatePrincipal = context =>
        {
            told.Add(context.Properties.GetString("mark") ?? "none");
            context.Properties.Items["mark"] = "set";
            context.ShouldRenew = true;
            return Task.CompletedTask;
        } },
        new("it is validated once a request", Get("/in"), Get("/who")) { Configure = (o, told) => o.Events.OnValidatePrincipal = _ =>
        {
            told.Add("validated");
            return Task.CompletedTask;
        } },
        new("another one is signed in than was asked for", Get("/in")) { Configure = (o, _) => o.Events.OnSigningIn = context =>
        {
            context.Principal = Principals.Named("bob");
            context.Properties.Items["by"] = "event";
            context.Properties.ExpiresUtc = context.Properties.IssuedUtc + TimeSpan.FromMinutes(7);
            return Task.CompletedTask;
        } },
        new("it becomes a kept one", Kept("/in")) { Configure = (o, _) => o.Events.OnSigningIn = context =>
        {
            context.Properties.IsPersistent = true;
            return Task.CompletedTask;
        } },
        new("the events of a life", Get("/in"), Get("/out")) { Configure = (o, told) => o.Events = new CookieAuthenticationEvents
        {
            OnSigningIn = context => Tell(told, $"signing in {context.Principal?.Identity?.Name} {Text.Of(context.Properties)}"),
            OnSignedIn = context => Tell(told, $"signed in {context.Principal?.Identity?.Name} {Text.Of(context.Properties)}"),
            OnSigningOut = context => Tell(told, $"signing out {Text.Of(context.Properties)}"),
            OnValidatePrincipal = context => Tell(told, $"validated {context.Principal?.Identity?.Name} {context.Scheme.Name}"),
        } },
        new("events from the container", Get("/mail"), Get("/in"), Get("/who")) { Configure = (o, _) => o.EventsType = typeof(OwnEvents), Services = services => services.AddScoped<OwnEvents>() },
        new("a challenge", Get("/mail?a=b&c=%20d")),
        new("a challenge with another login page", Get("/mail?a=b")) { Configure = (o, _) => (o.LoginPath, o.ReturnUrlParameter) = ("/door", "back") },
        new("a challenge that says where to go on", Get("/challenge?to=/there")),
        new("a challenge of a script", Get("/mail", Script), Get("/mail?X-Requested-With=XMLHttpRequest")),
        new("a challenge of an API", Get("/api/mail"), Get("/json")),
        new("a challenge that the app answers", Get("/mail")) { Configure = (o, told) => o.Events.OnRedirectToLogin = context =>
        {
            told.Add(context.RedirectUri[^20..]);
            context.Response.StatusCode = 418;
            return Task.CompletedTask;
        } },
        new("somebody signed in is let through", Get("/in"), Get("/mail"), Get("/api/mail"), Get("/json")),
        new("somebody without the right", Get("/in"), Get("/admin?x=1"), Get("/api/admin"), Get("/admin", Script)),
        new("somebody with the right", Get("/in?user=admin"), Get("/admin")),
        new("a refusal that says where to go on", Get("/in"), Get("/forbid?to=/there")),
        new("a refusal with another page", Get("/in"), Get("/forbid")) { Configure = (o, _) => o.AccessDeniedPath = "/sorry" },
        new("from the login page to where its address says", Get("/Account/Login?ReturnUrl=%2Fmail%3Fa%3Db")),
        new("from another page to nowhere", Get("/in?ReturnUrl=%2Fmail")),
        new("from another login page", Get("/door?back=%2Fmail")) { Configure = (o, _) => (o.LoginPath, o.ReturnUrlParameter) = ("/door", "back") },
        new("not to another host", Get("/Account/Login?ReturnUrl=//evil.example"), Get("/Account/Login?ReturnUrl=/%5Cevil.example"), Get("/Account/Login?ReturnUrl=http://evil.example"), Get("/Account/Login?ReturnUrl=evil"), Get("/Account/Login?ReturnUrl=/")),
        new("not to another host past what browsers leave out", Get("/Account/Login?ReturnUrl=/%09/evil.example"), Get("/Account/Logout?ReturnUrl=/%09%5Cevil.example"), Get("/Account/Login?ReturnUrl=/%0A/evil.example"), Get("/Account/Login?ReturnUrl=/mail%7F")),
        new("the app's word before the address's", Get("/Account/Login?ReturnUrl=/mail&to=/there"), Get("/in?to=http://elsewhere.example/")),
        new("no redirect from an answer of another status", Get("/Account/Login?ReturnUrl=/mail&status=202")),
        new("a script is not redirected", Get("/Account/Login?ReturnUrl=/mail&X-Requested-With=XMLHttpRequest")),
        new("from the logout page", Get("/in"), Get("/Account/Logout?ReturnUrl=/bye")),
        new("a sign-out that says where to go on", Get("/in"), Get("/out?to=/bye")),
        new("from another page of sign-out to nowhere", Get("/in"), Get("/out?ReturnUrl=/bye")),
        new("below a path", Get("/base/mail?a=b"), Get("/base/Account/Login?ReturnUrl=/base/mail"), Get("/base/mail")) { Before = app => app.UsePathBase("/base").UseRouting() },
        new("nobody has consented to cookies", Get("/in"), Get("/who"), Get("/mail"), Get("/out"))
        {
            Before = app => app.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = _ => true }),
        },
        new("another scheme is asked instead", Get("/in"), Get("/mail"))
        {
            Configure = (o, _) => o.ForwardChallenge = "Other",
            Services = services => services.AddAuthentication().AddCookie("Other", o => o.LoginPath = "/other"),
        },
        new("claims are transformed", Get("/in"), Get("/who")) { Services = services => services.AddTransient<IClaimsTransformation, Transformation>() },
    ];

    private static Task Tell(List<string> told, string what)
    {
        told.Add(what);
        return Task.CompletedTask;
    }

    private sealed record Deed(string What, params Func<AccountSite, Task<string>>[] Steps)
    {
        internal Action<CookieAuthenticationOptions, List<string>>? Configure { get; init; }

        internal Action<IServiceCollection>? Services { get; init; }

        internal Action<WebApplication>? Before { get; init; }
    }

    private sealed class OwnEvents : CookieAuthenticationEvents
    {
        public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
        {
            context.Response.StatusCode = 418;
            return Task.CompletedTask;
        }

        public override Task ValidatePrincipal(CookieValidatePrincipalContext context)
        {
            context.ReplacePrincipal(Principals.Named("own"));
            return Task.CompletedTask;
        }
    }

    private sealed class Transformation : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            ClaimsPrincipal clone = principal.Clone();
            clone.AddIdentity(new ClaimsIdentity([new Claim("colour", "red")]));
            return Task.FromResult(clone);
        }
    }
}
