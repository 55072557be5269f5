using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>One variable is read beside 1 to 1,000 others, and beside one that is as large as all of those.</summary>
internal static class VariableGrowth
{
    private const int BytesEach = 64;

    internal static async Task<GrowthChart> MeasureAsync(GrowthBench bench)
    {
        var subject = new Subject("ours", "redis");
        List<Series> lines = [];
        foreach ((string name, Scenario scenario, bool divided) in ((string, Scenario, bool)[])
            [("read", Scenario.Read, true), ("read, same bytes in one", Scenario.Read, false), ("count", Scenario.Count, true), ("count, same bytes in one", Scenario.Count, false)])
        {
            List<(double, double)> points = [];
            foreach (int variables in bench.Settings.Steps(1, 10, 100, 1000))
            {
                GrowthBench.Say($"variables: {name}, {variables}");
                ServerProcess server = await bench.ServerAsync(subject);
                await bench.Stores.EmptyAsync(subject);
                string[] cookies = await Sessions.BeginAsync(server, Sessions.Usual, variables * BytesEach, bench.Cancelled, divided ? variables : 1);
                points.Add((variables, (await bench.MeasureAsync(subject, scenario, cookies)).CpuMicroseconds));
            }

            lines.Add(new Series(name, points));
        }

        return new GrowthChart(
            "variables", "Variables", "other variables", "CPU µs per request",
            $"A counter that is stored behind so many other variables of {BytesEach} bytes each; on redis, 32 connections. Beside it, the same with all those bytes in one variable: what lies between the lines is what the number of variables costs.",
            lines);
    }
}
