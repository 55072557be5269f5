using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FuelSessions.Engine;

/// <summary>How long calls to the stores take: <c>db.client.operation.duration</c>, as OpenTelemetry's conventions have it.</summary>
/// <param name="meter">The meter of FuelSessions.</param>
internal sealed class StoreCallTimes(Meter meter)
{
    // The conventions' own bounds, and between them what tells a store in memory from one across a network.
    private static readonly double[] Seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Histogram<double> _duration = meter.CreateHistogram(
        "db.client.operation.duration",
        "s",
        "How long a call to a store of sessions took.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>Whether anybody wants to know. Otherwise no time is taken.</summary>
    internal bool IsOn => _duration.Enabled;

    /// <param name="driver">The driver's name.</param>
    /// <param name="system">What its store is.</param>
    /// <param name="operation">read, write, touch or delete.</param>
    /// <param name="start">When it began, in the stopwatch's time.</param>
    /// <param name="error">What came of it instead of an answer.</param>
    internal void Took(string driver, string system, string operation, long start, Exception? error)
    {
        var tags = new TagList { { "driver", driver }, { "db.system.name", system }, { "db.operation.name", operation } };
        if (error is not null)
        {
            tags.Add("error.type", ErrorType(error));
        }

        _duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
    }

    /// <summary>A kind of error, of which there are few: a store's message may hold anything.</summary>
    internal static string ErrorType(Exception error) => error switch
    {
        // What a driver says of it.
        SessionStoreException { InnerException: { } reason } => ErrorType(reason),
        OperationCanceledException or TimeoutException => "timeout",
        _ => error.GetType().FullName!,
    };
}
