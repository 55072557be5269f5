using System.Security.Claims;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>A cookie that was copied before a sign-out is worthless after it, and so is a request that was open across it [A4, R10, W5, W6].</summary>
public sealed class SignOutTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task A_cookie_that_was_copied_before_is_worthless_after_it(string store)
    {
        foreach (SignOutAction signOut in Enum.GetValues<SignOutAction>())
        {
            SessionApp app = await StartAsync(store, signOut);
            TestBrowser victim = app.NewBrowser();
            await app.SendAsync(victim, (http, _) => http.SignInAsync(Ada, new AuthenticationProperties { IsPersistent = true }));
            Assert.Equal("ada", await WhoAsync(app, victim));
            TestBrowser thief = app.CopyOf(victim);
            Assert.Equal("ada", await WhoAsync(app, thief));

            await app.SendAsync(victim, (http, _) => http.SignOutAsync());
            Assert.Equal("nobody", await WhoAsync(app, thief));
            Assert.Equal("nobody", await WhoAsync(app, victim));
            Assert.Null(await app.AskAsync(thief, session => session.Principal));

            // Also once its owner has signed in again, and when the clock has moved on.
            await app.SendAsync(victim, (http, _) => http.SignInAsync(Ada));
            app.Clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal("nobody", await WhoAsync(app, thief));
            Assert.Equal("ada", await WhoAsync(app, victim));
        }
    }

    [Theory, OnServerStores]
    public async Task A_request_that_was_open_across_it_brings_nobody_back(string store)
    {
        foreach (SignOutAction signOut in Enum.GetValues<SignOutAction>())
        {
            SessionApp app = await StartAsync(store, signOut);
            TestBrowser victim = app.NewBrowser();
            await app.SendAsync(victim, (http, sessions) =>
            {
                sessions.Current.Set("cart", 1);
                return http.SignInAsync(Ada);
            });
            TestBrowser thief = app.CopyOf(victim);
            TaskCompletionSource open = new(), over = new();
            Task<TestResponse> held = app.SendAsync(thief, async (http, sessions) =>
            {
                Assert.Equal("ada", http.User.Identity?.Name);
                sessions.Current.Set("evil", 1);
                open.SetResult();
                await over.Task;
            });
            await open.Task;
            await app.SendAsync(victim, (http, _) => http.SignOutAsync());
            over.SetResult();
            app.AssertNoCookie(app.AssertOk(await held));

            Assert.Equal("nobody", await WhoAsync(app, thief));
            Assert.Equal("nobody", await WhoAsync(app, victim));
            Assert.Equal(signOut == SignOutAction.KeepContent ? ["cart"] : [], await app.AskAsync(victim, session => session.All().Keys));
        }
    }

    private static readonly ClaimsPrincipal Ada = new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada")], "password"));

    private Task<SessionApp> StartAsync(string store, SignOutAction signOut) => StartAsync(
        store,
        before: null,
        map: app => app.UseAuthentication(),
        services: services => services.AddAuthentication().AddFuelSessions(o => o.SignOut = signOut));

    private static async Task<string> WhoAsync(SessionApp app, TestBrowser browser)
    {
        string who = "";
        app.AssertOk(await app.SendAsync(browser, async (http, _) =>
        {
            AuthenticateResult result = await http.AuthenticateAsync();
            Assert.Equal(result.Principal?.Identity?.Name, http.User.Identity?.Name);
            who = result.Principal?.Identity?.Name ?? "nobody";
        }));
        return who;
    }
}
