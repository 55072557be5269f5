using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// What token sessions say of themselves: numbered log lines, and the counters of meter <c>FuelSessions.Tokens</c>. Neither holds a token,
/// an owner or an identifier.
/// </summary>
internal sealed partial class TokenDiagnostics : IDisposable
{
    internal const string MeterName = "FuelSessions.Tokens";

    private readonly string _client;
    private readonly ILogger _logger;
    private readonly Meter _meter;
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _lockWaits;

    /// <param name="meters">Null where there are no services: the meter is one of its own then.</param>
    internal TokenDiagnostics(string client, ILoggerFactory loggers, IMeterFactory? meters)
    {
        _client = client;
        _logger = loggers.CreateLogger(MeterName);
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _renewals = _meter.CreateCounter<long>("fuelsessions.tokens.renewals", "{renewal}", "Renewals of access tokens by outcome: refreshed, adopted, refused, failed.");
        _retries = _meter.CreateCounter<long>("fuelsessions.tokens.retries", "{request}", "Requests sent again with a renewed token after a 401 of the API.");
        _lockWaits = _meter.CreateCounter<long>("fuelsessions.tokens.lock_waits", "{renewal}", "Renewals that found another process at it and waited for it.");
    }

    internal void Refreshed(TokenKey key)
    {
        CountRenewal("refreshed");
        LogRefreshed(_client, key.Identity.Type);
    }

    internal void Adopted(TokenKey key)
    {
        CountRenewal("adopted");
        LogAdopted(_client, key.Identity.Type);
    }

    internal void Refused(TokenKey key, TokenRefusedException error)
    {
        CountRenewal("refused");
        LogRefused(_client, key.Identity.Type, error.Message);
    }

    internal void Failed(TokenKey key, Exception error)
    {
        CountRenewal("failed");
        LogFailed(_client, key.Identity.Type, error);
    }

    internal void FailedButAlive(TokenKey key, Exception error)
    {
        CountRenewal("failed");
        LogFailedButAlive(_client, key.Identity.Type, error);
    }

    internal void Retry() => _retries.Add(1, Client);

    internal void LockWait() => _lockWaits.Add(1, Client);

    internal void StoreFailed(TokenKey key, int attempt, Exception error) => LogStoreFailed(_client, key.Identity.Type, attempt, error);

    internal void Unsaved(TokenKey key, Exception error) => LogUnsaved(_client, key.Identity.Type, error);

    internal void StillUnsaved(TokenKey key, Exception error) => LogStillUnsaved(_client, key.Identity.Type, error);

    internal void Saved(TokenKey key) => LogSaved(_client, key.Identity.Type);

    internal void Lost(TokenKey key, Exception error) => LogLost(_client, key.Identity.Type, error);

    internal void ReleaseFailed(TokenKey key, Exception error) => LogReleaseFailed(_client, key.Identity.Type, error);

    internal void ClearFailed(TokenKey key, Exception error) => LogClearFailed(_client, key.Identity.Type, error);

    internal void RememberFailed(Exception error) => LogRememberFailed(_client, error);

    internal void NoteFailed(TokenKey key, Exception error) => LogNoteFailed(_client, key.Identity.Type, error);

    public void Dispose() => _meter.Dispose();

    private KeyValuePair<string, object?> Client => new("client", _client);

    private void CountRenewal(string outcome) => _renewals.Add(1, Client, new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(310, LogLevel.Information, "The access token of client '{Client}' (signed in by '{IdentityType}') was renewed.")]
    private partial void LogRefreshed(string client, string identityType);

    [LoggerMessage(311, LogLevel.Debug, "The access token of client '{Client}' (signed in by '{IdentityType}') had been renewed by another.")]
    private partial void LogAdopted(string client, string identityType);

    [LoggerMessage(312, LogLevel.Warning, "The access token of client '{Client}' (signed in by '{IdentityType}') can't be renewed any more: {Reason}")]
    private partial void LogRefused(string client, string identityType, string reason);

    [LoggerMessage(313, LogLevel.Warning, "The access token of client '{Client}' (signed in by '{IdentityType}') could not be renewed this time; what is stored was kept.")]
    private partial void LogFailed(string client, string identityType, Exception error);

    [LoggerMessage(314, LogLevel.Warning, "The access token of client '{Client}' (signed in by '{IdentityType}') could not be renewed ahead of its end; it is used as long as it lives.")]
    private partial void LogFailedButAlive(string client, string identityType, Exception error);

    [LoggerMessage(315, LogLevel.Warning, "A new token of client '{Client}' (signed in by '{IdentityType}') could not be stored (attempt {Attempt}); trying again.")]
    private partial void LogStoreFailed(string client, string identityType, int attempt, Exception error);

    [LoggerMessage(316, LogLevel.Error, "A new token of client '{Client}' (signed in by '{IdentityType}') could not be stored. It is kept in this process, and stored as soon as that works; if the process ends before, sign in again.")]
    private partial void LogUnsaved(string client, string identityType, Exception error);

    [LoggerMessage(317, LogLevel.Warning, "A token of client '{Client}' (signed in by '{IdentityType}') that is kept in this process could still not be stored.")]
    private partial void LogStillUnsaved(string client, string identityType, Exception error);

    [LoggerMessage(318, LogLevel.Information, "A token of client '{Client}' (signed in by '{IdentityType}') that was kept in this process is stored now.")]
    private partial void LogSaved(string client, string identityType);

    [LoggerMessage(319, LogLevel.Error, "A token of client '{Client}' (signed in by '{IdentityType}') could not be stored and is lost: too many wait to be stored. Sign in again.")]
    private partial void LogLost(string client, string identityType, Exception error);

    [LoggerMessage(320, LogLevel.Warning, "The lock on the token of client '{Client}' (signed in by '{IdentityType}') could not be released; it ends by itself.")]
    private partial void LogReleaseFailed(string client, string identityType, Exception error);

    [LoggerMessage(321, LogLevel.Warning, "The token of client '{Client}' (signed in by '{IdentityType}'), which the provider refused, could not be deleted.")]
    private partial void LogClearFailed(string client, string identityType, Exception error);

    [LoggerMessage(322, LogLevel.Warning, "Client '{Client}' could not store which identity was used last; a program that names none has to sign in again.")]
    private partial void LogRememberFailed(string client, Exception error);

    [LoggerMessage(323, LogLevel.Warning, "That a renewal of the token of client '{Client}' (signed in by '{IdentityType}') has begun could not be stored. If this process is killed before it ends, the next one does not wait for it.")]
    private partial void LogNoteFailed(string client, string identityType, Exception error);
}
