using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>What the measurements of growth share: servers, warm ones, and medians of runs against them.</summary>
internal sealed class GrowthBench(GrowthSettings settings, StoreHost stores, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly Measurer _measurer = new(stores);
    private readonly Dictionary<(Subject Subject, TimeSpan? CollectEvery), ServerProcess> _servers = [];
    private int _seed;

    internal GrowthSettings Settings => settings;

    internal StoreHost Stores => stores;

    internal CancellationToken Cancelled => cancellationToken;

    /// <summary>A server that has seen enough requests to be compiled as far as it will be.</summary>
    internal async Task<ServerProcess> ServerAsync(Subject subject, TimeSpan? collectEvery = null)
    {
        if (!_servers.TryGetValue((subject, collectEvery), out ServerProcess? server))
        {
            var what = new ServerSettings(subject.Variant, subject.Store, await stores.ConnectionAsync(subject), stores.Keys, collectEvery);
            server = await ServerProcess.StartAsync(what, cancellationToken);
            _servers.Add((subject, collectEvery), server);
            foreach (Scenario scenario in (Scenario[])[Scenario.Read, Scenario.Count])
            {
                await _measurer.WarmUpAsync(subject, server, scenario, _seed++, cancellationToken);
            }
        }

        return server;
    }

    /// <summary>The medians of some runs against one server.</summary>
    internal async Task<Measurement> MeasureAsync(Subject subject, Scenario scenario, string[] cookies, int? rounds = null, int? seconds = null, TimeSpan? collectEvery = null)
    {
        ServerProcess server = await ServerAsync(subject, collectEvery);
        List<Measurement> runs = [];
        for (int round = 0; round < (rounds ?? settings.Rounds); round++)
        {
            runs.Add(await _measurer.LoadAsync(server, scenario, cookies, seconds ?? settings.Seconds, _seed++, cancellationToken));
        }

        return new Measurement(
            runs.Sum(run => run.Requests),
            Median(run => run.RequestsPerSecond),
            Median(run => run.P50Microseconds),
            Median(run => run.P99Microseconds),
            Median(run => run.CpuMicroseconds),
            Median(run => run.AllocatedBytes),
            runs.Sum(run => run.Failures));

        double Median(Func<Measurement, double> figure) => Statistics.Median(runs.Select(figure))!.Value;
    }

    internal static void Say(string what) => Console.Error.WriteLine(what);

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}
