using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Dashboard;

/// <summary>What the page asks for every few seconds.</summary>
internal sealed class DashboardData(MeterHistory history, SettingsInForce settings, TimeProvider clock)
{
    // Not the app's: the page knows these names.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly string Node = $"{Environment.MachineName}, process {Environment.ProcessId}";

    internal IResult Now()
    {
        DateTimeOffset now = clock.GetUtcNow();
        long last = Series.SlotOf(now);
        return Results.Json(new
        {
            node = Node,
            now,
            slotSeconds = Series.SlotSeconds,
            series = history.All.OrderBy(one => one.Name.Driver, StringComparer.Ordinal).ThenBy(one => one.Name.Part, StringComparer.Ordinal).Select(one =>
            {
                (double[] values, double[]? highest) = one.Series.Read(last, one.IsHistogram);
                return new { name = one.Name.Instrument, driver = one.Name.Driver, part = one.Name.Part, values, highest };
            }),
            events = history.Happenings.Select(happening => new { at = happening.At, kind = happening.Kind, driver = happening.Driver }),
            settings = settings.Now(),
            notice = settings.Notice,
        }, Json);
    }
}
