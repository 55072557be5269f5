using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>
/// What must be exact is not left to a load generator: store commands of requests that come one after the other, and the counters after a
/// burst of which every answer was waited for.
/// </summary>
/// <param name="stores">Where commands are counted.</param>
/// <param name="results">What it finds.</param>
/// <param name="wanted">The scenarios of a subject that are asked for.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class Audit(StoreHost stores, Results results, Func<Subject, Scenario, bool> wanted, CancellationToken cancellationToken)
{
    private const int Requests = 200;
    private const int Burst = 4000;

    // Few, so that they are counted up by several requests at the same time.
    private const int BurstSessions = 8;
    private const int BurstConnections = 32;

    /// <param name="subject">Of which it is.</param>
    /// <param name="serverFor">A server of it that is up, of the kind that a scenario needs.</param>
    internal async Task RunAsync(Subject subject, Func<Scenario, Task<ServerProcess>> serverFor)
    {
        Scenario[] scenarios = [.. Scenario.For(subject).Where(scenario => scenario is { IsFat: false, Connections: > 1 })];
        foreach (Scenario scenario in scenarios.Where(scenario => wanted(subject, scenario)))
        {
            await CountCommandsAsync(subject, scenario, await serverFor(scenario));
        }

        if (!subject.IsCarried && scenarios.Contains(Scenario.Count))
        {
            await BurstAsync(subject, await serverFor(Scenario.Count));
        }
    }

    private async Task CountCommandsAsync(Subject subject, Scenario scenario, ServerProcess server)
    {
        string? cookie = scenario.SendsCookie ? (await Sessions.BeginAsync(server, 1, 0, cancellationToken))[0] : null;

        // From the second request on the server knows what the endpoint uses, and the store its scripts.
        await Sessions.SendAsync(server, scenario.Path, cookie, cancellationToken);
        Func<Task<double>>? since = await CounterAsync(subject, server);
        for (int request = 0; request < Requests; request++)
        {
            await Sessions.SendAsync(server, scenario.Path, cookie, cancellationToken);
        }

        if (since is not null)
        {
            results.SetCommands(subject, scenario, await since() / Requests);
        }
    }

    private async Task<Func<Task<double>>?> CounterAsync(Subject subject, ServerProcess server)
    {
        if (await stores.CommandsAsync(subject) is { } before)
        {
            return async () => (await stores.CommandsAsync(subject))!.Since(before);
        }

        if (subject is not { Variant: "ours", Store: "sqlite" or "postgres" or "mysql" })
        {
            return null;
        }

        ServerStats begin = await server.StatsAsync(cancellationToken);
        return async () => (await server.StatsAsync(cancellationToken)).Statements - begin.Statements;
    }

    private async Task BurstAsync(Subject subject, ServerProcess server)
    {
        string[] cookies = await Sessions.BeginAsync(server, BurstSessions, 0, cancellationToken);
        await Parallel.ForAsync(
            0,
            Burst,
            new ParallelOptions { MaxDegreeOfParallelism = BurstConnections, CancellationToken = cancellationToken },
            async (request, token) => await Sessions.SendAsync(server, "/count", cookies[request % BurstSessions], token));
        results.Bursts[subject] = (Burst, Burst - await Sessions.SumAsync(server, cookies, cancellationToken));
    }
}
