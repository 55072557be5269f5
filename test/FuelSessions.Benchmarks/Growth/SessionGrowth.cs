using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>Requests for 1,024 sessions among up to a million others.</summary>
internal static class SessionGrowth
{
    internal static async Task<GrowthChart> MeasureAsync(GrowthBench bench)
    {
        List<Series> lines = [];
        foreach (Subject subject in bench.Settings.Ours("redis", "sqlite", "postgres"))
        {
            ServerProcess server = await bench.ServerAsync(subject);
            await bench.Stores.EmptyAsync(subject);
            IBulkStore bulk = await BulkStore.OpenAsync(bench.Stores, subject);
            List<(double, double)> cpu = [];
            List<(double, double)> p50 = [];
            int stored = 0;
            foreach (int sessions in bench.Settings.Steps(1, 1_000, 10_000, 100_000, 1_000_000))
            {
                GrowthBench.Say($"sessions: {subject}, {sessions} others");
                await bulk.AddAsync(BulkSessions.Live(sessions - stored), bench.Cancelled);
                stored = sessions;
                string[] cookies = await Sessions.BeginAsync(server, Sessions.Usual, 0, bench.Cancelled);
                Measurement measured = await bench.MeasureAsync(subject, Scenario.Count, cookies);
                cpu.Add((sessions, measured.CpuMicroseconds));
                p50.Add((sessions, measured.P50Microseconds));
            }

            await bench.Stores.EmptyAsync(subject);
            lines.Add(new Series($"{subject.Store}, CPU", cpu));
            lines.Add(new Series($"{subject.Store}, p50", p50));
        }

        return new GrowthChart(
            "sessions", "Stored sessions", "other sessions", "µs per request",
            "Counting in 1,024 sessions while so many others are stored, of 200 bytes each; 32 connections. CPU is the app's, p50 includes the store.",
            lines);
    }
}
