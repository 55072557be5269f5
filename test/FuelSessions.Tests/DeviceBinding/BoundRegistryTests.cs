using System.Net;
using System.Text.Json;
using FuelSessions.Tests.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>What somebody may do from elsewhere to the other sessions of the user of a bound one [B5].</summary>
public class BoundRegistryTests
{
    [Theory]
    [InlineData(UnboundRequestAction.Report)]
    [InlineData(UnboundRequestAction.ReadOnly)]
    public async Task Who_does_not_prove_the_device_ends_no_session_but_that_one(UnboundRequestAction action)
    {
        await using TestApp app = await StartAsync(action);
        using var owner = new DeviceBrowser(app.Address);
        using var phone = new DeviceBrowser(app.Address);
        await phone.GetAsync("/in");
        await owner.GetAsync("/in");
        Assert.Equal(HttpStatusCode.OK, (await owner.RegisterAsync()).Status);
        Assert.Equal("id-ann Given", await owner.TextAsync("/who"));
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        using DeviceBrowser thief = owner.Thief();
        thief.Jar.TryRemove(owner.BoundCookie, out _);

        // It may read.
        (string token, string own, string phones) = await ListAsync(thief);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(thief, HttpMethod.Post, "/sessions/end-others", token));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(thief, HttpMethod.Delete, $"/sessions/{phones}", token));
        Assert.Equal("id-ann NotBound", await phone.TextAsync("/who"));

        // Whoever has the cookie can sign out.
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(thief, HttpMethod.Delete, $"/sessions/{own}", token));
        Assert.Equal("nobody NotBound", await owner.TextAsync("/who"));
        Assert.Equal("id-ann NotBound", await phone.TextAsync("/who"));
    }

    [Fact]
    public async Task The_device_s_owner_ends_the_others()
    {
        await using TestApp app = await StartAsync(UnboundRequestAction.ReadOnly);
        using var owner = new DeviceBrowser(app.Address);
        using var phone = new DeviceBrowser(app.Address);
        await phone.GetAsync("/in");
        await owner.GetAsync("/in");
        await owner.RegisterAsync();
        await owner.GetAsync("/who");
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        (string token, _, _) = await ListAsync(owner);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(owner, HttpMethod.Post, "/sessions/end-others", token));
        Assert.Equal(["id-ann Given", "nobody NotBound"], [await owner.TextAsync("/who"), await phone.TextAsync("/who")]);
    }

    private static async Task<HttpStatusCode> SendAsync(DeviceBrowser browser, HttpMethod method, string path, string token) =>
        (await browser.SendAsync(method, path, headers: ("RequestVerificationToken", token))).Status;

    private static async Task<(string Token, string Own, string Other)> ListAsync(DeviceBrowser browser)
    {
        JsonElement list = JsonDocument.Parse(await browser.TextAsync("/sessions")).RootElement;
        ILookup<bool, string> handles = list.GetProperty("sessions").EnumerateArray()
            .ToLookup(session => session.GetProperty("isCurrent").GetBoolean(), session => session.GetProperty("handle").GetString()!);
        return (list.GetProperty("requestToken").GetString()!, handles[true].Single(), handles[false].Single());
    }

    private static Task<TestApp> StartAsync(UnboundRequestAction action) => BoundSite.StartAsync(
        action,
        services: all =>
        {
            all.AddAuthentication().AddFuelSessions();
            all.AddAuthorization();
            all.AddAntiforgery();
        },
        map: app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapSessionEndpoints("/sessions");
            app.MapGet("/in", (HttpContext http) => http.SignInAsync(Principals.Named("ann")));
        });
}
