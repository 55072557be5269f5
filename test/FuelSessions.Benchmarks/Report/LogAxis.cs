using System.Globalization;

namespace FuelSessions.Benchmarks.Report;

/// <summary>A logarithmic axis over whole powers of ten, drawn between two coordinates.</summary>
internal sealed class LogAxis
{
    private readonly double _from;
    private readonly double _to;
    private readonly int _low;
    private readonly int _high;

    internal LogAxis(IEnumerable<double> values, double from, double to)
    {
        double[] all = [.. values.Where(value => value > 0)];
        (_from, _to) = (from, to);
        _low = (int)Math.Floor(Math.Log10(all.Min()));
        _high = Math.Max(_low + 1, (int)Math.Ceiling(Math.Log10(all.Max())));
    }

    /// <summary>1, 10, 100 and so on, and where they are.</summary>
    internal IEnumerable<(string Label, double At)> Ticks => Enumerable.Range(_low, _high - _low + 1).Select(power => (Label(power), At(Math.Pow(10, power))));

    internal double At(double value) => _from + ((_to - _from) * (Math.Log10(Math.Max(value, Math.Pow(10, _low))) - _low) / (_high - _low));

    private static string Label(int power) => power switch
    {
        >= 6 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power - 6):0} M"),
        >= 3 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power - 3):0} k"),
        _ => Math.Pow(10, power).ToString("0.######", CultureInfo.InvariantCulture),
    };
}
