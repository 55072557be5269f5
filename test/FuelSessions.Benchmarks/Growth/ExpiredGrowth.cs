using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>Requests while expired rows are cleaned away in the same process.</summary>
internal static class ExpiredGrowth
{
    // The shortest that there is: the clean-up begins while the load runs.
    private static readonly TimeSpan CollectEvery = TimeSpan.FromSeconds(1);

    internal static async Task<GrowthChart> MeasureAsync(GrowthBench bench)
    {
        List<Series> lines = [];
        foreach (Subject subject in bench.Settings.Ours("sqlite", "postgres"))
        {
            ServerProcess server = await bench.ServerAsync(subject, CollectEvery);
            IBulkStore bulk = await BulkStore.OpenAsync(bench.Stores, subject);
            List<(double, double)> p50 = [];
            List<(double, double)> p99 = [];
            foreach (int rows in bench.Settings.Steps(1, 200, 1_000, 10_000, 100_000, 1_000_000))
            {
                await bench.Stores.EmptyAsync(subject);
                string[] cookies = await Sessions.BeginAsync(server, Sessions.Usual, 0, bench.Cancelled);
                await bulk.AddAsync(BulkSessions.Expired(rows), bench.Cancelled);

                // Once, and for longer: in a second round there would be less to clean away.
                Measurement measured = await bench.MeasureAsync(subject, Scenario.Count, cookies, rounds: 1, seconds: 3 * bench.Settings.Seconds, CollectEvery);
                GrowthBench.Say($"expired: {subject}, {rows} rows, of which {await bulk.CountExpiredAsync()} are left");
                p50.Add((rows, measured.P50Microseconds));
                p99.Add((rows, measured.P99Microseconds));
            }

            await bench.Stores.EmptyAsync(subject);
            lines.Add(new Series($"{subject.Store}, p50", p50));
            lines.Add(new Series($"{subject.Store}, p99", p99));
        }

        return new GrowthChart(
            "expired", "Clean-up of expired rows", "expired rows", "µs of latency",
            "Counting in 1,024 sessions while so many expired rows are removed, by the same process; 32 connections. The first step, one row, is what it is without a clean-up.",
            lines);
    }
}
