using System.Text.Json;
using FuelSessions.Benchmarks.Load;

namespace FuelSessions.Benchmarks.Report;

/// <summary>Every single measurement, for whoever wants to calculate something else from them.</summary>
internal static class RawResults
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static async Task WriteAsync(string file, Results results, IReadOnlyList<Bound> bounds, Machine machine, CancellationToken cancellationToken)
    {
        var all = new
        {
            machine,
            bounds = bounds.Select(bound => new { bound.Figure, bound.Limit, bound.Aim, bound.Measured, low = bound.Interval?.Low, high = bound.Interval?.High, verdict = bound.Verdict.ToString() }),
            measurements = results.Measurements.Select(entry => new
            {
                variant = entry.Key.Subject.Variant,
                store = entry.Key.Subject.Store,
                scenario = entry.Key.Scenario.Name,
                commands = results.Commands(entry.Key.Subject, entry.Key.Scenario),
                rounds = entry.Value,
            }),
            bursts = results.Bursts.Select(entry => new { subject = entry.Key.ToString(), entry.Value.Answered, entry.Value.Lost }),
            cleanUps = results.CleanUps.Select(pair => new { pair.With, pair.Without }),
            coldStarts = results.ColdStarts.Select(entry => new { entry.Key.Variant, entry.Key.Synchronous, rates = entry.Value }),
        };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(all, Options), cancellationToken);
    }
}
