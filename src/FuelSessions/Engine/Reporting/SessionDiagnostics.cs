using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FuelSessions.Records;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Engine;

/// <summary>What the engine says of itself: numbered log lines, and the counters of meter <c>FuelSessions</c>. Neither holds an id or content.</summary>
internal sealed partial class SessionDiagnostics : IDisposable
{
    internal const string MeterName = "FuelSessions";

    private const int MostNotes = 100;

    private readonly ConcurrentDictionary<string, bool> _notes = new();
    private readonly ILogger _logger;
    private readonly LifeCycleLog _lives;
    private readonly Meter _meter;
    private readonly SessionCounters _counters;
    private readonly SessionHistograms _histograms;
    private readonly ConcurrentDictionary<string, ReportPace> _unreadableIds = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    public SessionDiagnostics(ILogger<SessionDiagnostics> logger, ILoggerFactory loggers, IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        _logger = logger;
        _lives = new LifeCycleLog(loggers);
        _meter = meters.Create(MeterName);
        _counters = new SessionCounters(_meter);
        _histograms = new SessionHistograms(_meter);
    }

    /// <summary>How long the stores take.</summary>
    internal StoreCallTimes StoreCalls => _histograms.StoreCalls;

    internal void Conflict(string driver, SessionKey key, int attempt)
    {
        _counters.Conflicts.Add(1, Driver(driver));
        SessionSpans.Conflicts(attempt);
        LogConflict(key.Fingerprint, driver, attempt);
    }

    internal void Collected(string driver, int count)
    {
        _counters.Collected.Add(count, Driver(driver));
        LogCollected(count, driver);
    }

    internal void Unhealthy(string what, Exception error) => LogUnhealthy(what, error);

    internal void ComesBeforeRouting() => LogComesBeforeRouting();

    internal void SettingsChanged() => LogSettingsChanged();

    internal void SettingsNeedStart(string settings) => LogSettingsNeedStart(settings);

    internal void SettingsRefused(Exception error) => LogSettingsRefused(error);

    internal void BesideHeldBack(string driver, FuelSessionsOptions options, string endpoint) =>
        LogBesideHeldBack(driver, endpoint, options.CookieName, options.CookieSameSite.ToString());

    internal void KnowsNobody(string scheme, string endpoint) => LogKnowsNobody(scheme, endpoint);

    internal void AbandonFailed(string driver, SessionKey key, Exception error) => LogAbandonFailed(key.Fingerprint, driver, error);

    /// <param name="isFirst">Whether it was not told of this endpoint yet.</param>
    internal void Withheld(PendingEvents? events, string driver, SessionKey key, string? principal, FuelSessionsOptions options, string endpoint, bool isFirst)
    {
        if (isFirst)
        {
            LogWithheld(driver, options.CookieName, endpoint);
        }

        Tell(events, new SessionEvent(SessionEventKind.CookieWithheld, driver, key.Fingerprint, principal));
    }

    /// <summary>Once for each cookie: it is a matter of how the app is set up.</summary>
    internal void CookieDropped(string driver, FuelSessionsOptions options, string reason)
    {
        if (IsFirst($"{options.CookieName} {reason}"))
        {
            LogCookieDropped(driver, options.CookieName, reason);
        }
    }

    /// <summary>Once for each driver: it is a matter of how the app is set up.</summary>
    internal void SchemeCameLate(string driver)
    {
        if (IsFirst($"{driver} scheme"))
        {
            LogSchemeCameLate(driver);
        }
    }

    /// <summary>Counts each, and tells of them once in a while: anybody can send what looks like an id.</summary>
    internal void UnreadableId(PendingEvents? events, string driver, FuelSessionsOptions options)
    {
        Count(SessionEventKind.UnreadableId, driver);
        if (_unreadableIds.GetOrAdd(driver, static (_, clock) => new ReportPace(clock), _clock).Take() is > 0 and long count)
        {
            LogUnreadableId(count, driver, options.CookieName);
            events?.Add(new SessionEvent(SessionEventKind.UnreadableId, driver, Fingerprint: "", Principal: null));
        }
    }

    internal void CollectionFailed(string driver, Exception error) => LogCollectionFailed(driver, error);

    /// <summary>What was said about a setting that was not taken over is said once, however often it is given.</summary>
    internal void SettingNoted(string note)
    {
        if (IsFirst(note))
        {
            LogSettingNoted(note);
        }
    }

    internal void StillUnsaved(string driver, SessionKey key, Exception error) => LogStillUnsaved(key.Fingerprint, driver, error);

    /// <summary>Counts and logs, and leaves it to be told to the app.</summary>
    internal void Report(PendingEvents? events, SessionEventKind kind, string driver, SessionKey key, string? principal, FuelSessionsOptions options, Exception? error = null)
    {
        string fingerprint = key.Fingerprint;
        SessionSpans.Event(kind);
        switch (kind)
        {
            case SessionEventKind.StaleId:
                LogStaleId(fingerprint, driver, options.OnStaleId);
                break;
            case SessionEventKind.UnknownSecret:
                LogUnknownSecret(fingerprint, driver);
                break;
            case SessionEventKind.ClientMismatch:
                LogClientMismatch(fingerprint, driver);
                break;
            case SessionEventKind.Detached:
                LogDetached(fingerprint, driver);
                break;
            case SessionEventKind.DetachedChangesDropped:
                LogDetachedChangesDropped(fingerprint, driver);
                break;
            case SessionEventKind.Gone:
                LogGone(fingerprint, driver);
                break;
            case SessionEventKind.Unreadable:
                LogUnreadable(fingerprint, driver, error);
                break;
            case SessionEventKind.TooManyNew:
                LogTooManyNew(fingerprint, driver);
                break;
            case SessionEventKind.Unproved:
                LogUnproved(fingerprint, driver);
                break;
            case SessionEventKind.SignInRefused:
                LogSignInRefused(fingerprint, driver);
                break;
            case SessionEventKind.UpkeepFailed:
                LogUpkeepFailed(fingerprint, driver, error);
                break;
            default:
                LogStoreFailure(fingerprint, driver, error);
                break;
        }

        Tell(events, new SessionEvent(kind, driver, fingerprint, principal) { Error = error });
    }

    /// <summary>The app knows that a store has failed by the exception, which nothing else is to log.</summary>
    internal void StoreFailed(PendingEvents? events, string driver, SessionKey key, string? principal, Exception error) =>
        Tell(events, new SessionEvent(SessionEventKind.StoreFailure, driver, key.Fingerprint, principal) { Error = error });

    /// <summary>A listener of the app's has failed, which is nobody else's business.</summary>
    internal void ListenerFailed(Type listener, SessionEvent happened, Exception error) => LogListenerFailed(listener.Name, happened.Kind, happened.Fingerprint, happened.Driver, error);

    // Bounded, as what is noted may be made anew for each request.
    private bool IsFirst(string note) => _notes.Count < MostNotes && _notes.TryAdd(note, true);

    private void Tell(PendingEvents? events, SessionEvent happened)
    {
        Count(happened.Kind, happened.Driver);
        events?.Add(happened);
    }

    private void Count(SessionEventKind kind, string driver) => _counters.Events.Add(1, Driver(driver), new KeyValuePair<string, object?>("kind", kind.ToString()));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Driver(string name) => new("driver", name);
}
