using System.Net;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Server.Variants;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Benchmarks.Server;

/// <summary>
/// One app on Kestrel, on a free port of 127.0.0.1, without logs: the same for all variants but for what a variant adds. It says where
/// it listens and ends when its standard input does, so that it never outlives whoever started it. Where it takes a certificate, that is its own, made anew.
/// </summary>
internal static class BenchServer
{
    /// <summary>In front of the address, on the line that says that the server is ready.</summary>
    internal const string Ready = "listening on ";

    internal static async Task<int> RunAsync(Arguments arguments)
    {
        ServerSettings settings = ServerSettings.Parse(arguments);
        IVariant variant = VariantOf(settings);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        using TestCertificate? certificate = settings.App == AppKind.Bound ? new TestCertificate() : null;
        Listen(builder.WebHost, certificate);
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().SetApplicationName("benchmarks").PersistKeysToFileSystem(new DirectoryInfo(settings.Keys));
        await variant.AddServicesAsync(builder.Services);

        await using WebApplication app = builder.Build();
        await variant.UseAsync(app);
        using var served = new Served(settings.KeepsTimeline);
        app.MapScenarios(variant, served);
        using var conflicts = new ConflictCounter();
        app.MapStats(served, conflicts);
        await app.StartAsync();
        Console.WriteLine(Ready + app.Urls.Single());

        // On a thread of its own: the console's asynchronous methods wait on the calling one, which may be the redis client's.
        await Task.Factory.StartNew(Console.In.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await app.StopAsync();
        return 0;
    }

    private static void Listen(IWebHostBuilder host, TestCertificate? certificate)
    {
        if (certificate is null)
        {
            host.UseUrls("http://127.0.0.1:0");
            return;
        }

        host.UseKestrelHttpsConfiguration();
        host.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(certificate.Server);
        }));
    }

    private static IVariant VariantOf(ServerSettings settings) => (settings.Variant, settings.App) switch
    {
        ("none", _) => new NoSession(),
        ("floor", AppKind.Usual) => new Floor(settings),
        ("builtin", AppKind.Usual) => new BuiltInSession(settings),
        ("builtin", AppKind.SignedIn) => new SignedInCookie(),
        ("unbound", AppKind.Bound) => new OurSession(settings),
        ("ours", AppKind.Usual) => new OurSession(settings),
        ("ours", AppKind.SignedIn) => new SignedInSession(settings),
        ("ours", AppKind.Bound) => new BoundSession(settings),
        ("watched", AppKind.Usual) => new Watched(settings),
        _ => throw new UsageException($"There is no variant '{settings.Variant}' in an app of kind {settings.App}; there are none, floor, builtin, unbound, ours and watched."),
    };
}
