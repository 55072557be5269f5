using FuelSessions.Tokens.Tests.StandIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Processes;

/// <summary>What the tests run in processes of their own. Each ends when the test process closes its input, or dies.</summary>
internal static class ChildPrograms
{
    internal const string Ready = "ready";
    internal const string Callers = "callers";
    internal const string Credentials = "credentials";
    internal const string Holder = "holder";
    internal const string Site = "site";
    internal const string Script = "script";

    /// <summary>How long the lock of a holder lives.</summary>
    internal static readonly TimeSpan HoldersLifetime = TimeSpan.FromSeconds(3);

    private const int CallersEach = 100;

    internal static Task<int>? Find(string[] arguments) => arguments switch
    {
        [Callers, .. var place] => CallAsync(Place.Of(place)),
        [Credentials, .. var place] => CallAsClientAsync(Place.Of(place)),
        [Holder, .. var place] => HoldAsync(Place.Of(place)),
        [Site, .. var place] => ServeAsync(Place.Of(place)),
        [Script, string folder, string provider] => RunScriptAsync(folder, new Uri(provider)),
        _ => null,
    };

    /// <summary>A hundred callers, each with a session of its own that has loaded the token, ask over 100 ms. Prints what each ends with.</summary>
    private static async Task<int> CallAsync(Place place)
    {
        await using ServiceProvider services = new ServiceCollection().AddTokenSession(Place.Client, options => place.Configure(options)).BuildServiceProvider();
        var sessions = services.GetRequiredService<TokenSessionFactory>();
        TokenSession[] callers = await Task.WhenAll(Enumerable.Range(0, CallersEach).Select(_ => sessions.CreateAsync(Place.Client)));
        Console.WriteLine(callers.All(caller => caller is { IsAuthenticated: true, IsFresh: false }) ? Ready : "There is no expired token.");
        await Console.In.ReadLineAsync();
        string[] tokens = await Task.WhenAll(callers.Select(async (caller, number) =>
        {
            await Task.Delay(number * 100 / CallersEach);
            return await caller.GetAccessTokenAsync();
        }));
        Console.WriteLine(string.Join('\n', tokens));
        return 0;
    }

    /// <summary>A hundred callers who want the client's own token, which nobody has asked for yet.</summary>
    private static async Task<int> CallAsClientAsync(Place place)
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddTokenSession(Place.Client, options => place.Configure(options).WithClientCredentials())
            .BuildServiceProvider();
        var sessions = services.GetRequiredService<TokenSessionFactory>();
        TokenSession[] callers = await Task.WhenAll(Enumerable.Range(0, CallersEach).Select(_ => sessions.CreateAsync(Place.Client)));
        Console.WriteLine(callers.Any(caller => caller.IsAuthenticated) ? "There is a token." : Ready);
        await Console.In.ReadLineAsync();
        Console.WriteLine(string.Join('\n', await Task.WhenAll(callers.Select(caller => caller.GetAccessTokenAsync()))));
        return 0;
    }

    /// <summary>One renewal, with a lock that lives shortly. Nothing times out: only the process' end ends its request.</summary>
    private static async Task<int> HoldAsync(Place place)
    {
        TokenSessionOptions options = place.Configure(new TokenSessionOptions { TimeProvider = new ClockWithoutTimers() });
        options.RequestTimeout = TimeSpan.FromSeconds(1);
        options.LockLifetime = place.Kind == Place.File ? TimeSpan.FromHours(1) : HoldersLifetime;
        TokenSession session = await TokenSession.CreateAsync(options, Place.Client);
        Console.WriteLine(Ready);
        await Console.In.ReadLineAsync();
        Task renewal = session.GetAccessTokenAsync();
        await Task.WhenAny(renewal, Console.In.ReadLineAsync());
        return 1;
    }

    /// <summary>An app whose users' tokens are in their web sessions. Prints its address.</summary>
    private static async Task<int> ServeAsync(Place place)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        place.Share(builder.Services.AddDataProtection());
        FuelSessionsBuilder sessions = builder.Services.AddFuelSessions(options => (options.Driver, options.StoreTimeout) = (DriverOf(place), TimeSpan.FromSeconds(30)));
        _ = place.Kind == Place.Redis ? sessions.AddRedisDriver(place.Address) : sessions.AddDbDriver(db => db.UseSqlite(place.Address));
        builder.Services.AddTokenSession(Place.Client, options =>
        {
            place.ConfigureClient(options);
            options.UseWebSession();
        });
        using var api = new HttpClient { BaseAddress = place.Provider };
        await using WebApplication app = builder.Build();
        app.UseFuelSessions();
        app.MapGet("/", () => "");
        app.MapGet("/sign-in", async (TokenSessionFactory tokens) =>
        {
            TokenSession session = await tokens.CreateAsync(Place.Client);
            await session.AuthenticateWithAppAsync("1", new OAuthStandIn(TimeProvider.System).Password);
        });
        app.MapGet("/token", async (TokenSessionFactory tokens) =>
        {
            // Tells the provider that it has loaded the token, before it asks for a good one.
            TokenSession session = await tokens.CreateAsync(Place.Client);
            using HttpResponseMessage told = await api.GetAsync("/provider/api/me");
            return await session.GetAccessTokenAsync();
        });
        if (place.Kind == Place.Sqlite)
        {
            await app.Services.EnsureFuelSessionsCreatedAsync();
        }

        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        await Console.In.ReadLineAsync();
        await app.StopAsync();
        return 0;
    }

    /// <summary>A console script: no services, a folder for its tokens.</summary>
    private static async Task<int> RunScriptAsync(string folder, Uri provider)
    {
        var standIn = new OAuthStandIn(TimeProvider.System);
        var options = new TokenSessionOptions
        {
            ClientId = standIn.ClientId,
            ClientSecret = standIn.ClientSecret,
            TokenEndpoint = new Uri(provider, "/provider/oauth/token"),
            Scheme = "OAuth2",
            RequestTimeout = TimeSpan.FromSeconds(60),
            LockLifetime = TimeSpan.FromSeconds(120),
        };
        await using TokenSession podio = await TokenSession.CreateAsync(options.UseFile(folder), Place.Client);
        if (!podio.IsAuthenticated)
        {
            await podio.AuthenticateWithAppAsync("1", standIn.Password);
        }

        using var api = new HttpClient(podio.CreateHandler()) { BaseAddress = provider };
        Console.WriteLine(await api.GetStringAsync("/provider/api/me"));
        return 0;
    }

    private static string DriverOf(Place place) => place.Kind == Place.Redis ? "redis" : "db";

    private sealed class ClockWithoutTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
