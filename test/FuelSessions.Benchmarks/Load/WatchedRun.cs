using System.Globalization;
using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Report;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>What tracing, metrics and health checks cost a request that reads a session on Redis: the same load on two processes, with all of them and with none.</summary>
internal sealed class WatchedRun(StoreHost stores, int seconds, int rounds, CancellationToken cancellationToken)
{
    private const double Limit = 1.1;

    private static readonly Subject Plain = new("ours", "redis");
    private static readonly Subject Watched = new("watched", "redis");

    private readonly Measurer _measurer = new(stores);

    internal static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        bool quick = arguments.Has("--quick");
        int seconds = arguments.Number("--seconds", quick ? 1 : 3, 1, 60);
        int rounds = arguments.Number("--rounds", quick ? 1 : 10, 1, 100);
        bool checks = arguments.Has("--check");
        arguments.ThrowIfUnknown();
        Wrk.ThrowIfMissing();
        await using var stores = new StoreHost();
        Bound bound = await new WatchedRun(stores, seconds, rounds, cancellationToken).MeasureAsync();
        return checks && bound.Verdict == Verdict.Missed ? 1 : 0;
    }

    private async Task<Bound> MeasureAsync()
    {
        await using ServerProcess plain = await StartAsync(Plain);
        await using ServerProcess watched = await StartAsync(Watched);
        var ratios = new List<double>();
        var table = new MarkdownTable("round", "off, µs CPU a request", "on", "on / off", "off, bytes allocated", "on");
        for (int round = 1; round <= rounds; round++)
        {
            // Each goes first in every other round: the machine may be warmer or busier the second time.
            bool plainFirst = round % 2 == 1;
            Measurement first = await RunAsync(plainFirst ? Plain : Watched, plainFirst ? plain : watched, round);
            Measurement second = await RunAsync(plainFirst ? Watched : Plain, plainFirst ? watched : plain, round);
            (Measurement off, Measurement on) = plainFirst ? (first, second) : (second, first);
            double ratio = on.CpuMicroseconds / off.CpuMicroseconds;
            ratios.Add(ratio);
            table.Add($"{round}", Text(off.CpuMicroseconds), Text(on.CpuMicroseconds), ratio.ToString("0.00", CultureInfo.InvariantCulture), Text(off.AllocatedBytes), Text(on.AllocatedBytes));
        }

        var bound = new Bound("CPU per request, redis, read: watched / unwatched", Limit, null, AtLeast: false, Statistics.Median(ratios));
        Console.WriteLine(table.Write());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bound.Figure}: {bound.Measured:0.00}, the median of {rounds} rounds; at most {Limit:0.00}: {bound.Verdict}"));
        return bound;
    }

    private async Task<ServerProcess> StartAsync(Subject subject)
    {
        ServerProcess server = await ServerProcess.StartAsync(new ServerSettings(subject.Variant, subject.Store, await stores.ConnectionAsync(subject), stores.Keys), cancellationToken);
        await _measurer.WarmUpAsync(subject, server, Scenario.Read, seed: 1, cancellationToken);
        return server;
    }

    private Task<Measurement> RunAsync(Subject subject, ServerProcess server, int round) =>
        _measurer.RunAsync(subject, server, Scenario.Read, seconds, seed: round, cancellationToken);

    private static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
