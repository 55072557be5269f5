using FuelSessions.Drivers;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace FuelSessions.Tests.Docs;

/// <summary>What the pages of docs show in pieces, word for word.</summary>
internal static class PageSamples
{
    internal abstract class AuditContext
    {
        public abstract Task WriteAsync(string what, string? user, string session);

        public abstract Task AlarmAsync(string what, string? user, string session);
    }

    internal static void Binding(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions().BindToDevice(o => o.OnUnboundRequest = UnboundRequestAction.Report);
    }

    internal static void Proof(WebApplication app)
    {
        app.MapPost("/transfer", (Session session) => session.DeviceProof == DeviceProof.Missing ? Results.Forbid() : Transfer());

        static IResult Transfer() => Results.NoContent();
    }

    internal static void Dashboard(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "redis").AddRedisDriver("localhost:6379").AddDashboard();
        app.MapFuelSessionsDashboard("/fuelsessions").RequireAuthorization("Admin");
    }

    internal static void Events(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions().AddEvents<Audit>();
    }

    public sealed class Audit(AuditContext audit) : SessionEvents
    {
        public override Task SignedInAsync(SessionEvent happened) => audit.WriteAsync("signed in", happened.Principal, happened.Fingerprint);

        public override Task EndedAsync(SessionEvent happened) => audit.WriteAsync($"ended ({happened.Ending}) by {happened.By}", happened.Principal, happened.Fingerprint);

        public override Task StaleIdAsync(SessionEvent happened) => audit.AlarmAsync("possible theft", happened.Principal, happened.Fingerprint);
    }

    internal static void Telemetry(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter("FuelSessions", "FuelSessions.Tokens").AddPrometheusExporter())
            .WithTracing(tracing => tracing.AddSource("FuelSessions"));   // and where to: an exporter
    }

    internal static void Health(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddHealthChecks().AddFuelSessions("redis");
        app.MapHealthChecks("/health");
    }

    internal static void Memcached(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "memcached")
            .AddMemcachedDriver("cache1:11211", "cache2:11211,weight=2");   // nothing: 127.0.0.1:11211
    }

    internal static void Redis(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "redis")
            .AddRedisDriver("localhost:6379")
            .PersistDataProtectionKeys();
    }

    internal static void RedisOfTheApp(FuelSessionsBuilder sessions) => sessions
        .AddRedisDriver(services => services.GetRequiredService<IConnectionMultiplexer>(), o =>
        {
            o.KeyPrefix = "shop:session:";   // default fuel:session:
            o.Database = 2;                  // default: the connection's
        })
        .PersistDataProtectionKeys();

    // Within what is not public the test runner looks for nothing: the driver is nobody's.
    internal static class Suite
    {
        public class AcmeDriverTests : SessionDriverConformance
        {
            protected override ValueTask<ISessionDriver> CreateDriverAsync(TimeProvider clock) => new(new AcmeSessionDriver("localhost", clock));
        }
    }

    internal static void InTests(IServiceCollection services)
    {
        Session session = TestSessions.Create(new Dictionary<string, object?> { ["user.name"] = "Ada" });   // in memory, no HTTP
        ISessionStore store = TestSessions.CreateStore();
        services.AddFuelSessions(o => o.Driver = "memory").DecorateDriver("memory", (driver, _) => new FaultyDriver(driver) { FailAt = 2, StaysDown = true });
        Assert.NotSame(session, store);
    }
}

internal static class AcmeRegistration
{
    public static FuelSessionsBuilder AddAcmeDriver(this FuelSessionsBuilder builder, string address) =>
        builder.AddDriver("acme", "fuelaid", services => new AcmeSessionDriver(address, services.GetRequiredService<TimeProvider>()));
}

internal sealed class AcmeSessionDriver(string address, TimeProvider clock) : DelegatingSessionDriver(new MemorySessionDriver(clock, address.Length));
