using System.Security.Claims;
using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.OpenIddict;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Accounts;

/// <summary>An app with ASP.NET Core Identity on SQLite, whose application cookie is the session's, and with an external provider.</summary>
internal sealed class AccountApp : IAsyncDisposable
{
    private const string Provider = "Provider";

    private readonly TemporaryFolder _folder = new();

    internal TestApp App { get; private set; } = null!;

    internal static async Task<AccountApp> StartAsync(Authority? authority = null)
    {
        var app = new AccountApp();
        app.App = await TestApp.StartAsync(
            map: web =>
            {
                web.UseAuthentication();
                web.UseAuthorization();
                Map(web);
            },
            services: services => app.Add(services, authority));
        await using AsyncServiceScope scope = app.App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AccountContext>().Database.EnsureCreatedAsync();
        return app;
    }

    internal static void AddProvider(AuthenticationBuilder authentication, Authority authority, string? signInScheme) => authentication.AddOpenIdConnect(Provider, o =>
    {
        o.Authority = authority.Address.ToString();
        o.RequireHttpsMetadata = false;
        o.ClientId = authority.Client.Id;
        o.ClientSecret = authority.Client.Secret;
        o.ResponseType = "code";
        o.ResponseMode = "query";
        o.SaveTokens = true;
        o.SignInScheme = signInScheme;
        o.MapInboundClaims = false;
        o.Scope.Clear();
        o.Scope.Add("openid");
        o.Scope.Add("offline_access");
        o.Scope.Add(authority.Client.Scope);
    });

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _folder.Dispose();
    }

    private void Add(IServiceCollection services, Authority? authority)
    {
        services.AddDbContext<AccountContext>(db => db.UseSqlite(new SqliteConnectionStringBuilder { DataSource = _folder.Below("accounts.db"), Pooling = false }.ToString()));
        services.AddIdentity<IdentityUser, IdentityRole>(o => o.Lockout.MaxFailedAccessAttempts = 3).AddEntityFrameworkStores<AccountContext>().AddDefaultTokenProviders();
        services.AddAuthorization();
        services.ConfigureApplicationCookie(o => o.LoginPath = "/login");
        AuthenticationBuilder authentication = services.AddAuthentication().AddFuelSessions(IdentityConstants.ApplicationScheme);
        if (authority is not null)
        {
            AddProvider(authentication, authority, IdentityConstants.ExternalScheme);
        }
    }

    private static void Map(WebApplication web)
    {
        web.MapGet("/register", async (string name, string password, UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn) =>
        {
            var user = new IdentityUser(name);
            IdentityResult made = await users.CreateAsync(user, password);
            if (made.Succeeded)
            {
                await signIn.SignInAsync(user, isPersistent: false);
            }

            return made.ToString();
        });
        web.MapGet("/login", async (string name, string password, bool? keep, SignInManager<IdentityUser> signIn) =>
            (await signIn.PasswordSignInAsync(name, password, keep ?? false, lockoutOnFailure: true)).ToString());
        web.MapGet("/recover", async (string code, SignInManager<IdentityUser> signIn) => (await signIn.TwoFactorRecoveryCodeSignInAsync(code)).ToString());
        web.MapGet("/two-factors", async (HttpContext http, UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn) =>
        {
            IdentityUser user = (await users.GetUserAsync(http.User))!;
            await users.ResetAuthenticatorKeyAsync(user);
            await users.SetTwoFactorEnabledAsync(user, true);
            string code = (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 1))!.Single();
            await signIn.RefreshSignInAsync(user);
            return code;
        }).RequireAuthorization();
        web.MapGet("/password", async (HttpContext http, string old, string @new, UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn) =>
        {
            IdentityUser user = (await users.GetUserAsync(http.User))!;
            IdentityResult changed = await users.ChangePasswordAsync(user, old, @new);
            await signIn.RefreshSignInAsync(user);
            return changed.ToString();
        }).RequireAuthorization();
        web.MapGet("/everywhere", async (HttpContext http, UserManager<IdentityUser> users) => (await users.UpdateSecurityStampAsync((await users.GetUserAsync(http.User))!)).ToString()).RequireAuthorization();
        web.MapGet("/logout", (SignInManager<IdentityUser> signIn) => signIn.SignOutAsync());
        web.MapGet("/who", async (HttpContext http, Session session, UserManager<IdentityUser> users) =>
            http.User.Identity?.IsAuthenticated == true && session.Principal == users.GetUserId(http.User) ? (await users.GetUserAsync(http.User))?.UserName : $"nobody {session.Principal}");
        web.MapGet("/mail", () => "mail").RequireAuthorization();
        web.MapGet("/external", (SignInManager<IdentityUser> signIn) =>
            Results.Challenge(signIn.ConfigureExternalAuthenticationProperties(Provider, "/external-back"), [Provider]));
        web.MapGet("/external-back", async (UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn) =>
        {
            ExternalLoginInfo info = (await signIn.GetExternalLoginInfoAsync())!;
            SignInResult known = await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false);
            if (!known.Succeeded)
            {
                var user = new IdentityUser(info.Principal.FindFirstValue("sub")!);
                await users.CreateAsync(user);
                await users.AddLoginAsync(user, info);
                var properties = new AuthenticationProperties();
                properties.StoreTokens(info.AuthenticationTokens!);
                await signIn.SignInAsync(user, properties, info.LoginProvider);
            }

            return known.ToString();
        });
        web.MapGet("/token", async (HttpContext http) => await http.GetTokenAsync("access_token") ?? "none");
    }
}
