using FuelSessions.Benchmarks.Load;

namespace FuelSessions.Benchmarks.Report;

/// <summary>The figures that must hold, from the medians of one run.</summary>
internal sealed class Bounds
{
    private static readonly Subject OnMemory = new("ours", "memory");
    private static readonly Subject OnRedis = new("ours", "redis");
    private static readonly Subject OnSqlite = new("ours", "sqlite");

    private readonly Results _results;

    private Bounds(Results results) => _results = results;

    internal static IReadOnlyList<Bound> Of(Results results) => new Bounds(results).All();

    private Bound[] All() =>
    [
        CpuOverFloor("redis, read", OnRedis, Scenario.Read, limit: 1.4, aim: 1.15),
        CpuOverFloor("redis, count", OnRedis, Scenario.Count, limit: 1.4, aim: 1.15),
        RateOverBuiltIn(OnRedis, Scenario.Read, limit: 1.8, aim: 2.3),
        RateOverBuiltIn(OnRedis, Scenario.Count, limit: 1.3, aim: 1.9),
        RateOverBuiltIn(OnRedis, Scenario.New, limit: 1.5, aim: 2),
        RateOverBuiltIn(OnRedis, Scenario.Unused, limit: 3.5, aim: 4),
        AtMost("CPU per request, not used though a cookie is sent: ours / none", 1.15, 1.03, Ratio(Cpu(OnRedis, Scenario.Unused), Cpu(Subject.None, Scenario.Unused))),
        RateOverBuiltIn(OnMemory, Scenario.Read, limit: 1.1, aim: 1.3),
        RateOverBuiltIn(OnMemory, Scenario.Count, limit: 1.1, aim: 1.3),
        AtMost("p50 of one connection, redis, count: ours / built-in", 0.6, 0.4, Ratio(P50(OnRedis), P50(BuiltIn(OnRedis)))),
        AtLeast("requests/s on a cold start, after its first second: synchronous / asynchronous", 0.9, 1, Ratio(Cold(synchronous: true), Cold(synchronous: false))),
        Allocated(OnMemory, Scenario.Unused, limit: 500),
        Allocated(OnMemory, Scenario.Read, limit: 1800),
        Allocated(OnMemory, Scenario.Count, limit: 3000),
        Allocated(OnMemory, Scenario.New, limit: 3000),
        Allocated(OnRedis, Scenario.Read, limit: 1800),
        Allocated(OnRedis, Scenario.Count, limit: 3000),
        Allocated(OnRedis, Scenario.New, limit: 3000),
        CpuOverFloor("SQLite, count", OnSqlite, Scenario.Count, limit: 1.5, aim: 1.2),
        Commands(Scenario.Unused, 0),
        Commands(Scenario.Read, 1),
        Commands(Scenario.Count, 2),
        Commands(Scenario.New, 1),
        new("lost updates, ours, every store", 0, null, AtLeast: false, Lost(), "0"),
    ];

    private static Bound AtMost(string figure, double limit, double? aim, double? measured, string format = "0.00") =>
        new(figure, limit, aim, AtLeast: false, measured, format);

    private static Bound AtLeast(string figure, double limit, double aim, double? measured) =>
        new(figure, limit, aim, AtLeast: true, measured);

    private static Subject BuiltIn(Subject ours) => ours with { Variant = "builtin" };

    private static double? Ratio(double? part, double? whole) => whole is 0 ? null : part / whole;

    private Bound CpuOverFloor(string where, Subject ours, Scenario scenario, double limit, double aim)
    {
        double? none = Cpu(Subject.None, scenario.Baseline);
        return AtMost(
            $"CPU per request over none, {where}: ours / floor", limit, aim,
            Ratio(Cpu(ours, scenario) - none, Cpu(ours with { Variant = "floor" }, scenario) - none));
    }

    private Bound RateOverBuiltIn(Subject ours, Scenario scenario, double limit, double aim) => AtLeast(
        $"requests/s, {ours.Store}, {scenario}: ours / built-in", limit, aim,
        Ratio(_results.Median(ours, scenario, m => m.RequestsPerSecond), _results.Median(BuiltIn(ours), scenario, m => m.RequestsPerSecond)));

    // Over none, which allocates for the same request: its connection, its headers, the answer. On redis over the floor, whose client
    // allocates for the same calls.
    private Bound Allocated(Subject ours, Scenario scenario, double limit)
    {
        (string than, Subject other, Scenario same) = ours.Store == "redis"
            ? ("the floor", ours with { Variant = "floor" }, scenario)
            : ("none", Subject.None, scenario.Baseline);
        return AtMost(
            $"bytes allocated per request over {than}, {ours.Store}, {scenario}", limit, limit / 2,
            _results.Median(ours, scenario, m => m.AllocatedBytes) - _results.Median(other, same, m => m.AllocatedBytes),
            "0");
    }

    // Neither more nor less.
    private Bound Commands(Scenario scenario, double expected)
    {
        double? measured = _results.Commands(OnRedis, scenario);
        return new Bound($"store commands, redis, {scenario}", expected, null, AtLeast: measured < expected, measured);
    }

    private double? Cpu(Subject subject, Scenario scenario) => _results.Median(subject, scenario, m => m.CpuMicroseconds);

    private double? P50(Subject subject) => _results.Median(subject, Scenario.CountAlone, m => m.P50Microseconds);

    private double? Cold(bool synchronous) =>
        _results.ColdStarts.TryGetValue((OnRedis.Variant, synchronous), out List<double>? rates) ? Statistics.Median(rates) : null;

    private double? Lost()
    {
        long[] lost = [.. Subject.All.Where(subject => subject.Variant == "ours").Select(_results.Lost).OfType<long>()];
        return lost.Length == 0 ? null : lost.Sum();
    }
}
