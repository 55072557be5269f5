using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>One variable of a counter's size beside one of 1 KB to 1 MB.</summary>
internal static class PayloadGrowth
{
    // What all sessions together may take, so that a run does not measure the machine's memory.
    private const int MostBytes = 64 * 1024 * 1024;

    internal static async Task<IReadOnlyList<GrowthChart>> MeasureAsync(GrowthBench bench)
    {
        List<MeasuredLine> lines = [];
        List<MeasuredLine> ours = [];
        foreach (string variant in (string[])["ours", "floor", "builtin"])
        {
            var subject = new Subject(variant, "redis");
            foreach (Scenario scenario in (Scenario[])[Scenario.Read, Scenario.Count])
            {
                var line = new MeasuredLine($"{variant}, {scenario}");
                foreach (int bytes in bench.Settings.Steps(1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000))
                {
                    GrowthBench.Say($"payload: {subject}, {scenario}, {bytes} bytes");
                    ServerProcess server = await bench.ServerAsync(subject);
                    await bench.Stores.EmptyAsync(subject);
                    string[] cookies = await Sessions.BeginAsync(server, Math.Clamp(MostBytes / bytes, 32, Sessions.Usual), bytes, bench.Cancelled);
                    line.Add(bytes, await bench.MeasureAsync(subject, scenario, cookies));
                }

                lines.Add(line);
                if (variant == "ours")
                {
                    ours.Add(line);
                }
            }
        }

        return
        [
            new("payload", "Payload", "bytes of other data", "CPU µs per request", "A counter is read, or counted up, beside one text of so many bytes; on redis, 32 connections. The floor does nothing with them but take them from redis, and send them back.", [.. lines.Select(line => line.Series(m => m.CpuMicroseconds))]),
            new("payload-latency", "Latency by payload", "bytes of other data", "µs of latency", "Of the same runs.", MeasuredLine.Latencies(ours)),
        ];
    }
}
