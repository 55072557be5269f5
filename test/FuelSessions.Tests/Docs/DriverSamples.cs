using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tests.Docs;

/// <summary>What docs/drivers.md shows of decorating, word for word.</summary>
internal static class DriverSamples
{
    internal static void Decorate(WebApplicationBuilder builder) =>
        builder.Services.AddFuelSessions(o => o.Driver = "db")
            .AddDbDriver(db => db.UseSqlite("Data Source=sessions.db"))
            .DecorateDriver("db", (driver, services) => new SlowWritesDriver(driver, services.GetRequiredService<ILogger<SlowWritesDriver>>()));

    internal static void Fail(IServiceCollection services) =>
        services.AddFuelSessions(o => o.Driver = "memory").DecorateDriver("memory", (driver, _) => new FaultyDriver(driver) { FailAt = 2, StaysDown = true });
}

public sealed class SlowWritesDriver(ISessionDriver inner, ILogger<SlowWritesDriver> logger) : DelegatingSessionDriver(inner)
{
    public override async ValueTask<WriteResult> WriteAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        WriteResult result = await base.WriteAsync(record, cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        if (took > TimeSpan.FromMilliseconds(100))
        {
            logger.LogWarning("Session {Fingerprint} took {Milliseconds} ms to write.", record.Key.Fingerprint, took.TotalMilliseconds);
        }

        return result;
    }
}
