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

    internal void Started(string driver, SessionRecord record)
    {
        _counters.Started.Add(1, Driver(driver));
        Saved(driver, record, attempts: 1);
        _lives.Begun(driver, record.Key);
        _lives.Written(driver, before: null, record);
    }

    internal void Rotated(string driver) => _counters.Rotated.Add(1, Driver(driver));

    /// <summary>A session was stored in the place of what it was before.</summary>
    /// <param name="attempts">How many writes that took.</param>
    internal void Written(string driver, SessionRecord before, SessionRecord after, int attempts)
    {
        Saved(driver, after, attempts);
        _lives.Written(driver, before, after);
    }

    internal void Destroyed(string driver, SessionRecord record)
    {
        _counters.Destroyed.Add(1, Driver(driver));
        _histograms.Ended(Driver(driver), record, "destroyed", _clock);
        _lives.Destroyed(driver, record.Key);
    }

    /// <summary>It was destroyed, because it may be in foreign hands.</summary>
    internal void Revoked(string driver, SessionRecord record)
    {
        _histograms.Ended(Driver(driver), record, "revoked", _clock);
        _lives.Revoked(driver, record.Key);
    }

    /// <summary>It was ended from elsewhere, for whom it belonged to.</summary>
    internal void EndedFor(string driver, SessionRecord record)
    {
        _histograms.Ended(Driver(driver), record, "revoked", _clock);
        _lives.EndedFor(driver, record.Key);
    }

    /// <summary>A request asked for a session that is over.</summary>
    internal void Expired(string driver, SessionKey key) => _lives.Expired(driver, key);

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

    internal void SettingsRefused(Exception error) => LogSettingsRefused(error);

    internal void AbandonFailed(string driver, SessionKey key, Exception error) => LogAbandonFailed(key.Fingerprint, driver, error);

    /// <param name="isFirst">Whether it was not told of this endpoint yet.</param>
    internal void Withheld(string driver, SessionKey key, string? principal, FuelSessionsOptions options, string endpoint, bool isFirst)
    {
        if (isFirst)
        {
            LogWithheld(driver, options.CookieName, endpoint);
        }

        Tell(SessionEventKind.CookieWithheld, driver, key.Fingerprint, principal, options);
    }

    /// <summary>Counts each, and tells of them once in a while: anybody can send what looks like an id.</summary>
    internal void UnreadableId(string driver, FuelSessionsOptions options)
    {
        Count(SessionEventKind.UnreadableId, driver);
        if (_unreadableIds.GetOrAdd(driver, static (_, clock) => new ReportPace(clock), _clock).Take() is > 0 and long count)
        {
            LogUnreadableId(count, driver, options.CookieName);
            options.OnEvent?.Invoke(new SessionEvent(SessionEventKind.UnreadableId, driver, Fingerprint: "", Principal: null));
        }
    }

    internal void CollectionFailed(string driver, Exception error) => LogCollectionFailed(driver, error);

    /// <summary>What was said about a setting that was not taken over is said once, however often it is given.</summary>
    internal void SettingNoted(string note)
    {
        if (_notes.Count < MostNotes && _notes.TryAdd(note, true))
        {
            LogSettingNoted(note);
        }
    }

    internal void StillUnsaved(string driver, SessionKey key, Exception error) => LogStillUnsaved(key.Fingerprint, driver, error);

    /// <summary>Counts and logs, then tells the app.</summary>
    internal void Report(SessionEventKind kind, string driver, SessionKey key, string? principal, FuelSessionsOptions options, Exception? error = null)
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
            case SessionEventKind.UpkeepFailed:
                LogUpkeepFailed(fingerprint, driver, error);
                break;
            default:
                LogStoreFailure(fingerprint, driver, error);
                break;
        }

        Tell(kind, driver, fingerprint, principal, options);
    }

    private void Tell(SessionEventKind kind, string driver, string fingerprint, string? principal, FuelSessionsOptions options)
    {
        Count(kind, driver);
        options.OnEvent?.Invoke(new SessionEvent(kind, driver, fingerprint, principal));
    }

    private void Saved(string driver, SessionRecord record, int attempts)
    {
        _histograms.Saved(Driver(driver), record, attempts);
        SessionSpans.Outcome("saved");
    }

    private void Count(SessionEventKind kind, string driver) => _counters.Events.Add(1, Driver(driver), new KeyValuePair<string, object?>("kind", kind.ToString()));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Driver(string name) => new("driver", name);
}
