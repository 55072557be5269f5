using System.Net.Http.Json;
using System.Text.RegularExpressions;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tokens.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tokens.Tests.Support;

/// <summary>
/// A provider on Kestrel, on a free port of 127.0.0.1; a client of it with services, and one clock for both, which only the test moves. At its
/// end it looks for secrets in all that was logged.
/// </summary>
internal sealed partial class Ground : IAsyncDisposable
{
    internal const string Client = "podio";

    private readonly WebApplication _provider;
    private readonly ServiceProvider _services;

    private Ground(WebApplication provider, OAuthStandIn standIn, FakeTimeProvider clock, Uri address, Action<TokenSessionOptions>? configure, Action<IServiceCollection>? services)
    {
        (_provider, StandIn, Clock, Address) = (provider, standIn, clock, address);
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddLogging(logging => logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Trace));
        collection.AddDataProtection().UseEphemeralDataProtectionProvider();
        services?.Invoke(collection);
        collection.AddHttpClient("api", http => http.BaseAddress = address)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false })
            .AddTokenSession(Client, options =>
            {
                Configure(options);
                configure?.Invoke(options);
            });
        _services = collection.BuildServiceProvider();
    }

    internal OAuthStandIn StandIn { get; }

    internal FakeTimeProvider Clock { get; }

    internal Uri Address { get; }

    internal LogRecorder Logs { get; } = new();

    internal IServiceProvider Services => _services;

    internal TokenSessionFactory Sessions => _services.GetRequiredService<TokenSessionFactory>();

    /// <summary>An HTTP client of the factory's, whose handlers are pooled.</summary>
    internal HttpClient Api => _services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    internal static async Task<Ground> StartAsync(Action<TokenSessionOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        var standIn = new OAuthStandIn(clock);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.MapOAuthProvider("/provider", standIn);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Ground(app, standIn, clock, new Uri(address), configure, services);
    }

    /// <summary>The options of a client of this provider, with tokens in memory.</summary>
    internal TokenSessionOptions Configure(TokenSessionOptions options)
    {
        var store = new MemoryTokenStore();
        options.ClientId = StandIn.ClientId;
        options.ClientSecret = StandIn.ClientSecret;
        options.TokenEndpoint = new Uri(Address, "/provider/oauth/token");
        options.AuthorizationEndpoint = new Uri(Address, "/provider/oauth/authorize");
        options.RevocationEndpoint = new Uri(Address, "/provider/oauth/revoke");
        options.TimeProvider = Clock;

        // Long, so that a slow machine's answers come in time also where a test lets the clock run.
        options.RequestTimeout = TimeSpan.FromMinutes(1);
        options.LockLifetime = TimeSpan.FromMinutes(2);
        return options.UseStore((_, _) => store);
    }

    internal async Task<TokenSession> SignInAsync(string app = "1", string owner = "")
    {
        TokenSession session = await Sessions.CreateAsync(Client, owner);
        await session.AuthenticateWithAppAsync(app, StandIn.Password);
        return session;
    }

    internal static TokenKey Key(string app = "1", string owner = "") => new(Client, owner, AuthIdentity.App(app));

    /// <summary>What is stored, as another process would see it.</summary>
    internal async Task<OAuthToken> StoredAsync(string app = "1", string owner = "") => (await Sessions.CreateAsync(Client, owner, AuthIdentity.App(app))).Token;

    /// <summary>Whose token the API was sent.</summary>
    internal static async Task<string> WhoAsync(HttpClient api, Action<HttpRequestMessage>? edit = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/provider/api/me");
        edit?.Invoke(request);
        using HttpResponseMessage response = await api.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!["who"];
    }

    /// <summary>Ends when the renewals have that run in the background.</summary>
    internal Task RenewalsEndAsync() => Sessions.Client(Client).FinishAsync(CancellationToken.None);

    /// <summary>Lets the clock run, in small steps, until something has happened.</summary>
    internal async Task PassAsync(Task task, TimeSpan step)
    {
        while (!task.IsCompleted)
        {
            Clock.Advance(step);
            await Task.WhenAny(task, Task.Delay(2));
        }

        await task;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();

        // Who is still waited for, as by a provider that never answers, is not waited for here.
        await _provider.StopAsync(new CancellationToken(canceled: true));
        await _provider.DisposeAsync();
        Assert.DoesNotContain(Logs.Lines, line => HasSecret(line.Text) || HasSecret(line.Error?.ToString() ?? ""));
    }

    internal bool HasSecret(string text) =>
        Secret().IsMatch(text) || text.Contains(StandIn.Password, StringComparison.Ordinal) || text.Contains(StandIn.ClientSecret, StringComparison.Ordinal);

    [GeneratedRegex("(access|refresh|code)-[0-9a-f]{40}")]
    private static partial Regex Secret();
}
