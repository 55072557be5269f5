using FuelSessions.Benchmarks.Load.Stores;
using FuelSessions.Benchmarks.Report;
using FuelSessions.Benchmarks.Server;

namespace FuelSessions.Benchmarks.Load;

/// <summary>The comparison: all variants on all stores, in one run on one machine.</summary>
internal sealed class CompareRun(CompareSettings options, StoreHost stores, CancellationToken cancellationToken) : IAsyncDisposable
{
    // A difference from it is taken of every other figure, so its own noise must be small.
    private const int RunsOfNone = 3;

    private const int ColdStarts = 5;
    private const int CleanUps = 3;

    // Of the machine, by programs that are no part of the run.
    private const double MostForeign = 0.08;

    private readonly Results _results = new();
    private readonly Measurer _measurer = new(stores);
    private readonly Dictionary<(Subject, AppKind, bool IsForNew), ServerProcess> _servers = [];
    private readonly Random _random = new(options.Seed);
    private readonly List<Subject> _subjects = [];

    internal static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        CompareSettings options = CompareSettings.Parse(arguments);
        Wrk.ThrowIfMissing();
        await using var stores = new StoreHost();
        await using var run = new CompareRun(options, stores, cancellationToken);
        Results results = await run.RunAsync();
        return await run.ReportAsync(results);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }

    private async Task<Results> RunAsync()
    {
        await StartAsync();
        (Subject Subject, Scenario Scenario)[] plan =
        [
            .. _subjects.SelectMany(subject => Scenario.For(subject).Where(scenario => options.Wants(subject, scenario)).Select(scenario => (subject, scenario))),
        ];

        // More data don't need other code.
        await WarmUpAsync(plan.Where(run => !run.Scenario.IsFat));
        plan = [.. plan.SelectMany(run => Enumerable.Repeat(run, run.Subject.IsNone ? RunsOfNone : 1))];
        for (int round = 1; round <= options.Rounds; round++)
        {
            await RunAsync(plan, $"round {round} of {options.Rounds}");
        }

        for (int round = options.Rounds + 1; round <= options.MostRounds && Open(plan) is { Length: > 0 } open; round++)
        {
            await RunAsync(open, $"round {round} of {options.MostRounds} at most");
        }

        await AuditAsync();
        await StartColdAsync();
        await CleanUpAsync();
        return _results;
    }

    private async Task RunAsync((Subject Subject, Scenario Scenario)[] plan, string round)
    {
        // Whatever else the machine does, and how warm it is, meets each of them at another moment in each round.
        _random.Shuffle(plan);
        foreach ((Subject subject, Scenario scenario) in plan)
        {
            Console.Error.WriteLine($"{round}: {subject}, {scenario}");
            _results.Add(subject, scenario, await MeasureAsync(subject, scenario, options.SecondsOf(scenario)));
        }
    }

    // What those figures are made of by which it can't be told yet whether a bound holds.
    private (Subject Subject, Scenario Scenario)[] Open((Subject Subject, Scenario Scenario)[] plan)
    {
        HashSet<(Subject Subject, Scenario Scenario)> madeOf = [.. Bounds.Of(_results).Where(bound => bound.Verdict == Verdict.WithinNoise).SelectMany(bound => bound.MadeOf)];
        return [.. plan.Where(madeOf.Contains)];
    }

    private async Task<int> ReportAsync(Results results)
    {
        Machine machine = Machine.Describe(await stores.VersionsAsync());
        IReadOnlyList<Bound> bounds = Bounds.Of(results);
        string report = ComparisonReport.Write(results, bounds, options, machine);
        Console.WriteLine(report);
        if (options.Json is { } json)
        {
            await RawResults.WriteAsync(json, results, bounds, machine, cancellationToken);
        }

        if (options.Page is { } page)
        {
            await PerformancePage.ReplaceAsync(page, options.Section, report, cancellationToken);
        }

        return options.Checks && bounds.Any(bound => bound.Verdict == Verdict.Missed) ? 1 : 0;
    }

    private async Task StartAsync()
    {
        foreach (Subject subject in Subject.All.Where(options.Wants))
        {
            try
            {
                await stores.ConnectionAsync(subject);
                _subjects.Add(subject);
            }
            catch (UsageException missing)
            {
                _results.LeaveOut($"{subject}: {missing.Message}");
            }
        }
    }

    // What new sessions leave in the memory of a process can't be emptied from outside: they get one to themselves.
    private async Task<ServerProcess> ServerAsync(Subject subject, Scenario scenario)
    {
        (Subject, AppKind, bool) kind = (subject, scenario.App, subject.Store == "memory" && !scenario.SendsCookie);
        if (!_servers.TryGetValue(kind, out ServerProcess? server))
        {
            server = await StartAsync(subject, scenario.App);
            _servers.Add(kind, server);
        }

        return server;
    }

    private async Task<ServerProcess> StartAsync(Subject subject, AppKind app, bool countsStatements = false)
    {
        var settings = new ServerSettings(subject.Variant, subject.Store, await stores.ConnectionAsync(subject), stores.Keys, CountsStatements: countsStatements, App: app);
        return await ServerProcess.StartAsync(settings, cancellationToken);
    }

    private async Task WarmUpAsync(IEnumerable<(Subject Subject, Scenario Scenario)> plan)
    {
        foreach ((Subject subject, Scenario scenario) in plan)
        {
            Console.Error.WriteLine($"warm-up: {subject}, {scenario}");
            await _measurer.WarmUpAsync(subject, await ServerAsync(subject, scenario), scenario, _random.Next(), cancellationToken);
        }
    }

    // One that other programs disturbed is made again.
    private async Task<Measurement> MeasureAsync(Subject subject, Scenario scenario, int seconds)
    {
        for (int attempt = 1; ; attempt++)
        {
            var others = new ForeignLoad();
            Measurement measured = await _measurer.RunAsync(
                subject, await ServerAsync(subject, scenario), scenario, seconds, _random.Next(), cancellationToken);
            double share = others.Share();
            if (share <= MostForeign)
            {
                return measured;
            }

            bool isKept = attempt == options.Attempts;
            Console.Error.WriteLine($"disturbed: other programs took {share:P0} of the machine{(isKept ? "" : "; once more")}");
            _results.NoteDisturbance(isKept);
            if (isKept)
            {
                return measured;
            }
        }
    }

    private async Task AuditAsync()
    {
        var audit = new Audit(stores, _results, options.Wants, cancellationToken);
        foreach (Subject subject in _subjects.Where(subject => !subject.IsNone))
        {
            Console.Error.WriteLine($"store commands and lost updates: {subject}");
            bool isDatabase = subject.Store is "sqlite" or "postgres" or "mysql";
            if (isDatabase && subject.Variant == "ours")
            {
                // Counting costs a little, so it is not done where time is measured.
                await using ServerProcess counting = await StartAsync(subject, AppKind.Usual, countsStatements: true);
                await stores.EmptyAsync(subject);
                await audit.RunAsync(subject, _ => Task.FromResult(counting));
                continue;
            }

            if (isDatabase)
            {
                // It makes the table that is emptied.
                await ServerAsync(subject, Scenario.Count);
            }

            await stores.EmptyAsync(subject);
            await audit.RunAsync(subject, scenario => ServerAsync(subject, scenario));
        }
    }

    private async Task CleanUpAsync()
    {
        if (options.Scenarios.Contains(Scenario.Count.Kind) && _subjects.Contains(CleanUp.Subject))
        {
            var cleanUp = new CleanUp(stores, _measurer, _results, cancellationToken);
            await cleanUp.RunAsync(Math.Min(CleanUps, options.Rounds), options.Seconds, options.ExpiredRows, _random);
        }
    }

    private async Task StartColdAsync()
    {
        var start = new ColdStart(stores, _results, cancellationToken);
        Subject[] subjects = [.. _subjects.Where(subject => subject is { Store: "redis", Variant: "builtin" or "ours" })];
        if (!options.Scenarios.Contains(Scenario.Count.Kind))
        {
            return;
        }

        for (int repetition = 1; repetition <= Math.Min(ColdStarts, options.Rounds); repetition++)
        {
            (Subject Subject, bool Synchronous)[] plan = [.. subjects.SelectMany(subject => new[] { (subject, true), (subject, false) })];
            _random.Shuffle(plan);
            foreach ((Subject subject, bool synchronous) in plan)
            {
                Console.Error.WriteLine($"cold start {repetition}: {subject}, {(synchronous ? "synchronous" : "asynchronous")}");
                await start.RunAsync(subject, await ServerAsync(subject, Scenario.Count), synchronous, _random.Next());
            }
        }
    }
}
