using System.Net;
using System.Security.Claims;
using FuelSessions.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>What somebody may do from elsewhere who is signed in to a bound session, or wants to be [B4, B5].</summary>
public class BoundSignInTests
{
    [Theory]
    [InlineData(UnboundRequestAction.Report, "ada")]
    [InlineData(UnboundRequestAction.ReadOnly, "ada")]
    [InlineData(UnboundRequestAction.Refuse, "")]
    public async Task Whoever_signs_in_from_elsewhere_gets_a_session_apart(UnboundRequestAction action, string seen)
    {
        await using TestApp app = await StartAsync(action);
        using DeviceBrowser owner = await BoundAsync(app);
        using DeviceBrowser thief = Poor(owner);
        Assert.Equal(seen, await thief.TextAsync("/user"));
        foreach (string name in (string[])["eve", "ada"])
        {
            using DeviceBrowser again = Poor(owner);
            Assert.Equal(HttpStatusCode.OK, (await again.GetAsync($"/in?name={name}")).Status);
            Assert.Equal($"{name} NotBound", await again.TextAsync("/user/proof"));
            Assert.Equal("ada Given", await owner.TextAsync("/user/proof"));
        }
    }

    [Theory]
    [InlineData(UnboundRequestAction.Report, SignOutAction.EndSession, "")]
    [InlineData(UnboundRequestAction.ReadOnly, SignOutAction.EndSession, "")]
    [InlineData(UnboundRequestAction.ReadOnly, SignOutAction.KeepContent, "")]
    [InlineData(UnboundRequestAction.Refuse, SignOutAction.EndSession, "ada")]
    [InlineData(UnboundRequestAction.Refuse, SignOutAction.KeepContent, "ada")]
    public async Task Whoever_signs_out_from_elsewhere_ends_it_and_keeps_nothing(UnboundRequestAction action, SignOutAction signOut, string left)
    {
        await using TestApp app = await StartAsync(action, signOut);
        using DeviceBrowser owner = await BoundAsync(app);
        using DeviceBrowser thief = Poor(owner);
        await thief.GetAsync("/out");
        Assert.Equal("", await thief.TextAsync("/user"));
        Assert.Equal("0", await thief.TextAsync("/n"));
        Assert.Equal(left, await owner.TextAsync("/user"));
    }

    /// <summary>A sign-in that is over is taken from the session under a new id, which is the device's.</summary>
    [Fact]
    public async Task A_sign_in_that_is_over_hands_out_no_id()
    {
        await using TestApp app = await StartAsync(UnboundRequestAction.Report, SignOutAction.KeepContent, TimeSpan.FromMinutes(5));
        using DeviceBrowser owner = await BoundAsync(app);
        using DeviceBrowser thief = Poor(owner);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        DeviceResponse met = await thief.GetAsync("/user");
        Assert.Equal(("", 0), (met.Body, met.SetCookies.Length));
        Assert.Equal("", await owner.TextAsync("/user"));
        Assert.Equal("1", await owner.TextAsync("/n"));
    }

    [Fact]
    public async Task Is_told_by_the_registry()
    {
        await using TestApp app = await StartAsync(UnboundRequestAction.Refuse);
        using var plain = new DeviceBrowser(app.Address);
        await plain.GetAsync("/in?name=ada");
        using DeviceBrowser owner = await BoundAsync(app);
        var registry = app.Services.GetRequiredService<ISessionRegistry>();
        Assert.Equal([true, false], (await registry.ListAsync("ada")).Select(session => session.IsBoundToDevice));

        // Ended from there, its browser learns it when it asks.
        await registry.EndAllAsync("ada");
        Assert.Equal("", await owner.TextAsync("/user"));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.RefreshAsync()).Status);
    }

    private static DeviceBrowser Poor(DeviceBrowser owner)
    {
        DeviceBrowser thief = owner.Thief();
        thief.Jar.TryRemove(owner.BoundCookie, out _);
        return thief;
    }

    private static async Task<DeviceBrowser> BoundAsync(TestApp app)
    {
        var browser = new DeviceBrowser(app.Address);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.GetAsync("/in?name=ada");
        Assert.Equal(HttpStatusCode.OK, (await browser.RegisterAsync()).Status);
        Assert.Equal("1", await browser.TextAsync("/count"));
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        return browser;
    }

    private static Task<TestApp> StartAsync(UnboundRequestAction action, SignOutAction signOut = SignOutAction.EndSession, TimeSpan? time = null) => BoundSite.StartAsync(
        action,
        o => o.RotationTime = null,
        services: services => services.AddAuthentication("Here").AddFuelSessions("Here", options =>
        {
            options.SignOut = signOut;
            options.SlidingExpiration = false;
            options.ExpireTimeSpan = time ?? options.ExpireTimeSpan;
        }),
        map: app =>
        {
            app.UseAuthentication();
            app.MapGet("/in", (string name, HttpContext context) => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name), new Claim(ClaimTypes.Name, name)], "test"))));
            app.MapGet("/out", (HttpContext context) => context.SignOutAsync());
            app.MapGet("/user", (ClaimsPrincipal user) => user.Identity!.Name ?? "");
            app.MapGet("/user/proof", (ClaimsPrincipal user, Session session) => $"{user.Identity!.Name} {session.DeviceProof}");
        });
}
