using Microsoft.AspNetCore.Http;

namespace FuelSessions.Dashboard;

/// <summary>What the page asks for every few seconds.</summary>
internal sealed class DashboardData(MeterHistory history, SettingsInForce settings, TimeProvider clock)
{
    private static readonly string Node = $"{Environment.MachineName}, process {Environment.ProcessId}";

    internal Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(Now(), DashboardJson.Default.Latest, cancellationToken: context.RequestAborted);
    }

    private Latest Now()
    {
        DateTimeOffset now = clock.GetUtcNow();
        long last = Series.SlotOf(now);
        IEnumerable<LatestSeries> series = history.All
            .OrderBy(one => one.Name.Driver, StringComparer.Ordinal)
            .ThenBy(one => one.Name.Part, StringComparer.Ordinal)
            .Select(one =>
            {
                (double[] values, double[]? highest) = one.Series.Read(last, one.IsHistogram);
                return new LatestSeries(one.Name.Instrument, one.Name.Driver, one.Name.Part, values, highest);
            });
        return new Latest(Node, now, Series.SlotSeconds, series, history.Happenings, settings.Now(), settings.Notice);
    }
}
