using System.Diagnostics;
using FuelSessions.Benchmarks.Growth.Bulk;
using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;
using FuelSessions.Records;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>Listing the 100 sessions of one user among up to a million.</summary>
internal static class ListingGrowth
{
    private const int OfOneUser = 100;

    // Enough for the code to be compiled as far as it will be.
    private const int WarmUps = 200;

    internal static async Task<GrowthChart> MeasureAsync(GrowthBench bench)
    {
        List<Series> lines = [];
        foreach (string store in (string[])["memory", "file", .. bench.Settings.Stores])
        {
            lines.Add(new Series(store, await MeasureAsync(bench, new Subject("ours", store))));
        }

        return new GrowthChart(
            "listing", "A user's sessions among others", "stored sessions", "µs to list them",
            $"ISessionRegistry.ListAsync for one of many users who have {OfOneUser} sessions each, one call after the other and without HTTP. SQLite's file and the files' folders are in the system's cache.",
            lines);
    }

    private static async Task<List<(double, double)>> MeasureAsync(GrowthBench bench, Subject subject)
    {
        await using ListingApp app = await ListingApp.StartAsync(bench, subject);
        await bench.Stores.EmptyAsync(subject);
        List<(double, double)> points = [];
        int stored = 0;

        // A million files take longer to make than all else takes together.
        int[] steps = subject.Store == "file" ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
        foreach (int sessions in bench.Settings.Steps(steps))
        {
            GrowthBench.Say($"listing: {subject}, {sessions} sessions");
            string[] users = [.. Enumerable.Range(stored / OfOneUser, (sessions - stored) / OfOneUser).Select(static number => $"user-{number}")];
            await app.Bulk.AddAsync(OfAll(users, sessions - stored), bench.Cancelled);
            stored = sessions;
            points.Add((sessions, await MedianAsync(app.Registry, users, bench)));
        }

        await bench.Stores.EmptyAsync(subject);
        return points;
    }

    // Mixed, as in life: no user's sessions lie beside each other.
    private static IEnumerable<SessionRecord> OfAll(string[] users, int count) => BulkSessions.Live(count)
        .Select((record, number) => record with { Principal = users[number % users.Length], SignedIn = record.Created });

    private static async Task<double> MedianAsync(ISessionRegistry registry, string[] users, GrowthBench bench)
    {
        int next = 0;
        for (int count = 0; count < WarmUps; count++)
        {
            await ListAsync();
        }

        List<double> medians = [];
        for (int round = 0; round < bench.Settings.Rounds; round++)
        {
            List<double> taken = [];
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(bench.Settings.Seconds);)
            {
                taken.Add((await ListAsync()).TotalMicroseconds);
            }

            medians.Add(Statistics.Median(taken)!.Value);
        }

        return Statistics.Median(medians)!.Value;

        async Task<TimeSpan> ListAsync()
        {
            bench.Cancelled.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<RegisteredSession> listed = await registry.ListAsync(users[next++ % users.Length], bench.Cancelled);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            return listed.Count == OfOneUser ? taken : throw new InvalidOperationException($"{listed.Count} of {OfOneUser} sessions were listed.");
        }
    }
}
