using FuelSessions.Testing;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tokens.Tests.Hosting;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_manager_can_be_given_as_an_instance()
    {
        var manager = new TestManager();
        Assert.Same(manager, await ManagerOfAsync(options => options.UseManager(manager)));
    }

    [Fact]
    public async Task A_manager_can_be_given_as_a_factory()
    {
        var manager = new TestManager();
        Assert.Same(manager, await ManagerOfAsync(
            options => options.UseManager(services => services.GetRequiredService<TestManager>()),
            services => services.AddSingleton(manager)));
    }

    [Fact]
    public async Task A_manager_can_be_given_as_a_type_that_is_a_service()
    {
        var manager = new TestManager();
        Assert.Same(manager, await ManagerOfAsync(options => options.UseManager<TestManager>(), services => services.AddSingleton(manager)));
    }

    [Fact]
    public async Task A_manager_can_be_given_as_a_type_that_is_made_from_services() =>
        Assert.IsType<NeedyManager>(await ManagerOfAsync(options => options.UseManager<NeedyManager>(), services => services.AddSingleton(new Needed())));

    [Fact]
    public async Task A_manager_that_can_not_be_made_is_an_error_at_start_up()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(options => options.UseManager<NeedyManager>()));

        Assert.Contains("'podio'", error.Message);
        Assert.Contains(nameof(Needed), error.Message);
    }

    [Fact]
    public async Task A_factory_that_makes_none_is_an_error_at_start_up() =>
        Assert.Contains("null", (await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(options => options.UseManager(_ => null!)))).Message);

    [Fact]
    public async Task A_scoped_manager_is_an_error_at_start_up_that_says_why()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(options => options.UseManager<TestManager>(), services => services.AddScoped<TestManager>()));

        Assert.Contains("scoped", error.Message);
        Assert.Contains("IServiceScopeFactory", error.Message);
    }

    public static TheoryData<string, Action<TokenSessionOptions>> Mistakes => new()
    {
        { "ClientId", options => options.ClientId = " " },
        { "TokenEndpoint", options => options.TokenEndpoint = null },
        { "https", options => options.TokenEndpoint = new Uri("http://provider.example/token") },
        { "https", options => options.TokenEndpoint = new Uri("/token", UriKind.Relative) },
        { "AuthorizationEndpoint", options => options.AuthorizationEndpoint = new Uri("http://provider.example/") },
        { "RevocationEndpoint", options => options.RevocationEndpoint = new Uri("ftp://127.0.0.1/") },
        { "Scheme", options => options.Scheme = "Two words" },
        { "IsTokenExpired", options => options.IsTokenExpired = null! },
        { "ClientAuthentication", options => options.ClientAuthentication = (ClientAuthentication)7 },
        { "ClientSecret", options => (options.ClientAuthentication, options.ClientSecret) = (ClientAuthentication.Basic, null) },
        { "RenewBefore", options => options.RenewBefore = TimeSpan.FromSeconds(-1) },
        { "RenewBefore", options => options.RenewBefore = TimeSpan.FromHours(2) },
        { "RequestTimeout", options => options.RequestTimeout = TimeSpan.FromMilliseconds(10) },
        { "LockLifetime", options => options.LockLifetime = options.RequestTimeout },
        { "LockLifetime", options => options.LockLifetime = TimeSpan.FromHours(2) },
        { "RefreshTokenLifetime", options => options.RefreshTokenLifetime = TimeSpan.Zero },
        { "RefreshTokenLifetime", options => options.RefreshTokenLifetime = TimeSpan.MaxValue },
        { "RenewAgainAfter", options => options.RenewAgainAfter = TimeSpan.FromHours(2) },
        { "IsGrantRefused", options => options.IsGrantRefused = null! },
        { "TokenTypes", options => options.TokenTypes.Clear() },
        { "Issuer", options => options.Issuer = "" },
        { "refresh_token", options => options.RefreshParameters["refresh_token"] = "mine" },
        { "state", options => options.AuthorizationParameters["state"] = "mine" },
        { "WithClientCredentials", options => options.WithClientCredentials() },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_an_error_at_start_up_that_names_the_client_and_the_setting(string said, Action<TokenSessionOptions> mistake)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => mistake(options.UseManager(new TestManager()))));

        Assert.Contains("'podio'", Assert.Single(error.Failures));
        Assert.Contains(said, error.Message);
    }

    [Fact]
    public async Task A_client_without_a_manager_is_an_error_at_start_up() =>
        Assert.Contains("UseManager", (await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(_ => { }))).Message);

    [Fact]
    public async Task A_client_that_is_not_registered_is_an_error_that_lists_those_that_are()
    {
        using IHost host = await StartAsync(options => options.UseManager(new TestManager()));

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.GetRequiredService<TokenSessionFactory>().CreateAsync("github"));

        Assert.Contains("(registered: podio)", error.Message);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_owner_that_is_null_is_an_error_that_says_so()
    {
        await using Ground ground = await Ground.StartAsync(options => options.Owner = (_, _) => new((string)null!));

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => Ground.WhoAsync(ground.Api));

        Assert.Contains("Owner", error.Message);
    }

    [Fact]
    public async Task A_second_HttpClient_shares_the_clients_options_and_tokens()
    {
        await using Ground ground = await Ground.StartAsync(services: services => services.AddHttpClient("second")
            .AddTokenSession(Ground.Client));
        await ground.SignInAsync();
        HttpClient second = ground.Services.GetRequiredService<IHttpClientFactory>().CreateClient("second");
        second.BaseAddress = ground.Address;

        Assert.Equal("app:1", await Ground.WhoAsync(second));
    }

    [Fact]
    public async Task A_manager_of_ones_own_needs_two_members_only()
    {
        await using Ground ground = await Ground.StartAsync(options => options.UseManager<TestManager>());
        await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromHours(9));

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Ground.WhoAsync(ground.Api)));

        Assert.All(answers, who => Assert.Equal("app:1", who));
        Assert.Equal((1, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused));
    }

    [Fact]
    public async Task What_could_not_be_stored_is_stored_when_the_app_ends()
    {
        var manager = new TestManager();
        FakeTimeProvider clock = FakeClock.AtPresent();
        using IHost host = await StartAsync(
            options =>
            {
                options.Backchannel = new Issuer();
                options.UseManager(manager);
            },
            services => services.AddSingleton<TimeProvider>(clock));
        TokenSession session = await host.Services.GetRequiredService<TokenSessionFactory>().CreateAsync("podio");
        manager.BreakWrites();
        Task signingIn = session.AuthenticateAsync("client_credentials", []);
        while (!signingIn.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        manager.Repair();
        await host.StopAsync();

        Assert.Equal(session.Token, manager.Tokens[new TokenKey("podio", "", session.Identity!)]);
    }

    [Fact]
    public void Podio_is_as_its_documentation_has_it()
    {
        TokenSessionOptions options = new TokenSessionOptions().UsePodio("client", "secret");

        Assert.Equal(("https://api.podio.com/oauth/token/v2", "https://podio.com/oauth/authorize"), (options.TokenEndpoint!.ToString(), options.AuthorizationEndpoint!.ToString()));
        Assert.Equal(("OAuth2", TimeSpan.FromDays(28)), (options.Scheme, options.RefreshTokenLifetime));
        Assert.True(options.IsTokenExpired(new OAuthError(default, "unauthorized", "expired_token")));
        Assert.True(options.IsTokenExpired(new OAuthError(default, "Unauthorized: expired_token", null)));
        Assert.True(options.IsTokenExpired(new OAuthError(default, "invalid_token", null)));
        Assert.False(options.IsTokenExpired(new OAuthError(default, "unauthorized", "no access")));
    }

    private static async Task<ITokenSessionManager> ManagerOfAsync(Action<TokenSessionOptions> configure, Action<IServiceCollection>? services = null)
    {
        using IHost host = await StartAsync(configure, services);
        TokenSessionOptions options = host.Services.GetRequiredService<IOptionsMonitor<TokenSessionOptions>>().Get("podio");
        await host.StopAsync();
        return options.CreateManager!(host.Services, new TokenStoreContext("podio", TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, null));
    }

    private static async Task<IHost> StartAsync(Action<TokenSessionOptions> configure, Action<IServiceCollection>? services = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        services?.Invoke(builder.Services);
        builder.Services.AddTokenSession("podio", options =>
        {
            options.ClientId = "client";
            options.TokenEndpoint = new Uri("https://provider.example/token");
            configure(options);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    internal sealed class Needed;

    internal sealed class NeedyManager(Needed needed) : TestManager
    {
        public override string ToString() => $"{needed}";
    }

    private sealed class Issuer : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"access_token":"a","expires_in":3600}""") });
    }
}
