using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FuelSessions.Tests.Docs;

/// <summary>What README.md shows in pieces, word for word.</summary>
internal static class ReadmeSamples
{
    internal static void Db(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "db")
            .AddDbDriver(db => db.UseSqlite("Data Source=sessions.db"))   // or UseNpgsql, UseMySQL, UseSqlServer
            .PersistDataProtectionKeys();                                 // see the box below
    }

    internal static void Redis(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "redis")
            .AddRedisDriver("localhost:6379")                             // or nothing: your app's IConnectionMultiplexer; or ConfigurationOptions, a factory
            .PersistDataProtectionKeys();                                 // see the box below
    }

    internal static void Memcached(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions(o => o.Driver = "memcached")
            .AddMemcachedDriver("cache1:11211", "cache2:11211,weight=2");
    }

    internal static void WhenItRuns(WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddFuelSessions("redis");      // tries the store, and the key ring
        builder.Services.AddOpenTelemetry()                               // or anything else that listens to .NET's meters and activities
            .WithMetrics(metrics => metrics.AddMeter("FuelSessions"))
            .WithTracing(tracing => tracing.AddSource("FuelSessions"));
    }

    internal static void AsBefore(WebApplicationBuilder builder)
    {
        builder.Services.AddFuelSessions(o =>
        {
            o.Driver = "memory";                     // or another one with a server side
            o.NativeEmulation = true;
            o.TouchOnEveryRequest = true;
            o.SaveOnError = true;
            o.ExpirationTime = TimeSpan.FromMinutes(20);
        });
    }
}
