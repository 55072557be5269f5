using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>Runs one scenario against a server that is up.</summary>
internal sealed class Measurer(StoreHost stores)
{
    // All code is compiled twice, and again where it is hot; the compiler's time must not be taken for a request's.
    // It pauses between its passes, so that one quiet second says nothing; and several processes share what two cores can compile.
    private const int LongestWarmUp = 30;
    private const int StillCompiling = 10;
    private const int QuietSeconds = 2;

    /// <summary>Runs the scenario until the just-in-time compiler has had next to nothing to do for two seconds, for some seconds a process at most.</summary>
    internal Task WarmUpAsync(Subject subject, ServerProcess server, Scenario scenario, int seed, CancellationToken cancellationToken) =>
        WarmUpAsync([server], () => RunAsync(subject, server, scenario, seconds: 1, seed, cancellationToken), cancellationToken);

    /// <summary>The same for several servers.</summary>
    /// <param name="servers">Who must have compiled.</param>
    /// <param name="runForOneSecond">What they are loaded with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task WarmUpAsync(IReadOnlyList<ServerProcess> servers, Func<Task> runForOneSecond, CancellationToken cancellationToken)
    {
        long compiled = 0;
        int quiet = 0;
        for (int second = 0; second < LongestWarmUp * servers.Count && quiet < QuietSeconds; second++)
        {
            await runForOneSecond();
            long before = compiled;
            compiled = (await Task.WhenAll(servers.Select(server => server.StatsAsync(cancellationToken)))).Sum(stats => stats.CompiledMethods);
            quiet = compiled - before < StillCompiling * servers.Count ? quiet + 1 : 0;
        }
    }

    /// <summary>
    /// Empties the store, begins the sessions, runs wrk for so long, and takes what the server process has used meanwhile. The sessions
    /// are new each time, so none is old enough for its id to be rotated or its end to be moved: a client that keeps no cookie that it
    /// is sent would otherwise come with an old one from then on.
    /// </summary>
    internal async Task<Measurement> RunAsync(Subject subject, ServerProcess server, Scenario scenario, int seconds, int seed, CancellationToken cancellationToken)
    {
        await stores.EmptyAsync(subject);
        string[] cookies = scenario.SendsCookie ? await Sessions.BeginAsync(server, Sessions.Usual, scenario.SeededBytes, cancellationToken) : [];
        Measurement measured = await LoadAsync(server, scenario, cookies, seconds, seed, cancellationToken);
        return scenario.Counts && !subject.IsNone && !subject.IsCarried
            ? measured with { Lost = await LostAsync(server, cookies, measured.Requests, cancellationToken) }
            : measured;
    }

    /// <summary>The same with sessions that are there already.</summary>
    internal async Task<Measurement> LoadAsync(
        ServerProcess server, Scenario scenario, string[] cookies, int seconds, int seed, CancellationToken cancellationToken)
    {
        await File.WriteAllLinesAsync(stores.CookieFile, cookies, cancellationToken);
        ServerStats before = await server.StatsAsync(cancellationToken);
        WrkResult result = await Wrk.RunAsync(server.Url(scenario.Path), stores.CookieFile, scenario.Connections, seconds, seed, cancellationToken);
        ServerStats after = await server.SettledStatsAsync(cancellationToken);

        long requests = after.Requests - before.Requests;
        if (requests == 0)
        {
            throw new InvalidOperationException($"{scenario}: no request reached the server.");
        }

        return new Measurement(
            requests,
            result.Answered / result.Duration.TotalSeconds,
            result.P50.TotalMicroseconds,
            result.P99.TotalMicroseconds,
            (double)(after.CpuMicroseconds - before.CpuMicroseconds) / requests,
            (double)(after.AllocatedBytes - before.AllocatedBytes) / requests,
            result.Failures);
    }

    // Every request that began to count is in the sum, those included whose answer wrk did not wait for; so the number is exact.
    private static async Task<long> LostAsync(ServerProcess server, string[] cookies, long requests, CancellationToken cancellationToken)
    {
        long lost = requests - await Sessions.SumAsync(server, cookies, cancellationToken);
        if (lost > 0)
        {
            // The last ones may still have been on their way to the store.
            await Task.Delay(500, cancellationToken);
            lost = requests - await Sessions.SumAsync(server, cookies, cancellationToken);
        }

        return lost;
    }
}
