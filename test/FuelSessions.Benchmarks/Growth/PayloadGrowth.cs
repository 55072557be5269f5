using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>One variable of a counter's size beside one of 1 KB to 1 MB.</summary>
internal static class PayloadGrowth
{
    // What all sessions together may take, so that a run does not measure the machine's memory.
    private const int MostBytes = 64 * 1024 * 1024;

    internal static async Task<GrowthChart> MeasureAsync(GrowthBench bench)
    {
        List<Series> lines = [];
        foreach (string variant in (string[])["ours", "floor", "builtin"])
        {
            var subject = new Subject(variant, "redis");
            foreach (Scenario scenario in (Scenario[])[Scenario.Read, Scenario.Count])
            {
                List<(double, double)> points = [];
                foreach (int bytes in bench.Settings.Steps(1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000))
                {
                    GrowthBench.Say($"payload: {subject}, {scenario}, {bytes} bytes");
                    ServerProcess server = await bench.ServerAsync(subject);
                    await bench.Stores.EmptyAsync(subject);
                    string[] cookies = await Sessions.BeginAsync(server, Math.Clamp(MostBytes / bytes, 32, Sessions.Usual), bytes, bench.Cancelled);
                    points.Add((bytes, (await bench.MeasureAsync(subject, scenario, cookies)).CpuMicroseconds));
                }

                lines.Add(new Series($"{variant}, {scenario}", points));
            }
        }

        return new GrowthChart(
            "payload", "Payload", "bytes of other data", "CPU µs per request",
            "A counter is read, or counted up, beside one text of so many bytes; on redis, 32 connections. The floor does nothing with them but take them from redis, and send them back.",
            lines);
    }
}
