namespace FuelSessions.Dashboard;

/// <summary>The last hour of one instrument and its tags, in slots of ten seconds.</summary>
internal sealed class Series
{
    internal const int Slots = 360;
    internal const int SlotSeconds = 10;

    private readonly Lock _lock = new();
    private readonly long[] _slots = new long[Slots];
    private readonly long[] _counts = new long[Slots];
    private readonly double[] _sums = new double[Slots];
    private readonly double[] _highest = new double[Slots];

    internal static long SlotOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / SlotSeconds;

    internal void Add(long slot, double value)
    {
        int place = (int)(slot % Slots);
        lock (_lock)
        {
            if (_slots[place] != slot)
            {
                (_slots[place], _counts[place], _sums[place], _highest[place]) = (slot, 0, 0, double.MinValue);
            }

            _counts[place]++;
            _sums[place] += value;
            _highest[place] = Math.Max(_highest[place], value);
        }
    }

    /// <summary>From the oldest slot to <paramref name="last"/>: of counters the sums; of histograms the means, and the highest values.</summary>
    internal (double[] Values, double[]? Highest) Read(long last, bool isHistogram)
    {
        double[] values = new double[Slots];
        double[]? highest = isHistogram ? new double[Slots] : null;
        lock (_lock)
        {
            for (int index = 0; index < Slots; index++)
            {
                long slot = last - Slots + 1 + index;
                int place = (int)(slot % Slots);
                if (_slots[place] == slot && _counts[place] > 0)
                {
                    values[index] = isHistogram ? _sums[place] / _counts[place] : _sums[place];
                    if (highest is not null)
                    {
                        highest[index] = _highest[place];
                    }
                }
            }
        }

        return (values, highest);
    }
}
