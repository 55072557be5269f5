using System.Diagnostics;

namespace FuelSessions.Engine;

/// <summary>
/// The spans of source <c>FuelSessions</c>: one for each thing that a request does to a stored session, under the request's own. They hold a driver
/// and an outcome, never an id. While nobody listens there are none.
/// </summary>
internal static class SessionSpans
{
    internal const string SourceName = "FuelSessions";

    internal const string Load = "session load";
    internal const string Save = "session save";
    internal const string Touch = "session touch";
    internal const string End = "session end";

    private static readonly ActivitySource Source = new(SourceName, typeof(SessionSpans).Assembly.GetName().Version?.ToString(3));

    internal static bool AreWanted => Source.HasListeners();

    /// <summary>To be disposed where the work ends; null if nobody wants it.</summary>
    internal static Activity? Start(string name, string driver)
    {
        if (!AreWanted)
        {
            return null;
        }

        Activity? span = Source.StartActivity(name);
        span?.SetTag("fuelsessions.driver", driver);
        return span;
    }

    internal static void Outcome(string outcome) => Current?.SetTag("fuelsessions.outcome", outcome);

    /// <param name="count">How often another writer was faster so far.</param>
    internal static void Conflicts(int count) => Current?.SetTag("fuelsessions.conflicts", count);

    internal static void Event(SessionEventKind kind) => Current?.AddEvent(new ActivityEvent(kind.ToString()));

    internal static void Failed(Exception error)
    {
        if (Current is { } span)
        {
            string type = StoreCallTimes.ErrorType(error);
            span.SetTag("error.type", type);
            span.SetStatus(ActivityStatusCode.Error, type);
        }
    }

    // Not the request's own, nor one that the app has begun around an explicit save.
    private static Activity? Current => AreWanted && Activity.Current is { IsAllDataRequested: true } span && ReferenceEquals(span.Source, Source) ? span : null;
}
