using System.Text;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>What a request costs as more and more is stored.</summary>
internal static class GrowthRun
{
    internal static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        GrowthSettings settings = GrowthSettings.Parse(arguments);
        Wrk.ThrowIfMissing();
        await using var stores = new StoreHost();
        await using var bench = new GrowthBench(settings, stores, cancellationToken);
        await ReportAsync(await MeasureAsync(bench, settings), settings, stores, cancellationToken);
        return 0;
    }

    private static async Task<List<GrowthChart>> MeasureAsync(GrowthBench bench, GrowthSettings settings)
    {
        (string Name, Func<GrowthBench, Task<IReadOnlyList<GrowthChart>>> Measure)[] kinds =
        [
            ("payload", PayloadGrowth.MeasureAsync),
            ("variables", async b => [await VariableGrowth.MeasureAsync(b)]),
            ("memory", async b => [await RedisMemory.MeasureAsync(b)]),
            ("connections", ConnectionGrowth.MeasureAsync),
            ("sessions", SessionGrowth.MeasureAsync),
            ("listing", async b => [await ListingGrowth.MeasureAsync(b)]),
            ("expired", async b => [await ExpiredGrowth.MeasureAsync(b)]),
        ];
        List<GrowthChart> charts = [];
        foreach ((_, Func<GrowthBench, Task<IReadOnlyList<GrowthChart>>> measure) in kinds.Where(kind => settings.Only.Contains(kind.Name)))
        {
            charts.AddRange((await measure(bench)).Where(chart => chart.Lines.Any(line => line.Points.Count > 0)));
        }

        return charts;
    }

    private static async Task ReportAsync(List<GrowthChart> charts, GrowthSettings settings, StoreHost stores, CancellationToken cancellationToken)
    {
        string folder = Path.GetFileNameWithoutExtension(settings.Page) ?? "performance";
        var text = new StringBuilder($"Measured on {Machine.Describe(await stores.VersionsAsync())}. Medians of {settings.Rounds} runs of {settings.Seconds} s.\n\n");
        text.AppendJoin('\n', charts.Select(chart => chart.ToMarkdown(folder)));
        Console.WriteLine(text);
        if (settings.Page is { } page)
        {
            DirectoryInfo beside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, folder));
            foreach (GrowthChart chart in charts)
            {
                await File.WriteAllTextAsync(Path.Combine(beside.FullName, chart.File + ".svg"), chart.ToSvg(), cancellationToken);
            }

            await PerformancePage.ReplaceAsync(page, "growth", text.ToString(), cancellationToken);
        }
    }
}
