using System.Globalization;
using System.Text;
using FuelSessions.Benchmarks.Load;

namespace FuelSessions.Benchmarks.Report;

/// <summary>The comparison as a section of a page, which is also what the console shows.</summary>
internal static class ComparisonReport
{
    internal static string Write(Results results, IReadOnlyList<Bound> bounds, CompareSettings options, Machine machine)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Measured on {machine}. Medians of {Rounds(options.Rounds)} in random order, {options.Seconds} s each ");
        text.Append(CultureInfo.InvariantCulture, $"({Math.Max(1, options.Seconds / 2)} s with 4 KB of other data)");
        text.Append(results.Rounds > options.Rounds ? $"; of up to {results.Rounds}, where it could not be told by then whether a bound holds.\n\n" : ".\n\n");
        text.Append("### What must hold\n\n").Append(BoundTable(bounds)).Append('\n');
        foreach (Scenario scenario in results.Measurements.Keys.Select(key => key.Scenario).Distinct().OrderBy(scenario => scenario.IsFat).ThenBy(Order))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {Title(scenario)}\n\n").Append(ScenarioTable(results, scenario)).Append('\n');
        }

        text.Append(ColdStartText(results));
        text.Append(CleanUpText(results, options));
        text.Append("### Lost updates\n\n").Append(LostTable(results)).Append('\n');
        if (results.Failures > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{results.Failures} requests under load were not answered or were answered with an error.\n\n");
        }

        if (results.Disturbed is var (repeated, kept) && repeated + kept > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Other programs disturbed {repeated + kept} measurements, of which {repeated} were made again.");
            text.Append(kept == 0 ? "\n\n" : $" {kept} remained disturbed, so these figures are not to be quoted.\n\n");
        }

        foreach (string what in results.LeftOut)
        {
            text.Append("Not measured: ").Append(what).Append("\n\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string Rounds(int rounds) => rounds == 1 ? "1 round" : $"{rounds} rounds";

    private static int Order(Scenario scenario) => scenario.Connections == 1 ? Scenario.Kinds.Count : Scenario.Kinds.ToList().IndexOf(scenario.Kind);

    private static string Title(Scenario scenario) => char.ToUpperInvariant(scenario.Name[0]) + scenario.Name[1..];

    private static string BoundTable(IReadOnlyList<Bound> bounds)
    {
        var table = new MarkdownTable("figure", "verdict", "measured", "in 9 of 10 runs", "bound", "aim");
        foreach (Bound bound in bounds.Where(bound => bound.Verdict != Verdict.NotMeasured))
        {
            string than = bound.Aim is null ? "= " : bound.AtLeast ? "≥ " : "≤ ";
            table.Add(
                bound.Figure,
                bound.Verdict switch { Verdict.Missed => "**missed**", Verdict.WithinNoise => "within the noise", Verdict.Held => "holds", _ => "aim reached" },
                Number(bound.Measured, bound.Format),
                bound.Interval is { } interval ? $"{Number(interval.Low, bound.Format)} to {Number(interval.High, bound.Format)}" : "–",
                than + Number(bound.Limit, "0.##"),
                Number(bound.Aim, "0.##"));
        }

        return table.Write(text: 2);
    }

    private static string ScenarioTable(Results results, Scenario scenario)
    {
        var table = new MarkdownTable("", "requests/s", "±", "p50 µs", "p99 µs", "CPU µs", "CPU / none", "bytes", "commands");
        double? none = results.Median(Subject.None, scenario.Baseline, m => m.CpuMicroseconds);
        foreach (Subject subject in Subject.All)
        {
            if (!results.Measurements.TryGetValue((subject, scenario), out List<Measurement>? rounds))
            {
                continue;
            }

            double? cpu = results.Median(subject, scenario, m => m.CpuMicroseconds);
            table.Add(
                subject.ToString(),
                Number(results.Median(subject, scenario, m => m.RequestsPerSecond), "0"),
                Number(Statistics.Spread(rounds.Select(m => m.RequestsPerSecond)), "0%"),
                Number(results.Median(subject, scenario, m => m.P50Microseconds), "0"),
                Number(results.Median(subject, scenario, m => m.P99Microseconds), "0"),
                Number(cpu, "0.0"),
                Number(cpu / none, "0.00"),
                Number(results.Median(subject, scenario, m => m.AllocatedBytes), "0"),
                Number(results.Commands(subject, scenario), "0.##"));
        }

        return table.Write();
    }

    private static string ColdStartText(Results results)
    {
        if (results.ColdStarts.Count == 0)
        {
            return "";
        }

        var table = new MarkdownTable("count on redis, 32 connections", "synchronous", "asynchronous", "ratio");
        foreach (string variant in results.ColdStarts.Keys.Select(key => key.Variant).Distinct().Order(StringComparer.Ordinal))
        {
            double? synchronous = Statistics.Median(results.ColdStarts[(variant, true)]);
            double? asynchronous = Statistics.Median(results.ColdStarts[(variant, false)]);
            table.Add(variant, Number(synchronous, "0"), Number(asynchronous, "0"), Number(synchronous / asynchronous, "0.00"));
        }

        return $"### Synchronous use on a cold start\n\nRequests/s after the first second of a fresh process; 0 where nothing was counted in the sessions.\n\n{table.Write()}\n";
    }

    private static string CleanUpText(Results results, CompareSettings options) => results.CleanUps.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"""
        ### Clean-up on SQLite

        Counting with 32 connections in a file that began with {options.ExpiredRows:#,0} expired rows, in a process that removes them meanwhile and in one that does not, by turns. The p99 in µs:
        {string.Join("; ", results.CleanUps.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.With:0} with, {pair.Without:0} without")))}.


        """);

    private static string LostTable(Results results)
    {
        var table = new MarkdownTable("", "burst: answered", "burst: lost", "under load: lost");
        foreach (Subject subject in Subject.All.Where(results.Bursts.ContainsKey))
        {
            (long answered, long lost) = results.Bursts[subject];
            table.Add(subject.ToString(), Number(answered, "0"), Number(lost, "0"), Number(results.Lost(subject) - lost, "0"));
        }

        return table.Write();
    }

    private static string Number(double? value, string format) => value is { } number ? number.ToString(format, CultureInfo.InvariantCulture) : "–";
}
