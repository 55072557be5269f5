using FuelSessions.Demo.Provider;
using FuelSessions.Tokens;
using Microsoft.AspNetCore.Hosting.Server;

namespace FuelSessions.Demo.Client;

/// <summary>The app as a client of an OAuth provider. The provider is a stand-in that the app serves itself, under <c>/provider</c>.</summary>
internal static class StandInClient
{
    /// <summary>The name of the token client.</summary>
    internal const string Name = "stand-in";

    /// <summary>The name of the <see cref="HttpClient"/> that sends its tokens.</summary>
    internal const string Api = "api";

    internal const string Scope = "global:all";

    private const string Provider = "/provider";

    /// <summary>How long an access token lives: short enough to watch it end.</summary>
    internal static TimeSpan AccessLifetime { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Tokens need a driver with a server side. The configured one, unless that is the cookie driver.</summary>
    internal static string DriverFor(string? configured) =>
        configured is null || configured.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? "db" : configured;

    internal static void AddStandInClient(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton<AheadClock>();
        services.AddSingleton(provider => new OAuthStandIn(provider.GetRequiredService<AheadClock>()) { AccessLifetime = AccessLifetime });
        services.AddTransient<OwnServer>();
        services.AddTransient<ParallelCalls>();

        services.AddOptions<TokenSessionOptions>(Name).Configure<OAuthStandIn, AheadClock, IServer>((options, standIn, clock, server) =>
        {
            options.ClientId = standIn.ClientId;
            options.ClientSecret = standIn.ClientSecret;
            options.TokenEndpoint = At("/oauth/token");
            options.AuthorizationEndpoint = At("/oauth/authorize");
            options.RevocationEndpoint = At("/oauth/revoke");
            options.Backchannel = new OwnServer(server);
            options.TimeProvider = clock;
        });
        services.AddHttpClient(Api, http => http.BaseAddress = At("/api/"))
            .ConfigurePrimaryHttpMessageHandler<OwnServer>()
            .AddTokenSession(Name, options => options.UseWebSession(DriverFor(builder.Configuration["FuelSessions:Driver"])));
    }

    internal static void MapStandIn(this WebApplication app) =>
        app.MapOAuthProvider(Provider, app.Services.GetRequiredService<OAuthStandIn>()).WithoutSession();

    private static Uri At(string path) => new(OwnServer.Placeholder, Provider + path);
}
