using System.Globalization;
using System.Text.Json;
using FuelSessions.Configuration;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Dashboard;

/// <summary>What the page asks for every few seconds.</summary>
internal sealed class DashboardData(MeterHistory history, LiveProfiles profiles, DriverRegistry drivers, TimeProvider clock)
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
            settings = drivers.Registrations.Select(registration => new { driver = registration.Name, all = Settings(registration.Name) }),
        }, Json);
    }

    private IEnumerable<object> Settings(string driver)
    {
        FuelSessionsOptions options = profiles.Current.For(driver);
        var defaults = new FuelSessionsOptions();
        return SessionSettings.All.Select(setting =>
        {
            string value = Text(setting.Get(options, false));
            return new { name = setting.Name, value, isDefault = value == Text(setting.Get(defaults, false)) };
        });
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
