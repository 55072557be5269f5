namespace FuelSessions.Records;

/// <summary>In what the record format counts durations: milliseconds, seconds, minutes and hours, each a multiple of the one before.</summary>
internal static class DurationUnits
{
    /// <summary>How many bits say which one it is.</summary>
    internal const int Bits = 2;

    internal const int Mask = (1 << Bits) - 1;

    internal static ReadOnlySpan<int> Milliseconds => [1, 1000, 60 * 1000, 60 * 60 * 1000];

    /// <summary>Whole ones. <see cref="TimeSpan.TotalMilliseconds"/> may come out a little below.</summary>
    internal static long MillisecondsOf(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMillisecond;
}
