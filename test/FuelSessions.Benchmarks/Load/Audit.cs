using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>
/// What must be exact is not left to a load generator: store commands of requests that come one after the other, and the counters after a
/// burst of which every answer was waited for.
/// </summary>
internal sealed class Audit(StoreHost stores, Results results, CancellationToken cancellationToken)
{
    private const int Requests = 200;
    private const int Burst = 4000;

    // Few, so that they are counted up by several requests at the same time.
    private const int BurstSessions = 8;
    private const int BurstConnections = 32;

    internal async Task RunAsync(Subject subject, ServerProcess server)
    {
        await CountCommandsAsync(subject, server);
        if (!subject.IsCarried)
        {
            await BurstAsync(subject, server);
        }
    }

    private async Task CountCommandsAsync(Subject subject, ServerProcess server)
    {
        foreach (Scenario scenario in (Scenario[])[Scenario.Unused, Scenario.Read, Scenario.Count, Scenario.New])
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
