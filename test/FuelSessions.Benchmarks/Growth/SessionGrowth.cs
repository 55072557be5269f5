using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>Requests for 1,024 sessions among up to a million others.</summary>
internal static class SessionGrowth
{
    internal static async Task<IReadOnlyList<GrowthChart>> MeasureAsync(GrowthBench bench)
    {
        List<MeasuredLine> lines = [];
        foreach (Subject subject in bench.Settings.Ours("redis", "sqlite", "postgres"))
        {
            ServerProcess server = await bench.ServerAsync(subject);
            await bench.Stores.EmptyAsync(subject);
            IBulkStore bulk = await BulkStore.OpenAsync(bench.Stores, subject);
            var line = new MeasuredLine(subject.Store);
            int stored = 0;
            foreach (int sessions in bench.Settings.Steps(1, 1_000, 10_000, 100_000, 1_000_000))
            {
                GrowthBench.Say($"sessions: {subject}, {sessions} others");
                await bulk.AddAsync(BulkSessions.Live(sessions - stored), bench.Cancelled);
                stored = sessions;
                string[] cookies = await Sessions.BeginAsync(server, Sessions.Usual, 0, bench.Cancelled);
                line.Add(sessions, await bench.MeasureAsync(subject, Scenario.Count, cookies));
            }

            await bench.Stores.EmptyAsync(subject);
            lines.Add(line);
        }

        return
        [
            new("sessions", "Stored sessions", "other sessions", "CPU µs per request", "Counting in 1,024 sessions while so many others are stored, of 200 bytes each; 32 connections. CPU is the app's.", [.. lines.Select(line => line.Series(m => m.CpuMicroseconds))]),
            new("sessions-latency", "Latency by stored sessions", "other sessions", "µs of latency", "Of the same runs, the store's time included.", MeasuredLine.Latencies(lines)),
        ];
    }
}
