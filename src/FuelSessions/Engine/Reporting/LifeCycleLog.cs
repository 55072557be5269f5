using FuelSessions.Records;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Engine;

/// <summary>
/// The life of each session, for audits (OWASP ASVS 5.0, 16.3): in a log category of its own, which is switched as any other is. A line holds the
/// fingerprint of the session's key, and neither an id nor a user's name.
/// </summary>
internal sealed partial class LifeCycleLog(ILoggerFactory loggers)
{
    internal const string Category = "FuelSessions.LifeCycle";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    internal void Begun(string driver, SessionKey key)
    {
        // The fingerprint is a hash, which is not computed for nobody.
        if (IsOn)
        {
            LogBegun(key.Fingerprint, driver);
        }
    }

    internal void Destroyed(string driver, SessionKey key)
    {
        if (IsOn)
        {
            LogDestroyed(key.Fingerprint, driver);
        }
    }

    internal void Revoked(string driver, SessionKey key)
    {
        if (IsOn)
        {
            LogRevoked(key.Fingerprint, driver);
        }
    }

    internal void EndedFor(string driver, SessionKey key)
    {
        if (IsOn)
        {
            LogEndedFor(key.Fingerprint, driver);
        }
    }

    internal void Expired(string driver, SessionKey key)
    {
        if (IsOn)
        {
            LogExpired(key.Fingerprint, driver);
        }
    }

    internal void Changed(string driver, LifeChange change, SessionKey key)
    {
        if (!(change.RevokesIds || change.SignsOut || change.SignsIn) || !IsOn)
        {
            return;
        }

        string fingerprint = key.Fingerprint;
        if (change.RevokesIds)
        {
            LogIdsRevoked(fingerprint, driver);
        }

        if (change.SignsOut)
        {
            LogSignedOut(fingerprint, driver);
        }

        if (change.SignsIn)
        {
            LogSignedIn(fingerprint, driver);
        }
    }

    private bool IsOn => _logger.IsEnabled(LogLevel.Information);

    [LoggerMessage(161, LogLevel.Information, "Session {Fingerprint} on driver {Driver} has begun.")]
    private partial void LogBegun(string fingerprint, string driver);

    [LoggerMessage(162, LogLevel.Information, "Session {Fingerprint} on driver {Driver} has ended: the app destroyed it.")]
    private partial void LogDestroyed(string fingerprint, string driver);

    [LoggerMessage(163, LogLevel.Information, "Session {Fingerprint} on driver {Driver} has ended: it was revoked, because an id that it had retired was presented (OnStaleId).")]
    private partial void LogRevoked(string fingerprint, string driver);

    [LoggerMessage(168, LogLevel.Information, "Session {Fingerprint} on driver {Driver} has ended: its user, or who may end it, did that from elsewhere (ISessionRegistry), or has signed in too often (MaxSessionsPerPrincipal).")]
    private partial void LogEndedFor(string fingerprint, string driver);

    [LoggerMessage(164, LogLevel.Information, "Session {Fingerprint} on driver {Driver} was asked for and is over: it has expired, or was ended before.")]
    private partial void LogExpired(string fingerprint, string driver);

    [LoggerMessage(165, LogLevel.Information, "Session {Fingerprint} on driver {Driver} was signed in.")]
    private partial void LogSignedIn(string fingerprint, string driver);

    [LoggerMessage(166, LogLevel.Information, "Session {Fingerprint} on driver {Driver} was signed out, and goes on.")]
    private partial void LogSignedOut(string fingerprint, string driver);

    [LoggerMessage(167, LogLevel.Information, "All earlier ids of session {Fingerprint} on driver {Driver} were revoked.")]
    private partial void LogIdsRevoked(string fingerprint, string driver);
}
