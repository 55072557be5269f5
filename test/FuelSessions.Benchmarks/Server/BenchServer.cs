using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Server.Variants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Benchmarks.Server;

/// <summary>
/// One app on Kestrel, on a free port of 127.0.0.1, without logs: the same for all variants but for what a variant adds. It says where
/// it listens and ends when its standard input does, so that it never outlives whoever started it.
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
        builder.WebHost.UseUrls("http://127.0.0.1:0");
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

    private static IVariant VariantOf(ServerSettings settings) => settings.Variant switch
    {
        "none" => new NoSession(),
        "floor" => new Floor(settings),
        "builtin" => new BuiltInSession(settings),
        "ours" => new OurSession(settings),
        "watched" => new Watched(settings),
        _ => throw new UsageException($"--variant is '{settings.Variant}'; there are none, floor, builtin, ours and watched."),
    };
}
