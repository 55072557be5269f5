using FuelSessions.Benchmarks.Load;

namespace FuelSessions.Benchmarks.Report;

/// <summary>The figures that must hold, from the medians of one run.</summary>
internal sealed class Bounds
{
    private static readonly Subject OnMemory = new("ours", "memory");
    private static readonly Subject OnRedis = new("ours", "redis");
    private static readonly Subject OnSqlite = new("ours", "sqlite");
    private static readonly Subject OnPostgres = new("ours", "postgres");

    // They were set with it; an older one is measured beside them.
    private static readonly bool IsNewestClient = !Machine.ClientVersion.StartsWith("2.", StringComparison.Ordinal);

    private const int Resamplings = 1000;

    private static readonly HashSet<(Subject Subject, Scenario Scenario)> Needed = [.. new Bounds(new Results()).All().SelectMany(bound => bound.MadeOf)];

    private readonly Results _results;
    private readonly List<(Subject Subject, Scenario Scenario)> _asked = [];

    private Bounds(Results results) => _results = results;

    internal static IReadOnlyList<Bound> Of(Results results)
    {
        var random = new Random(1);
        Bound[][] others = [.. Enumerable.Range(0, Resamplings).Select(_ => new Bounds(results.Resampled(random)).All())];
        return [.. new Bounds(results).All().Select((bound, at) => bound with { Interval = Statistics.Middle(others.Select(other => other[at].Measured).OfType<double>()) })];
    }

    /// <summary>Whether a figure is made of this measurement.</summary>
    internal static bool Need(Subject subject, Scenario scenario) => Needed.Contains((subject, scenario));

    /// <summary>Whether a figure is made of anything about that subject. Nothing of ours may lose an update.</summary>
    internal static bool Need(Subject subject) => subject.Variant == "ours" || Needed.Any(needed => needed.Subject == subject);

    private Bound[] All() => [.. IsNewestClient ? OnRedisWithNewestClient() : [], .. OfAnyClient()];

    private Bound[] OnRedisWithNewestClient() =>
    [
        CpuOverFloor("redis, read", OnRedis, Scenario.Read, limit: 1.3, aim: 1.1),
        CpuOverFloor("redis, count", OnRedis, Scenario.Count, limit: 1.3, aim: 1.1),
        RateOverBuiltIn(OnRedis, Scenario.Read, limit: 2.8, aim: 3.3),
        RateOverBuiltIn(OnRedis, Scenario.Count, limit: 2, aim: 2.4),
        RateOverBuiltIn(OnRedis, Scenario.New, limit: 1.9, aim: 2.2),
        RateOverBuiltIn(OnRedis, Scenario.Unused, limit: 3.5, aim: 4),
        AtMost("p50 of one connection, redis, count: ours / built-in", 0.6, 0.4, Ratio(P50(OnRedis), P50(BuiltIn(OnRedis)))),
    ];

    private Bound[] OfAnyClient() =>
    [
        AtMost("CPU per request, not used though a cookie is sent: ours / none", 1.15, 1.03, Ratio(Cpu(OnRedis, Scenario.Unused), Cpu(Subject.None, Scenario.Unused))),
        RateOverBuiltIn(OnMemory, Scenario.Read, limit: 1.1, aim: 1.3),
        RateOverBuiltIn(OnMemory, Scenario.Count, limit: 1.1, aim: 1.3),
        AtLeast("requests/s on a cold start, after its first second: synchronous / asynchronous", 0.9, 1, Ratio(Cold(synchronous: true), Cold(synchronous: false))),
        CpuOverNone(Scenario.Read, limit: 1.2, aim: 1.1),
        CpuOverNone(Scenario.Count, limit: 1.4, aim: 1.25),
        Allocated(OnMemory, Scenario.Unused, limit: 250),
        Allocated(OnMemory, Scenario.Read, limit: 800),
        Allocated(OnMemory, Scenario.Count, limit: 1200),
        Allocated(OnMemory, Scenario.New, limit: 3000),
        Allocated(OnRedis, Scenario.Read, limit: 1200),
        Allocated(OnRedis, Scenario.Count, limit: 2000),
        Allocated(OnRedis, Scenario.New, limit: 3000),
        CpuOverFloor("SQLite, read", OnSqlite, Scenario.Read, limit: 1.2, aim: 1),
        CpuOverFloor("SQLite, count", OnSqlite, Scenario.Count, limit: 1.5, aim: 1.2),
        RateOverFloor(OnSqlite, limit: 3, aim: 6),
        RateOverFloor(OnPostgres, limit: 1, aim: 2),
        AtMost("p50 of one connection, SQLite, count: ours / floor", 1.2, 1.05, Ratio(P50(OnSqlite), P50(Floor(OnSqlite)))),
        AtMost("p99, SQLite, count, while 1,000,000 expired rows are removed: with / without", 2, 1.2, CleanUp()),
        Commands(Scenario.Unused, 0),
        Commands(Scenario.Read, 1),
        Commands(Scenario.Count, 2),
        Commands(Scenario.New, 1),
        Made(new("lost updates, ours, every store", 0, null, AtLeast: false, Lost(), "0")),
    ];

    private Bound AtMost(string figure, double limit, double? aim, double? measured, string format = "0.00") =>
        Made(new(figure, limit, aim, AtLeast: false, measured, format));

    private Bound AtLeast(string figure, double limit, double aim, double? measured) =>
        Made(new(figure, limit, aim, AtLeast: true, measured));

    // Of what was looked at since the one before.
    private Bound Made(Bound bound)
    {
        Bound made = bound with { MadeOf = [.. _asked] };
        _asked.Clear();
        return made;
    }

    private static Subject BuiltIn(Subject ours) => ours with { Variant = "builtin" };

    private static Subject Floor(Subject ours) => ours with { Variant = "floor" };

    private static double? Ratio(double? part, double? whole) => whole is 0 ? null : part / whole;

    private Bound CpuOverFloor(string where, Subject ours, Scenario scenario, double limit, double aim)
    {
        double? none = Cpu(Subject.None, scenario.Baseline);
        return AtMost(
            $"CPU per request over none, {where}: ours / floor", limit, aim,
            Ratio(Cpu(ours, scenario) - none, Cpu(Floor(ours), scenario) - none));
    }

    private Bound CpuOverNone(Scenario scenario, double limit, double aim) => AtMost(
        $"CPU per request, memory, {scenario}: ours / none", limit, aim, Ratio(Cpu(OnMemory, scenario), Cpu(Subject.None, scenario.Baseline)));

    private Bound RateOverBuiltIn(Subject ours, Scenario scenario, double limit, double aim) => AtLeast(
        $"requests/s, {ours.Store}, {scenario}: ours / built-in", limit, aim,
        Ratio(Median(ours, scenario, m => m.RequestsPerSecond), Median(BuiltIn(ours), scenario, m => m.RequestsPerSecond)));

    private Bound RateOverFloor(Subject ours, double limit, double aim) => AtLeast(
        $"requests/s, {ours.Store}, count: ours / floor", limit, aim,
        Ratio(Median(ours, Scenario.Count, m => m.RequestsPerSecond), Median(Floor(ours), Scenario.Count, m => m.RequestsPerSecond)));

    // Over none, which allocates for the same request: its connection, its headers, the answer. On redis over the floor, whose client
    // allocates for the same calls.
    private Bound Allocated(Subject ours, Scenario scenario, double limit)
    {
        (string than, Subject other, Scenario same) = ours.Store == "redis"
            ? ("the floor", Floor(ours), scenario)
            : ("none", Subject.None, scenario.Baseline);
        return AtMost(
            $"bytes allocated per request over {than}, {ours.Store}, {scenario}", limit, limit / 2,
            Median(ours, scenario, m => m.AllocatedBytes) - Median(other, same, m => m.AllocatedBytes),
            "0");
    }

    // Neither more nor less.
    private Bound Commands(Scenario scenario, double expected)
    {
        double? measured = _results.Commands(OnRedis, scenario);
        return Made(new($"store commands, redis, {scenario}", expected, null, AtLeast: measured < expected, measured));
    }

    private double? Cpu(Subject subject, Scenario scenario) => Median(subject, scenario, m => m.CpuMicroseconds);

    private double? P50(Subject subject) => Median(subject, Scenario.CountAlone, m => m.P50Microseconds);

    private double? Median(Subject subject, Scenario scenario, Func<Measurement, double> figure)
    {
        _asked.Add((subject, scenario));
        return _results.Median(subject, scenario, figure);
    }

    private double? CleanUp() => Ratio(Statistics.Median(_results.CleanUps.Select(pair => pair.With)), Statistics.Median(_results.CleanUps.Select(pair => pair.Without)));

    private double? Cold(bool synchronous) =>
        _results.ColdStarts.TryGetValue((OnRedis.Variant, synchronous), out List<double>? rates) ? Statistics.Median(rates) : null;

    private double? Lost()
    {
        long[] lost = [.. Subject.All.Where(subject => subject.Variant == "ours").Select(_results.Lost).OfType<long>()];
        return lost.Length == 0 ? null : lost.Sum();
    }
}
