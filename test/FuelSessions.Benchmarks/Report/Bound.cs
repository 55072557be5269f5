using FuelSessions.Benchmarks.Load;

namespace FuelSessions.Benchmarks.Report;

/// <summary>What a figure came to.</summary>
internal enum Verdict
{
    /// <summary>What it is made of was not part of the run.</summary>
    NotMeasured,
    Missed,

    /// <summary>The same run once more could as well have come out on the other side of the limit: nothing is told by this one.</summary>
    WithinNoise,
    Held,

    /// <summary>Held, and as good as was aimed at.</summary>
    AimReached,
}

/// <summary>One figure that must hold.</summary>
/// <param name="Figure">What it is.</param>
/// <param name="Limit">The worst that it may be.</param>
/// <param name="Aim">What it should be; null: exactly the limit.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Measured">What it is; null: not measured.</param>
/// <param name="Format">How the numbers are written.</param>
internal sealed record Bound(string Figure, double Limit, double? Aim, bool AtLeast, double? Measured, string Format = "0.00")
{
    /// <summary>Between what it comes to in nine of ten runs like this one; null: not known, or always the same.</summary>
    internal Interval? Interval { get; init; }

    /// <summary>The measurements of rounds that it is made of.</summary>
    internal IReadOnlyList<(Subject Subject, Scenario Scenario)> MadeOf { get; init; } = [];

    internal Verdict Verdict => Measured is not { } measured ? Verdict.NotMeasured
        : Interval is { } interval && IsWithin(interval.Low, Limit) != IsWithin(interval.High, Limit) ? Verdict.WithinNoise
        : !IsWithin(measured, Limit) ? Verdict.Missed
        : Aim is { } aim && IsWithin(measured, aim) ? Verdict.AimReached
        : Verdict.Held;

    // A figure counts as it is written.
    private bool IsWithin(double measured, double limit)
    {
        double written = Math.Round(measured, 2);
        return AtLeast ? written >= limit : written <= limit;
    }
}
