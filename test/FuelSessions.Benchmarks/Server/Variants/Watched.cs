using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>
/// Ours with everything on that tells of it: each span sampled, batched and handed to an exporter, metrics collected every second, and the health check
/// run every second. The exporters send nothing: what that costs is not ours.
/// </summary>
internal sealed class Watched(ServerSettings settings) : IVariant
{
    private const int EverySecond = 1000;

    private readonly OurSession _ours = new(settings);

    public async Task AddServicesAsync(IServiceCollection services)
    {
        await _ours.AddServicesAsync(services);
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter("FuelSessions").AddReader(new PeriodicExportingMetricReader(new Discarded<Metric>(), EverySecond)))
            .WithTracing(tracing => tracing.AddSource("FuelSessions").SetSampler(new AlwaysOnSampler()).AddProcessor(new BatchActivityExportProcessor(new Discarded<Activity>())));
        services.AddHealthChecks().AddFuelSessions(settings.Store);
        services.AddSingleton<IHealthCheckPublisher, Unpublished>();
        services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(EverySecond)));
    }

    public Task UseAsync(WebApplication app) => _ours.UseAsync(app);

    public void Declare(IEndpointConventionBuilder endpoint) => _ours.Declare(endpoint);

    public ValueTask<long> ReadAsync(HttpContext context) => _ours.ReadAsync(context);

    public ValueTask<long> CountAsync(HttpContext context) => _ours.CountAsync(context);

    public long Read(HttpContext context) => _ours.Read(context);

    public long Count(HttpContext context) => _ours.Count(context);

    public ValueTask BeginAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> data) => _ours.BeginAsync(context, data);

    private sealed class Discarded<T> : BaseExporter<T>
        where T : class
    {
        public override ExportResult Export(in Batch<T> batch) => ExportResult.Success;
    }

    // Whatever it says: a measurement begins with an empty store, which may take the check's own record away.
    private sealed class Unpublished : IHealthCheckPublisher
    {
        public Task PublishAsync(HealthReport report, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
