using System.Net;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Tests.Processes;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>Signing in at the provider's page within a session that is bound to its device.</summary>
public sealed class BoundSignInTests
{
    [Fact]
    public async Task Who_does_not_prove_the_device_is_refused_before_the_code_is_used()
    {
        await using Provider provider = await Provider.StartAsync();
        using var certificate = new TestCertificate();
        string begun = "";
        await using TestApp app = await TestApp.StartAsync(
            sessions => sessions.Driver = "memory",
            map =>
            {
                map.MapGet("/in", (Session session) => session.AttachPrincipal("ada").Principal);
                map.MapGet("/signed-in", async (TokenSessionFactory tokens) => (await tokens.CreateAsync(Client.Name)).IsAuthenticated);
                map.MapTokenSignIn(Client.Name);
            },
            sessions => sessions.BindToDevice(o => o.OnUnboundRequest = UnboundRequestAction.Report),
            before => before.Use(async (context, next) =>
            {
                await next(context);
                begun = context.Response.Headers.Location.ToString() is { Length: > 0 } to ? to : begun;
            }),
            services: services =>
            {
                services.Configure<KestrelServerOptions>(server => server.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Server)));
                services.AddTokenSession(Client.Name, options =>
                {
                    options.ClientId = provider.StandIn.ClientId;
                    options.ClientSecret = provider.StandIn.ClientSecret;
                    options.TokenEndpoint = new Uri(provider.Address, "/provider/oauth/token");
                    options.AuthorizationEndpoint = new Uri(provider.Address, "/provider/oauth/authorize");
                    options.UseWebSession();
                });
            });
        using var owner = new DeviceBrowser(app.Address);
        await owner.GetAsync("/in");
        Assert.Equal(HttpStatusCode.OK, (await owner.RegisterAsync()).Status);
        await owner.GetAsync("/signed-in");

        // By now no request can be on its way that was sent before.
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        await owner.GetAsync("/sign-in");
        var query = QueryHelpers.ParseQuery(new Uri(begun).Query);
        string code = provider.StandIn.IssueCode("ada", query["redirect_uri"]!, query["code_challenge"]);
        string callback = $"/sign-in/callback?code={code}&state={query["state"]}";
        using DeviceBrowser thief = owner.Thief();
        thief.Jar.TryRemove(owner.BoundCookie, out _);

        Assert.Equal(HttpStatusCode.Forbidden, (await thief.GetAsync(callback)).Status);
        Assert.Equal(0, provider.StandIn.TokenRequests);
        Assert.Equal("false", await owner.TextAsync("/signed-in"));
        Assert.Equal(HttpStatusCode.Redirect, (await owner.GetAsync(callback)).Status);
        Assert.Equal("true", await owner.TextAsync("/signed-in"));
    }
}
