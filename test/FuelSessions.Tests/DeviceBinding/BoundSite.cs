using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>An app over https that binds sessions, with a store that can be counted, held up and taken away.</summary>
internal static class BoundSite
{
    private static readonly Lazy<TestCertificate> Certificate = new(static () => new TestCertificate());

    internal static Task<TestApp> StartAsync(
        UnboundRequestAction action = UnboundRequestAction.Refuse,
        Action<FuelSessionsOptions>? configure = null,
        Action<DeviceBindingOptions>? bind = null,
        WatchedDriver? watch = null,
        Action<WebApplication>? before = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null) => TestApp.StartAsync(
            configure,
            Map + map,
            sessions =>
            {
                sessions.BindToDevice(o => o.OnUnboundRequest = action).BindToDevice(bind);
                if (watch is not null)
                {
                    sessions.DecorateDriver("memory", (driver, _) => watch.Around(driver));
                }
            },
            before,
            services: all =>
            {
                all.Configure<KestrelServerOptions>(server => server.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate.Value.Server)));
                services?.Invoke(all);
            });

    /// <summary>Signed in, registered, and seen by the app since: bound for good.</summary>
    internal static async Task<DeviceBrowser> BoundAsync(this TestApp app, string algorithm = "ES256")
    {
        var browser = new DeviceBrowser(app.Address, algorithm);
        await browser.GetAsync("/sign-in?name=ada");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await browser.RegisterAsync()).Status);
        Assert.Equal("ada Given", await browser.TextAsync("/who"));
        return browser;
    }

    /// <summary>Bound for good, and nobody's request can have been on its way since before.</summary>
    internal static async Task<DeviceBrowser> SettledAsync(this TestApp app, string algorithm = "ES256")
    {
        DeviceBrowser browser = await app.BoundAsync(algorithm);
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        return browser;
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/sign-in", (string name, Session session) => session.AttachPrincipal(name).Principal);
        app.MapPost("/sign-in", (string name, Session session) =>
        {
            session.AttachPrincipal(name);
            return Results.Redirect("/who");
        });
        app.MapGet("/sign-out", (Session session) => session.AttachPrincipal(null).Principal ?? "nobody");
        app.MapGet("/who", (Session session) => $"{session.Principal ?? "nobody"} {session.DeviceProof}");
        app.MapGet("/count", (Session session) => session.Increment("n").ToString());
        app.MapGet("/fill", (int size, Session session) => session.Set("fill", new string('x', size)).Principal ?? "nobody");
        app.MapGet("/n", (Session session) => session.Get<int>("n").ToString());
        app.MapGet("/clear", (Session session) => { session.Clear(); });
        app.MapGet("/create", (Session session) => session.Create().Set("n", 1).Principal ?? "nobody");
        app.MapGet("/destroy", (Session session) => { session.Destroy(); });
        app.MapGet("/rotate", (Session session) => { session.Rotate(); });
        app.MapGet("/revoke", (Session session) => { session.Rotate(revokePrevious: true); });
        app.MapGet("/plain", () => "plain");
    }
}

/// <summary>Counts calls, or fails them.</summary>
internal sealed class WatchedDriver
{
    private int _reads;
    private int _writes;

    internal bool IsAway { get; set; }

    internal (int Reads, int Writes) Calls => (_reads, _writes);

    internal ISessionDriver Around(ISessionDriver driver) => new Watched(driver, this);

    private void Count(ref int count)
    {
        Interlocked.Increment(ref count);
        if (IsAway)
        {
            throw new IOException("The store is away.");
        }
    }

    private sealed class Watched(ISessionDriver inner, WatchedDriver watch) : DelegatingSessionDriver(inner)
    {
        public override ValueTask<SessionRecord?> ReadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            watch.Count(ref watch._reads);
            return base.ReadAsync(key, cancellationToken);
        }

        public override ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
        {
            watch.Count(ref watch._writes);
            return base.WriteAsync(record, cancellationToken);
        }

        public override ValueTask<WriteResult> TouchAsync(SessionKey key, long version, DateTimeOffset expires, CancellationToken cancellationToken)
        {
            watch.Count(ref watch._writes);
            return base.TouchAsync(key, version, expires, cancellationToken);
        }
    }
}
