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
        await using TestApp app = await StartAsync(provider, certificate, UnboundRequestAction.Report, before => before.Use(async (context, next) =>
        {
            await next(context);
            begun = context.Response.Headers.Location.ToString() is { Length: > 0 } to ? to : begun;
        }));
        using DeviceBrowser owner = await BoundAsync(app);
        await owner.GetAsync("/sign-in");
        var query = QueryHelpers.ParseQuery(new Uri(begun).Query);
        string code = provider.StandIn.IssueCode("ada", query["redirect_uri"]!, query["code_challenge"]);
        string callback = $"/sign-in/callback?code={code}&state={query["state"]}";
        using DeviceBrowser thief = Poor(owner);

        Assert.Equal(HttpStatusCode.Forbidden, (await thief.GetAsync(callback)).Status);
        Assert.Equal(0, provider.StandIn.TokenRequests);
        Assert.Equal("false", await owner.TextAsync("/signed-in"));
        Assert.Equal(HttpStatusCode.Redirect, (await owner.GetAsync(callback)).Status);
        Assert.Equal("true", await owner.TextAsync("/signed-in"));
    }

    /// <summary>Neither in the session nor at the provider: a token that is renewed for it takes the place of the owner's.</summary>
    [Fact]
    public async Task Who_may_only_read_reads_tokens_and_changes_none()
    {
        await using Provider provider = await Provider.StartAsync();
        using var certificate = new TestCertificate();
        int revoked = 0;
        provider.StandIn.OnRevoke = _ => revoked++;
        await using TestApp app = await StartAsync(provider, certificate, UnboundRequestAction.ReadOnly);
        using DeviceBrowser owner = await BoundAsync(app);
        Assert.Equal("stored", await owner.TextAsync("/password"));
        string token = await owner.TextAsync("/token");
        using DeviceBrowser thief = Poor(owner);
        Assert.Equal(token, await thief.TextAsync("/token"));
        foreach (string path in (string[])["/password", "/import", "/remember", "/renew", "/clear", "/revoke", "/set"])
        {
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await thief.GetAsync(path)).Status));
        }

        Assert.Equal((1, 0), (provider.StandIn.TokenRequests, revoked));
        Assert.Equal(token, await owner.TextAsync("/token"));

        // Nor one that is over.
        app.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(HttpStatusCode.OK, (await owner.RefreshAsync()).Status);
        Assert.Equal("stored", await owner.TextAsync("/expire"));
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.GetAsync("/token")).Status);
        Assert.Equal((1, 0), (provider.StandIn.TokenRequests, revoked));
        Assert.NotEqual(token, await owner.TextAsync("/token"));
        Assert.Equal(1, provider.StandIn.Refreshes);
    }

    private static async Task<DeviceBrowser> BoundAsync(TestApp app)
    {
        var owner = new DeviceBrowser(app.Address);
        await owner.GetAsync("/in");
        Assert.Equal(HttpStatusCode.OK, (await owner.RegisterAsync()).Status);
        await owner.GetAsync("/signed-in");

        // By now no request can be on its way that was sent before.
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        return owner;
    }

    private static DeviceBrowser Poor(DeviceBrowser owner)
    {
        DeviceBrowser thief = owner.Thief();
        thief.Jar.TryRemove(owner.BoundCookie, out _);
        return thief;
    }

    private static Task<TestApp> StartAsync(Provider provider, TestCertificate certificate, UnboundRequestAction action, Action<WebApplication>? before = null) => TestApp.StartAsync(
        sessions => sessions.Driver = "memory",
        map =>
        {
            map.MapGet("/in", (Session session) => session.AttachPrincipal("ada").Principal);
            map.MapGet("/signed-in", async (TokenSessionFactory tokens) => (await tokens.CreateAsync(Client.Name)).IsAuthenticated);
            Map("/token", tokens => tokens.GetAccessTokenAsync());
            Map("/password", tokens => StoredAsync(tokens.AuthenticateWithPasswordAsync("ada", provider.StandIn.Password)));
            Map("/import", tokens => StoredAsync(tokens.ImportAsync(Client.Token("another"), AuthIdentity.Password("ada"))));
            Map("/expire", async tokens =>
            {
                OAuthToken held = tokens.Token;
                return await StoredAsync(tokens.ImportAsync(held with { ExpiresAt = held.IssuedAt }, AuthIdentity.Password("ada")));
            });
            Map("/remember", tokens => StoredAsync(tokens.RememberAsync()));
            Map("/renew", tokens => StoredAsync(tokens.RenewAsync()));
            Map("/clear", tokens => StoredAsync(tokens.ClearAsync()));
            Map("/revoke", tokens => StoredAsync(tokens.RevokeAsync()));
            map.MapGet("/set", async (TokenSessionFactory tokens) =>
            {
                TokenSession session = await tokens.CreateAsync(Client.Name);
                await tokens.Client(Client.Name).Manager.SetAsync(Client.Token("set"), Client.Key(session.Owner));
            });
            map.MapTokenSignIn(Client.Name);

            void Map(string path, Func<TokenSession, Task<string>> act) =>
                map.MapGet(path, async (TokenSessionFactory tokens) => await act(await tokens.CreateAsync(Client.Name)));
        },
        sessions => sessions.BindToDevice(o => o.OnUnboundRequest = action),
        before,
        services: services =>
        {
            services.Configure<KestrelServerOptions>(server => server.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Server)));
            services.AddTokenSession(Client.Name, options =>
            {
                options.ClientId = provider.StandIn.ClientId;
                options.ClientSecret = provider.StandIn.ClientSecret;
                options.TokenEndpoint = new Uri(provider.Address, "/provider/oauth/token");
                options.AuthorizationEndpoint = new Uri(provider.Address, "/provider/oauth/authorize");
                options.RevocationEndpoint = new Uri(provider.Address, "/provider/oauth/revoke");
                options.UseWebSession();
            });
        });

    private static async Task<string> StoredAsync(Task act)
    {
        await act;
        return "stored";
    }
}
