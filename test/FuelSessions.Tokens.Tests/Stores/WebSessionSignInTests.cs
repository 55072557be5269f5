using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.Processes;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>
/// A sign-in that the web session refuses is told of at once. The app's clock stands still: what waited to try again would wait for ever.
/// </summary>
public sealed class WebSessionSignInTests : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private Provider? _provider;
    private TestApp? _app;

    private Provider Provider => _provider!;

    private TestApp App => _app!;

    public async Task InitializeAsync()
    {
        _provider = await Provider.StartAsync();
        _app = await TestApp.StartAsync(
            sessions => (sessions.Driver, sessions.StoreTimeout) = ("memory", TimeSpan.FromSeconds(30)),
            app =>
            {
                app.MapGet("/sign-in", (TokenSessionFactory tokens) => SignInAsync(tokens));
                app.MapGet("/late", async (TokenSessionFactory tokens, HttpContext context) =>
                {
                    await context.Response.WriteAsync("sent;");
                    await context.Response.Body.FlushAsync();
                    await context.Response.WriteAsync(await SignInAsync(tokens));
                });
                app.MapGet("/attach", (Session session) => session.AttachPrincipal("ada").IsNew);
                app.MapGet("/is-signed-in", async (TokenSessionFactory tokens) => (await tokens.CreateAsync(Client.Name)).IsAuthenticated);
            },
            services: services => services.AddTokenSession(Client.Name, options =>
            {
                options.ClientId = Provider.StandIn.ClientId;
                options.ClientSecret = Provider.StandIn.ClientSecret;
                options.TokenEndpoint = new Uri(Provider.Address, "/provider/oauth/token");
                options.UseWebSession();
            }));
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Provider.DisposeAsync();
    }

    [Fact]
    public async Task A_sign_in_that_would_begin_a_session_after_the_headers_throws_at_once()
    {
        using TestBrowser browser = App.NewBrowser();
        Assert.StartsWith("sent;InvalidOperationException: A session can't be begun after the response headers were sent", await TextAsync(browser, "/late"));
        AssertTriedOnce(signIns: 1);
        Assert.Equal("false", await TextAsync(browser, "/is-signed-in"));
        Assert.Equal("signed in", await TextAsync(browser, "/sign-in"));
        Assert.Equal("sent;signed in", await TextAsync(browser, "/late"));
    }

    [Fact]
    public async Task A_sign_in_in_a_detached_session_throws_at_once()
    {
        using TestBrowser browser = App.NewBrowser();
        using TestBrowser late = App.NewBrowser();
        Assert.Equal("signed in", await TextAsync(browser, "/sign-in"));
        late.Jar.TryAdd(browser.Jar.Keys.Single(), browser.Jar.Values.Single());
        await TextAsync(browser, "/attach");

        Assert.StartsWith(
            "InvalidOperationException: A token of client 'podio' can't be stored in this request's session: it is detached",
            (await late.GetAsync("/sign-in", deliver: false).WaitAsync(Longest)).Body);
        AssertTriedOnce(signIns: 2);
        Assert.Equal("true", await TextAsync(browser, "/is-signed-in"));
        Assert.Equal("false", await TextAsync(late, "/is-signed-in"));
    }

    private static Task<string> TextAsync(TestBrowser browser, string path) => browser.TextAsync(path).WaitAsync(Longest);

    private void AssertTriedOnce(int signIns)
    {
        Assert.Equal(signIns, Provider.StandIn.TokenRequests);
        Assert.DoesNotContain(App.Logs.Lines, line => line.Category == "FuelSessions.Tokens");
    }

    private async Task<string> SignInAsync(TokenSessionFactory tokens)
    {
        try
        {
            TokenSession session = await tokens.CreateAsync(Client.Name);
            await session.AuthenticateWithAppAsync("1", Provider.StandIn.Password);
            return "signed in";
        }
        catch (InvalidOperationException error)
        {
            return $"{error.GetType().Name}: {error.Message}";
        }
    }
}
