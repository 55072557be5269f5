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

    private static readonly long[] Bytes = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304];
    private static readonly int[] Attempts = [1, 2, 3, 4, 5, 8, 13, 21, 34];

    // Seconds: a minute, 5, 15, 30, an hour, 2, 4, 8, a day, a week, 30 days.
    private static readonly double[] Ages = [60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604800, 2592000];

    private readonly ConcurrentDictionary<string, bool> _notes = new();
    private readonly ILogger _logger;
    private readonly LifeCycleLog _lives;
    private readonly Meter _meter;
    private readonly Counter<long> _started;
    private readonly Counter<long> _rotated;
    private readonly Counter<long> _destroyed;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _collected;
    private readonly Counter<long> _events;
    private readonly Histogram<long> _sizes;
    private readonly Histogram<int> _attempts;
    private readonly Histogram<double> _ages;
    private readonly ConcurrentDictionary<string, ReportPace> _unreadableIds = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    public SessionDiagnostics(ILogger<SessionDiagnostics> logger, ILoggerFactory loggers, IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        _logger = logger;
        _lives = new LifeCycleLog(loggers);
        _meter = meters.Create(MeterName);
        _started = _meter.CreateCounter<long>("fuelsessions.sessions.started", "{session}", "Sessions stored for the first time.");
        _rotated = _meter.CreateCounter<long>("fuelsessions.sessions.rotated", "{rotation}", "Ids replaced by a new one.");
        _destroyed = _meter.CreateCounter<long>("fuelsessions.sessions.destroyed", "{session}", "Sessions destroyed by the app.");
        _conflicts = _meter.CreateCounter<long>("fuelsessions.store.conflicts", "{write}", "Writes that another writer was faster than; merged and repeated.");
        _collected = _meter.CreateCounter<long>("fuelsessions.sessions.collected", "{session}", "Expired records removed in the background.");
        _events = _meter.CreateCounter<long>("fuelsessions.events", "{event}", "Events by kind: see SessionEventKind.");
        StoreCalls = new StoreCallTimes(_meter);
        _sizes = _meter.CreateHistogram("fuelsessions.session.size", "By", "Size of the variables of a session as they are saved.", tags: null, Bounds(Bytes));
        _attempts = _meter.CreateHistogram("fuelsessions.save.attempts", "{attempt}", "Writes that a save took: more than one, where another writer was faster.", tags: null, Bounds(Attempts));
        _ages = _meter.CreateHistogram("fuelsessions.session.age", "s", "Age of a session when it is destroyed.", tags: null, Bounds(Ages));
    }

    /// <summary>How long the stores take.</summary>
    internal StoreCallTimes StoreCalls { get; }

    internal void Started(string driver, SessionRecord record)
    {
        _started.Add(1, Driver(driver));
        Saved(driver, record, attempts: 1);
        _lives.Begun(driver, record.Key);
        _lives.Written(driver, before: null, record);
    }

    internal void Rotated(string driver) => _rotated.Add(1, Driver(driver));

    /// <summary>A session was stored in the place of what it was before.</summary>
    /// <param name="attempts">How many writes that took.</param>
    internal void Written(string driver, SessionRecord before, SessionRecord after, int attempts)
    {
        Saved(driver, after, attempts);
        _lives.Written(driver, before, after);
    }

    internal void Destroyed(string driver, SessionRecord record)
    {
        _destroyed.Add(1, Driver(driver));
        Ended(driver, record, "destroyed");
        _lives.Destroyed(driver, record.Key);
    }

    /// <summary>It was destroyed, because it may be in foreign hands.</summary>
    internal void Revoked(string driver, SessionRecord record)
    {
        Ended(driver, record, "revoked");
        _lives.Revoked(driver, record.Key);
    }

    /// <summary>A request asked for a session that is over.</summary>
    internal void Expired(string driver, SessionKey key) => _lives.Expired(driver, key);

    internal void Conflict(string driver, SessionKey key, int attempt)
    {
        _conflicts.Add(1, Driver(driver));
        SessionSpans.Conflicts(attempt);
        LogConflict(key.Fingerprint, driver, attempt);
    }

    internal void Collected(string driver, int count)
    {
        _collected.Add(count, Driver(driver));
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
        _sizes.Record((long)record.Data.Length + record.Flash.Length, Driver(driver));
        _attempts.Record(attempts, Driver(driver));
        SessionSpans.Outcome("saved");
    }

    private void Ended(string driver, SessionRecord record, string reason)
    {
        if (_ages.Enabled)
        {
            _ages.Record((_clock.GetUtcNow() - record.Created).TotalSeconds, Driver(driver), new KeyValuePair<string, object?>("reason", reason));
        }
    }

    private static InstrumentAdvice<T> Bounds<T>(T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };

    private void Count(SessionEventKind kind, string driver) => _events.Add(1, Driver(driver), new KeyValuePair<string, object?>("kind", kind.ToString()));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Driver(string name) => new("driver", name);

    [LoggerMessage(101, LogLevel.Warning, "Session {Fingerprint} on driver {Driver} was asked for with an id retired longer ago than its grace: possibly a stolen one. Action: {Action}.")]
    private partial void LogStaleId(string fingerprint, string driver, StaleIdAction action);

    [LoggerMessage(102, LogLevel.Information, "Session {Fingerprint} on driver {Driver} was asked for with an id that it does not know.")]
    private partial void LogUnknownSecret(string fingerprint, string driver);

    [LoggerMessage(103, LogLevel.Warning, "Session {Fingerprint} on driver {Driver} was asked for by another user agent or address; the request got a session of its own, or a detached one.")]
    private partial void LogClientMismatch(string fingerprint, string driver);

    [LoggerMessage(104, LogLevel.Information, "Session {Fingerprint} on driver {Driver} was asked for with an id retired a moment ago; the request got a detached session.")]
    private partial void LogDetached(string fingerprint, string driver);

    [LoggerMessage(105, LogLevel.Warning, "Changes to a detached session (asked for: {Fingerprint}, driver {Driver}) were not saved.")]
    private partial void LogDetachedChangesDropped(string fingerprint, string driver);

    [LoggerMessage(106, LogLevel.Warning, "Session {Fingerprint} on driver {Driver} was destroyed or had expired before a request could save its changes; they were dropped.")]
    private partial void LogGone(string fingerprint, string driver);

    [LoggerMessage(107, LogLevel.Error, "Session {Fingerprint} on driver {Driver} can't be decoded; the request got a new session and the stored bytes were left alone.")]
    private partial void LogUnreadable(string fingerprint, string driver, Exception? error);

    [LoggerMessage(108, LogLevel.Error, "Session {Fingerprint} could not be read from driver {Driver}; the request got a detached session.")]
    private partial void LogStoreFailure(string fingerprint, string driver, Exception? error);

    [LoggerMessage(114, LogLevel.Warning, "Session {Fingerprint} on driver {Driver} was only read; what is to be stored all the same (use, a seen id, a rotation, read flash, the end of a stolen one) could not be. The request goes on, and its client keeps the id it has.")]
    private partial void LogUpkeepFailed(string fingerprint, string driver, Exception? error);

    [LoggerMessage(109, LogLevel.Debug, "Session {Fingerprint} on driver {Driver}: another writer was faster (attempt {Attempt}); merging.")]
    private partial void LogConflict(string fingerprint, string driver, int attempt);

    [LoggerMessage(110, LogLevel.Debug, "{Count} expired sessions removed from driver {Driver}.")]
    private partial void LogCollected(int count, string driver);

    [LoggerMessage(112, LogLevel.Warning, "Session {Fingerprint} was not begun on driver {Driver}: its client's address has begun as many within a minute as it may.")]
    private partial void LogTooManyNew(string fingerprint, string driver);

    [LoggerMessage(111, LogLevel.Warning, "Expired sessions could not be removed from driver {Driver}; the next round tries again.")]
    private partial void LogCollectionFailed(string driver, Exception error);

    [LoggerMessage(115, LogLevel.Warning, "The health check of sessions failed: {What}.")]
    private partial void LogUnhealthy(string what, Exception error);

    [LoggerMessage(152, LogLevel.Error, "Session {Fingerprint} on driver {Driver} could not be saved at the end of the request either, whose code knows of it since SaveAsync or Close.")]
    private partial void LogStillUnsaved(string fingerprint, string driver, Exception error);

    [LoggerMessage(151, LogLevel.Warning, "{Note}")]
    private partial void LogSettingNoted(string note);

    [LoggerMessage(123, LogLevel.Warning, "The cookie '{CookieName}' of driver {Driver} was withheld from an answer of {Endpoint}: its user has not consented (UseCookiePolicy), or other code of the pipeline has taken it out. A session that would begin there is not kept. If the app can't do without it, set IsEssential. Told once per endpoint.")]
    private partial void LogWithheld(string driver, string cookieName, string endpoint);

    [LoggerMessage(121, LogLevel.Warning, "Session {Fingerprint} on driver {Driver}, whose cookie was withheld, could not be removed; it ends by itself.")]
    private partial void LogAbandonFailed(string fingerprint, string driver, Exception error);

    [LoggerMessage(122, LogLevel.Warning, "{Count} times since this was last told a request brought an id of a session on driver {Driver} (cookie '{CookieName}') that can't be read, and got a new session: it was protected with Data Protection keys that this app does not have, for another app or another cookie name, or was altered on its way. After a restart, or on one node of several, the key ring was lost or is not shared: PersistDataProtectionKeys() keeps it. Told at most once a minute.")]
    private partial void LogUnreadableId(long count, string driver, string cookieName);

    [LoggerMessage(124, LogLevel.Warning, "app.UseFuelSessions() comes before app.UseRouting(): it can't see which endpoint a request is for, so that nothing is read ahead and WithoutSession() has no effect. Call it after UseRouting().")]
    private partial void LogComesBeforeRouting();

    [LoggerMessage(125, LogLevel.Information, "The settings of sessions have changed; new requests go by them.")]
    private partial void LogSettingsChanged();

    [LoggerMessage(126, LogLevel.Error, "The settings of sessions have changed to some that can't work. Those from before stay in force.")]
    private partial void LogSettingsRefused(Exception error);
}
