using Microsoft.Extensions.Logging;

namespace FuelSessions.Engine;

/// <summary>The log lines, which docs/diagnostics.md explains by their numbers.</summary>
internal sealed partial class SessionDiagnostics
{
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

    [LoggerMessage(113, LogLevel.Information, "A sign-in to session {Fingerprint} on driver {Driver} was refused: its user has as many sessions as they may (MaxSessionsPerPrincipal).")]
    private partial void LogSignInRefused(string fingerprint, string driver);

    [LoggerMessage(111, LogLevel.Warning, "Expired sessions could not be removed from driver {Driver}; the next round tries again.")]
    private partial void LogCollectionFailed(string driver, Exception error);

    [LoggerMessage(116, LogLevel.Error, "{Listener} of the app (SessionEvents) failed when it was told of {Kind} of session {Fingerprint} on driver {Driver}. What happened stands.")]
    private partial void LogListenerFailed(string listener, SessionEventKind kind, string fingerprint, string driver, Exception error);

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

    [LoggerMessage(122, LogLevel.Warning, "{Count} times since this was last told a request brought an id of a session on driver {Driver} (cookie '{CookieName}') that can't be read, and got a new session: it was protected with Data Protection keys that this app does not have, for another app or another cookie name, from before EncryptCookie was switched on or off, or was altered on its way. After a restart, or on one node of several, the key ring was lost or is not shared: PersistDataProtectionKeys() keeps it. Told at most once a minute.")]
    private partial void LogUnreadableId(long count, string driver, string cookieName);

    [LoggerMessage(128, LogLevel.Warning, "The cookie '{CookieName}' of driver {Driver} is one that browsers drop, so that each request of theirs begins another session: {Reason} Told once.")]
    private partial void LogCookieDropped(string driver, string cookieName, string reason);

    [LoggerMessage(124, LogLevel.Warning, "app.UseFuelSessions() comes before app.UseRouting(): it can't see which endpoint a request is for, so that nothing is read ahead and WithoutSession() has no effect. Call it after UseRouting().")]
    private partial void LogComesBeforeRouting();

    [LoggerMessage(129, LogLevel.Warning, "The scheme of a request has changed behind app.UseFuelSessions(), and with it the cookie of its session on driver {Driver}: what was read ahead is read again. Call app.UseForwardedHeaders(), or what else tells the scheme, before UseFuelSessions(). Told once.")]
    private partial void LogSchemeCameLate(string driver);

    [LoggerMessage(134, LogLevel.Information, "A request from another site for {Endpoint} began a session on driver {Driver} in a cookie of its own: with SameSite={SameSite} browsers hold back the cookie '{CookieName}' there, and who has one goes on with that. Where what is stored here is to be seen on the next page, answer with a redirect to a page that stores it. Told once per endpoint.")]
    private partial void LogBesideHeldBack(string driver, string endpoint, string cookieName, string sameSite);

    [LoggerMessage(135, LogLevel.Warning, "{Endpoint} asks who comes, and opted out of sessions (WithoutSession), which is where scheme '{Scheme}' keeps that: nobody is known there, and everybody is turned away. Remove the metadata; WithReadOnlySession() is for endpoints that change nothing. Told once per endpoint.")]
    private partial void LogKnowsNobody(string scheme, string endpoint);

    [LoggerMessage(125, LogLevel.Information, "The settings of sessions have changed; new requests go by them.")]
    private partial void LogSettingsChanged();

    [LoggerMessage(130, LogLevel.Warning, "Settings of sessions have changed that are in force from the next start of the app on: {Settings}.")]
    private partial void LogSettingsNeedStart(string settings);

    [LoggerMessage(126, LogLevel.Error, "The settings of sessions have changed to some that can't work. Those from before stay in force.")]
    private partial void LogSettingsRefused(Exception error);
}
