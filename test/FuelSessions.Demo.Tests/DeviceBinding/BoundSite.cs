using System.Collections.Concurrent;
using System.Net;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Demo.Tests.DeviceBinding;

/// <summary>
/// An app over https that binds sessions, which it keeps in files, or two nodes of it with a Redis server; it notes what browsers ask, and answers with errors when told to.
/// </summary>
internal sealed class BoundSite : IAsyncDisposable
{
    private readonly TestCertificate _certificate;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ConcurrentDictionary<int, int> _counted = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly List<WebApplication> _nodes = [];
    private TurnProxy? _front;
    private int _port;

    private BoundSite(TestCertificate certificate, string folder)
    {
        _certificate = certificate;
        _folder = folder;
    }

    internal FakeTimeProvider Clock { get; } = FakeClock.AtPresent();

    /// <summary>The status that refreshes are answered with instead of ours; null: ours.</summary>
    internal int? RefreshStatus { get; set; }

    internal Uri Address => new($"https://localhost:{_port}");

    /// <summary>Another site, served by the same app.</summary>
    internal Uri Elsewhere => new($"https://elsewhere.test:{_port}");

    /// <summary>What browsers have registered and refreshed, each with the status that they got.</summary>
    internal string[] Asked => [.. _asked];

    /// <summary>How many nodes have counted.</summary>
    internal int NodesThatCounted => _counted.Count;

    /// <summary>How a request said that it came without a refresh; null: none did.</summary>
    internal string? Skipped { get; private set; }

    internal static async Task<BoundSite> StartAsync(TestCertificate certificate, string folder)
    {
        var site = new BoundSite(certificate, folder) { _port = FreePort.Next() };
        await site.StartNodeAsync();
        return site;
    }

    internal static async Task<BoundSite> StartTwoNodesAsync(TestCertificate certificate, string folder, string redis)
    {
        var site = new BoundSite(certificate, folder);
        await site.StartNodeAsync(redis);
        await site.StartNodeAsync(redis);
        site._front = new TurnProxy(PortOf(site._nodes[0]), PortOf(site._nodes[1]));
        site._port = site._front.Port;
        return site;
    }

    /// <summary>On the same port, with the same files and keys.</summary>
    internal async Task RestartAsync()
    {
        await EndNodesAsync();
        await StartNodeAsync();
    }

    /// <summary>Waits until browsers have asked that so often.</summary>
    internal async Task ExpectAsync(string asked, int times = 1) => Assert.True(
        await HasAskedAsync(asked, times, TimeSpan.FromSeconds(120)),
        $"No browser asked '{asked}' {times} times, but: {string.Join(", ", _asked)}.");

    /// <summary>The same for a while: whether they have.</summary>
    internal async Task<bool> HasAskedAsync(string asked, int times, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        while (_asked.Count(one => one == asked) < times)
        {
            try
            {
                await _news.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        await EndNodesAsync();
        _news.Dispose();
    }

    private static int PortOf(WebApplication node) => new Uri(node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private async Task EndNodesAsync()
    {
        foreach (WebApplication node in _nodes)
        {
            await node.StopAsync();
            await node.DisposeAsync();
        }

        _nodes.Clear();
    }

    private async Task StartNodeAsync(string? redis = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddDataProtection().SetApplicationName("bound").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(_folder, "keys")));
        builder.Services.Configure<KestrelServerOptions>(server => server.Listen(IPAddress.Loopback, _port, listen =>
        {
            // Connections are what a proxy has to share out, and of HTTP/2 there is one.
            listen.Protocols = redis is null ? listen.Protocols : HttpProtocols.Http1;
            listen.UseHttps(_certificate.Server);
        }));
        FuelSessionsBuilder sessions = builder.Services
            .AddFuelSessions(o =>
            {
                o.Driver = redis is null ? "file" : "redis";
                o.Path = Path.Combine(_folder, "sessions");

                // For machines that have other things to do.
                o.StoreTimeout = TimeSpan.FromMinutes(1);

                // Browsers forget the other kind when they end.
                o.ExpireOnClose = false;
                o.RotationTime = null;
            })
            .BindToDevice(o => o.OnUnboundRequest = UnboundRequestAction.Refuse);
        if (redis is not null)
        {
            sessions.AddRedisDriver(redis);
        }

        WebApplication app = builder.Build();
        app.Use(NoteAsync);
        app.UseFuelSessions();
        Map(app, node: _nodes.Count);
        await app.StartAsync();
        _nodes.Add(app);
    }

    private async Task NoteAsync(HttpContext context, RequestDelegate next)
    {
        bool refreshes = context.Request.Path.Value!.EndsWith("/refresh", StringComparison.Ordinal);
        if (refreshes && RefreshStatus is { } status)
        {
            context.Response.StatusCode = status;
        }
        else
        {
            await next(context);
        }

        if (context.Request.Headers.TryGetValue("Secure-Session-Skipped", out Microsoft.Extensions.Primitives.StringValues skipped))
        {
            Skipped = skipped.ToString();
        }

        if (context.Request.Path.StartsWithSegments("/.fuelsessions"))
        {
            _asked.Enqueue($"{(refreshes ? "refresh" : "register")} {context.Response.StatusCode}");
            _news.Release();
        }
    }

    private void Map(WebApplication app, int node)
    {
        app.MapGet("/", () => Results.Content("<title>home</title>", "text/html"));
        app.MapGet("/sign-in", (Session session) => session.AttachPrincipal("ada").Principal);
        app.MapPost("/sign-in", (Session session) =>
        {
            session.AttachPrincipal("ada");
            return Results.Redirect("/who");
        });
        app.MapGet("/who", (Session session) => $"{session.Principal ?? "nobody"} {session.DeviceProof}");
        app.MapGet("/count", (Session session) =>
        {
            _counted[node] = 1;
            return session.DeviceProof == DeviceProof.Given ? session.Increment("n").ToString() : "unproved";
        });
        app.MapGet("/sign-out", (Session session) => session.Destroy().Principal ?? "nobody");
        app.MapGet("/clear", (string what, HttpContext context) =>
        {
            context.Response.Headers["Clear-Site-Data"] = $"\"{what}\"";
            return "cleared";
        });
        app.MapGet("/post", () => Results.Content($"<form method=post action=\"{Address}sign-in\"><button>Sign in</button></form>", "text/html"));
        app.MapGet("/link", () => Results.Content($"<a href=\"{Address}who\">Who</a>", "text/html"));
    }
}
