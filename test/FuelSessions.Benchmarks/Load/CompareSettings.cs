using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Load;

/// <summary>How much of the comparison is to be done, and how thoroughly.</summary>
/// <param name="Seconds">Of one run of a scenario; those with 4 KB of other data take half of it.</param>
/// <param name="Rounds">How often each scenario is run; the figures are medians.</param>
/// <param name="MostRounds">How often those are run at most, by whose figures it can't be told yet whether a bound holds.</param>
/// <param name="Variants">Beside none, which is always measured.</param>
/// <param name="Stores">Which of them.</param>
/// <param name="Scenarios">Which of them, by kind.</param>
/// <param name="Fat">Whether the sessions with 4 KB of other data are measured as well.</param>
/// <param name="Seed">Of the order in which scenarios and cookies follow each other.</param>
/// <param name="Json">A file for every single measurement; null: none.</param>
/// <param name="Page">The page whose section is written anew; null: none.</param>
/// <param name="Section">Which section.</param>
/// <param name="Checks">Whether a missed bound is an error of the run.</param>
/// <param name="OnlyBounds">Whether nothing is measured but what the bounds are made of.</param>
/// <param name="ExpiredRows">How many of them a clean-up begins with.</param>
/// <param name="Attempts">How often a measurement is made at most, if other programs disturb it.</param>
internal sealed record CompareSettings(
    int Seconds,
    int Rounds,
    int MostRounds,
    IReadOnlyList<string> Variants,
    IReadOnlyList<string> Stores,
    IReadOnlyList<string> Scenarios,
    bool Fat,
    int Seed,
    string? Json,
    string? Page,
    string Section,
    bool Checks,
    bool OnlyBounds,
    int ExpiredRows,
    int Attempts)
{
    internal static CompareSettings Parse(Arguments arguments)
    {
        // Enough to see that everything works and roughly where it stands; nothing to be quoted.
        bool quick = arguments.Has("--quick");
        bool onlyBounds = arguments.Has("--bounds");
        int rounds = arguments.Number("--rounds", quick ? 1 : onlyBounds ? 5 : 7, 1, 100);
        var options = new CompareSettings(
            arguments.Number("--seconds", quick ? 1 : 3, 1, 60),
            rounds,
            onlyBounds && !quick ? 3 * rounds : rounds,
            arguments.List("--only", "floor", "builtin", "unbound", "ours"),
            arguments.List("--stores", "memory", "redis", "memcached", "sqlite", "postgres", "mysql", "cookie"),
            arguments.List("--scenarios", Scenario.Kinds),
            !quick && !onlyBounds && !arguments.Has("--no-fat"),
            arguments.Number("--seed", 1, 0, int.MaxValue),
            arguments.Text("--json"),
            arguments.Text("--page"),
            arguments.Text("--section") ?? "comparison",
            arguments.Has("--check"),
            onlyBounds,
            quick ? 100_000 : 1_000_000,
            quick ? 1 : 3);
        arguments.ThrowIfUnknown();
        return options;
    }

    internal bool Wants(Subject subject) => subject.IsNone || (Variants.Contains(subject.Variant) && Stores.Contains(subject.Store) && (!OnlyBounds || Bounds.Need(subject)));

    // Not used without a session is what all CPU time is compared with.
    internal bool Wants(Subject subject, Scenario scenario) =>
        (Scenarios.Contains(scenario.Kind) || (subject.IsNone && scenario == Scenario.Unused)) && (Fat || !scenario.IsFat) && (!OnlyBounds || Bounds.Need(subject, scenario));

    internal int SecondsOf(Scenario scenario) => scenario.IsFat ? Math.Max(1, Seconds / 2) : Seconds;
}
