using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Server;
using FuelSessions.Benchmarks.Server.Variants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>An app that is asked for its registry only, and so in this process, on a store that is filled past it.</summary>
internal sealed class ListingApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo? _folder;

    private ListingApp(WebApplication app, DirectoryInfo? folder, IBulkStore bulk) => (_app, _folder, Bulk) = (app, folder, bulk);

    internal ISessionRegistry Registry => _app.Services.GetRequiredService<ISessionRegistry>();

    internal IBulkStore Bulk { get; }

    internal static async Task<ListingApp> StartAsync(GrowthBench bench, Subject subject)
    {
        DirectoryInfo? folder = subject.Store == "file" ? Directory.CreateTempSubdirectory("fuelsessions-bench-") : null;
        var variant = new OurSession(new ServerSettings(subject.Variant, subject.Store, folder?.FullName ?? await bench.Stores.ConnectionAsync(subject), bench.Stores.Keys));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        await variant.AddServicesAsync(builder.Services);

        // The memory driver has room for 100,000 unless it is told otherwise.
        builder.Services.AddFuelSessions(options => options.MaxSessions = 2 * bench.Settings.Most);
        WebApplication app = builder.Build();
        await variant.UseAsync(app);
        IBulkStore bulk = subject.Store is "memory" or "file"
            ? new DriverBulk(app.Services.GetRequiredService<DriverRegistry>().Driver(subject.Store))
            : await BulkStore.OpenAsync(bench.Stores, subject);
        return new ListingApp(app, folder, bulk);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder?.Delete(recursive: true);
    }
}
