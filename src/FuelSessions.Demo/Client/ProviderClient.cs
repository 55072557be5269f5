using FuelSessions.Demo.Authority;
using FuelSessions.Tokens;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Demo.Client;

/// <summary>The app as a client of an OAuth provider: OpenIddict, which the app serves itself, under <c>/provider</c>.</summary>
internal static class ProviderClient
{
    /// <summary>The name of the token client.</summary>
    internal const string Name = "provider";

    /// <summary>The name of the <see cref="HttpClient"/> that sends its tokens.</summary>
    internal const string Api = "api";

    internal const string Scope = "contacts offline_access";

    private const string Provider = "/provider";

    /// <summary>How long an access token lives: short enough to watch it end.</summary>
    internal static TimeSpan AccessLifetime { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Tokens need a driver with a server side. The configured one, unless that is the cookie driver.</summary>
    internal static string DriverFor(string configured) =>
        configured.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? "db" : configured;

    internal static void AddProviderClient(this WebApplicationBuilder builder, string data)
    {
        IServiceCollection services = builder.Services;
        var clock = new AheadClock();
        var client = new AuthorityClient { Clock = clock, AccessLifetime = AccessLifetime };
        services.AddSingleton(clock);
        services.AddAuthority(client, db => db.UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "provider.db") }.ToString()));
        services.AddTransient<OwnServer>();
        services.AddTransient<ParallelCalls>();
        services.AddSingleton<PendingSignIn>();

        services.AddOptions<TokenSessionOptions>(Name).Configure<IServer>((options, server) =>
        {
            options.ClientId = client.Id;
            options.ClientSecret = client.Secret;
            options.TokenEndpoint = At("/oauth/token");
            options.AuthorizationEndpoint = At("/oauth/authorize");
            options.RevocationEndpoint = At("/oauth/revoke");
            options.Backchannel = new OwnServer(server);
            options.TimeProvider = clock;

            // The page rejects tokens as often as its visitor likes.
            options.RenewAgainAfter = TimeSpan.Zero;
        });
        services.AddHttpClient(Api, http => http.BaseAddress = At("/api/"))
            .ConfigurePrimaryHttpMessageHandler<OwnServer>()
            .AddTokenSession(Name, options => options.UseWebSession(builder.Configuration["FuelSessions:Driver"] is { } driver ? DriverFor(driver) : null));
    }

    internal static void MapProvider(this WebApplication app) => app.MapAuthority().WithoutSession();

    private static Uri At(string path) => new(OwnServer.Placeholder, Provider + path);
}
