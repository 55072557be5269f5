namespace FuelSessions.Benchmarks.Load;

internal static class Statistics
{
    private const double Outside = 0.05;

    /// <summary>What nine of ten values lie between; null without any, or where all are the same.</summary>
    internal static Interval? Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int cut = (int)(sorted.Length * Outside);
        return sorted.Length == 0 || sorted[cut] == sorted[^(cut + 1)] ? null : new(sorted[cut], sorted[^(cut + 1)]);
    }

    internal static double? Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Half of the distance between the first and the third quarter, in relation to the median; null for fewer than four values.</summary>
    internal static double? Spread(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length < 4 ? null : (sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4]) / 2 / sorted[sorted.Length / 2];
    }
}
