using System.Globalization;
using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Report;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>What several processes on one store carry together, of the same sessions, and how often they are in each other's way.</summary>
internal sealed class NodesRun(StoreHost stores, int seconds, CancellationToken cancellationToken)
{
    private const int Connections = 32;
    private const int MostLooks = 20;

    private static readonly int[] Processes = [1, 2, 4];

    // All of a browser's requests at once, or all users on one session, so to speak.
    private static readonly int[] Sessions = [Load.Sessions.Usual, 8];

    internal static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        int seconds = arguments.Number("--seconds", 3, 1, 60);
        IReadOnlyList<string> names = arguments.List("--stores", "redis", "postgres", "sqlite");
        string? page = arguments.Text("--page");
        arguments.ThrowIfUnknown();
        Wrk.ThrowIfMissing();
        await using var stores = new StoreHost();
        var run = new NodesRun(stores, seconds, cancellationToken);
        string text = await run.RunAsync(names);
        Console.WriteLine(text);
        if (page is not null)
        {
            await PerformancePage.ReplaceAsync(page, "nodes", text, cancellationToken);
        }

        return 0;
    }

    private async Task<string> RunAsync(IReadOnlyList<string> names)
    {
        var table = new MarkdownTable("store", "sessions", "processes", "requests/s", "CPU µs", "conflicts / 1,000", "not counted");
        foreach (string store in names)
        {
            var subject = new Subject("ours", store);
            foreach (int processes in Processes)
            {
                List<ServerProcess> nodes = [];
                try
                {
                    var settings = new ServerSettings(subject.Variant, store, await stores.ConnectionAsync(subject), stores.Keys);
                    while (nodes.Count < processes)
                    {
                        nodes.Add(await ServerProcess.StartAsync(settings, cancellationToken));
                    }

                    foreach (int sessions in Sessions)
                    {
                        table.Add([store, Text(sessions), Text(processes), .. await MeasureAsync(subject, nodes, sessions)]);
                    }
                }
                finally
                {
                    foreach (ServerProcess node in nodes)
                    {
                        await node.DisposeAsync();
                    }
                }
            }
        }

        Machine machine = Machine.Describe(await stores.VersionsAsync());
        return $"Measured on {machine}, which all processes and the load generator share. {seconds} s each, {Connections} connections in all.\n\n{table.Write()}";
    }

    private async Task<string[]> MeasureAsync(Subject subject, IReadOnlyList<ServerProcess> nodes, int sessions)
    {
        Console.Error.WriteLine($"{nodes.Count} of {subject}, {sessions} sessions");
        await BeginAsync(subject, nodes, sessions);
        await Measurer.WarmUpAsync(nodes, () => LoadAsync(nodes, seed: 1, time: 1), cancellationToken);

        // Anew: none is to be old enough for its end to be moved.
        string[] cookies = await BeginAsync(subject, nodes, sessions);
        (ServerStats[] begin, long before) = await SettledAsync(nodes, cookies);
        WrkResult[] results = await LoadAsync(nodes, seed: 2, seconds);
        (ServerStats[] end, long after) = await SettledAsync(nodes, cookies);
        long requests = end.Sum(stats => stats.Requests) - begin.Sum(stats => stats.Requests);
        double cpu = end.Sum(stats => stats.CpuMicroseconds) - begin.Sum(stats => stats.CpuMicroseconds);
        double conflicts = end.Sum(stats => stats.Conflicts) - begin.Sum(stats => stats.Conflicts);
        return
        [
            Text(results.Sum(result => result.Answered / result.Duration.TotalSeconds)),
            Text(cpu / requests),
            Text(1000 * conflicts / requests),
            Text(requests - (after - before)),
        ];
    }

    private async Task<string[]> BeginAsync(Subject subject, IReadOnlyList<ServerProcess> nodes, int sessions)
    {
        await stores.EmptyAsync(subject);
        string[] cookies = await Load.Sessions.BeginAsync(nodes[0], sessions, 0, cancellationToken);
        await File.WriteAllLinesAsync(stores.CookieFile, cookies, cancellationToken);
        return cookies;
    }

    // The last requests go on when their clients have left: where many want one session, for a while.
    private async Task<(ServerStats[] Stats, long Sum)> SettledAsync(IReadOnlyList<ServerProcess> nodes, string[] cookies)
    {
        ServerStats[] stats = await Task.WhenAll(nodes.Select(node => node.SettledStatsAsync(cancellationToken)));
        long sum = await Load.Sessions.SumAsync(nodes[0], cookies, cancellationToken);
        for (int looks = 0; looks < MostLooks; looks++)
        {
            await Task.Delay(500, cancellationToken);
            long before = sum;
            sum = await Load.Sessions.SumAsync(nodes[0], cookies, cancellationToken);
            if (sum == before)
            {
                break;
            }
        }

        return (stats, sum);
    }

    private Task<WrkResult[]> LoadAsync(IReadOnlyList<ServerProcess> nodes, int seed, int time) => Task.WhenAll(nodes.Select((node, number) =>
        Wrk.RunAsync(node.Url(Scenario.Count.Path), stores.CookieFile, Connections / nodes.Count, time, (seed * 100) + number, cancellationToken)));

    private static string Text(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
