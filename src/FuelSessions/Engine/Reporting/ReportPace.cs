namespace FuelSessions.Engine;

/// <summary>How often something is told that others can make happen as often as they like: at most once a minute, with how often it was [C8].</summary>
internal sealed class ReportPace(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _untold;
    private long _last;

    /// <summary>Counts one more. How many are to be told of now; 0: none yet.</summary>
    internal long Take()
    {
        Interlocked.Increment(ref _untold);
        long last = Volatile.Read(ref _last);
        long now = clock.GetTimestamp();
        bool isDue = last == 0 || clock.GetElapsedTime(last, now) >= Interval;
        return isDue && Interlocked.CompareExchange(ref _last, now, last) == last ? Interlocked.Exchange(ref _untold, 0) : 0;
    }
}
