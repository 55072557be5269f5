using System.Globalization;
using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>What redis takes for a session beside its payload, by its own account, its tables included.</summary>
internal static class RedisMemory
{
    private const double Limit = 250;
    private const int Most = 100_000;

    internal static async Task<GrowthChart> MeasureAsync(GrowthBench bench)
    {
        var subject = new Subject("ours", "redis");
        await bench.Stores.ConnectionAsync(subject);
        IBulkStore bulk = await BulkStore.OpenAsync(bench.Stores, subject);
        int count = Math.Min(Most, bench.Settings.Most);
        int[] payloads = [10, 50, 100, 200, 500, 1_000, 2_000, 4_000];
        List<Series> lines = [new("bound", [.. payloads.Select(bytes => ((double)bytes, Limit))])];
        foreach (bool rotated in (bool[])[false, true])
        {
            List<(double, double)> points = [];
            foreach (int bytes in payloads)
            {
                GrowthBench.Say($"memory: {bytes} bytes, {(rotated ? "rotated" : "new")}");
                await bench.Stores.EmptyAsync(subject);
                long before = await UsedAsync(bench);
                await bulk.AddAsync(BulkSessions.Live(count, bytes, rotated), bench.Cancelled);
                points.Add((bytes, ((double)(await UsedAsync(bench) - before) / count) - bytes));
            }

            lines.Add(new Series(rotated ? "rotated once" : "never rotated", points));
        }

        await bench.Stores.EmptyAsync(subject);
        return new GrowthChart(
            "memory", "Memory of a session in redis", "bytes of payload", "bytes beside the payload",
            string.Create(CultureInfo.InvariantCulture, $"The growth of used_memory over {count:N0} sessions, by session, less the payload. The allocator rounds up, which makes the steps."),
            lines);
    }

    private static async Task<long> UsedAsync(GrowthBench bench)
    {
        string info = (string)(await bench.Stores.Redis.SendAsync("INFO", "memory"))!;
        return long.Parse(info.Split("used_memory:")[1].Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
