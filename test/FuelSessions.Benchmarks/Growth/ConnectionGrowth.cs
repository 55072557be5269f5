using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>Counting by 1 to 256 connections at a time.</summary>
internal static class ConnectionGrowth
{
    internal static async Task<IReadOnlyList<GrowthChart>> MeasureAsync(GrowthBench bench)
    {
        List<MeasuredLine> ours = [];
        List<MeasuredLine> all = [];
        foreach (string store in bench.Settings.Stores)
        {
            foreach (string variant in (string[])["ours", "floor"])
            {
                var subject = new Subject(variant, store);
                var line = new MeasuredLine(subject.ToString());
                ServerProcess server = await bench.ServerAsync(subject);
                foreach (int connections in (int[])[1, 4, 16, 64, 256])
                {
                    GrowthBench.Say($"connections: {subject}, {connections}");
                    await bench.Stores.EmptyAsync(subject);
                    string[] cookies = await Sessions.BeginAsync(server, Sessions.Usual, 0, bench.Cancelled);
                    line.Add(connections, await bench.MeasureAsync(subject, Scenario.Count with { Connections = connections }, cookies));
                }

                all.Add(line);
                if (variant == "ours")
                {
                    ours.Add(line);
                }
            }
        }

        return
        [
            new("connections", "Connections", "connections", "requests/s", "Counting in 1,024 sessions by so many connections at a time, and the same by hand.", [.. all.Select(line => line.Series(m => m.RequestsPerSecond))]),
            new("connections-latency", "Latency by connections", "connections", "µs of latency", "Of the same runs. One machine does it all, so that what is beyond its cores waits.", MeasuredLine.Latencies(ours)),
        ];
    }
}
