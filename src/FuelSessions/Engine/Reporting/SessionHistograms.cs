using System.Diagnostics.Metrics;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>How large sessions are, how old they get, and how long it takes to store them.</summary>
internal sealed class SessionHistograms(Meter meter)
{
    private static readonly long[] Bytes = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304];
    private static readonly int[] Attempts = [1, 2, 3, 4, 5, 8, 13, 21, 34];

    // Seconds: a minute, 5, 15, 30, an hour, 2, 4, 8, a day, a week, 30 days.
    private static readonly double[] Ages = [60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604800, 2592000];

    private readonly Histogram<long> _sizes = meter.CreateHistogram("fuelsessions.session.size", "By", "Size of the variables of a session as they are saved.", tags: null, Bounds(Bytes));
    private readonly Histogram<int> _attempts = meter.CreateHistogram("fuelsessions.save.attempts", "{attempt}", "Writes that a save took: more than one, where another writer was faster.", tags: null, Bounds(Attempts));
    private readonly Histogram<double> _ages = meter.CreateHistogram("fuelsessions.session.age", "s", "Age of a session when it is destroyed.", tags: null, Bounds(Ages));

    /// <summary>How long the stores take.</summary>
    internal StoreCallTimes StoreCalls { get; } = new(meter);

    internal void Saved(KeyValuePair<string, object?> driver, SessionRecord record, int attempts)
    {
        _sizes.Record((long)record.Data.Length + record.Flash.Length, driver);
        _attempts.Record(attempts, driver);
    }

    internal void Ended(KeyValuePair<string, object?> driver, SessionRecord record, string reason, TimeProvider clock)
    {
        if (_ages.Enabled)
        {
            _ages.Record((clock.GetUtcNow() - record.Created).TotalSeconds, driver, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    private static InstrumentAdvice<T> Bounds<T>(T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };
}
