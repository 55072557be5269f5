using FuelSessions.Benchmarks.Load;
using FuelSessions.Benchmarks.Report;

namespace FuelSessions.Benchmarks.Growth;

/// <summary>All that was measured of one thing while something grew, of which charts take a figure each.</summary>
internal sealed class MeasuredLine(string name)
{
    private readonly List<(double X, Measurement Of)> _points = [];

    internal void Add(double x, Measurement measured) => _points.Add((x, measured));

    internal Series Series(Func<Measurement, double> figure, string? called = null) =>
        new(called is null ? name : $"{name}, {called}", [.. _points.Select(point => (point.X, figure(point.Of)))]);

    /// <summary>The two latencies of each line.</summary>
    internal static IReadOnlyList<Series> Latencies(IEnumerable<MeasuredLine> lines) =>
        [.. lines.SelectMany(line => new[] { line.Series(m => m.P50Microseconds, "p50"), line.Series(m => m.P99Microseconds, "p99") })];
}
