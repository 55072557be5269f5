using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>Pipelines that branch, or have sessions twice: a browser is told an address at which it is answered.</summary>
public class BranchTests
{
    /// <summary>A branch has another path base than the sessions in front of it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_begins_in_a_branch_is_bound(bool hasSessions)
    {
        await using TestApp app = await BoundSite.StartAsync(map: app => app.Map("/shop", branch => Shop(hasSessions ? branch.UseFuelSessions() : branch)));
        using var browser = new DeviceBrowser(app.Address);
        await IsBoundAsync(app, browser, "/shop");
    }

    /// <summary>A branch by something else than its path alone has the same path base; what is for browsers is answered there or in front.</summary>
    [Fact]
    public async Task Sessions_twice_make_no_binding_twice()
    {
        await using TestApp app = await BoundSite.StartAsync(
            services: all =>
            {
                all.AddAuthentication().AddFuelSessions();
                all.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            },
            before: app => app.UseFuelSessions(),
            map: app =>
            {
                app.UseFuelSessions();
                app.MapWhen(context => context.Request.Path.StartsWithSegments("/shop"), branch => Shop(branch.UseFuelSessions()));
                app.UseAuthentication();
                app.UseAuthorization();
            });
        using var browser = new DeviceBrowser(app.Address);
        await IsBoundAsync(app, browser, "/shop");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync("/.fuelsessions/dbsc/none/register")).Status);
    }

    /// <summary>Where the sessions in front have nothing of the request.</summary>
    [Fact]
    public async Task Sessions_of_a_branch_are_bound_in_the_branch()
    {
        await using TestApp app = await BoundSite.StartAsync(before: app => app.Map("/stall", branch => Shop(branch.UseFuelSessions())));
        using var browser = new DeviceBrowser(app.Address);
        await IsBoundAsync(app, browser, "/stall");
        Assert.StartsWith("/stall/", browser.RefreshPath, StringComparison.Ordinal);
    }

    private static async Task IsBoundAsync(TestApp app, DeviceBrowser browser, string path)
    {
        await browser.GetAsync($"{path}/in");
        Assert.Equal(HttpStatusCode.OK, (await browser.RegisterAsync()).Status);
        Assert.Equal("ada Given", await browser.TextAsync($"{path}/who"));
        app.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("ada Given", await browser.TextAsync($"{path}/who"));
    }

    // Without routing of its own: the session is used where the path base is the branch's.
    private static void Shop(IApplicationBuilder branch) => branch.Run(async context =>
    {
        Session session = await context.RequestServices.GetRequiredService<ISessionStore>().ForgeAsync();
        if (context.Request.Path.Value!.EndsWith("/in", StringComparison.Ordinal))
        {
            session.AttachPrincipal("ada");
        }

        await context.Response.WriteAsync($"{session.Principal ?? "nobody"} {session.DeviceProof}");
    });
}
