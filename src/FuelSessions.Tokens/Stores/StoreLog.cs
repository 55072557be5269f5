using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Stores;

internal static partial class StoreLog
{
    [LoggerMessage(301, LogLevel.Warning, "A stored token of client '{Client}' (signed in by '{IdentityType}') can't be read and counts as absent: it was encrypted with other Data Protection keys, or is damaged. Signing in again replaces it.")]
    internal static partial void Unreadable(ILogger logger, string client, string identityType, Exception error);

    [LoggerMessage(302, LogLevel.Warning, "A token of client '{Client}' was not stored: its session ({Fingerprint}) was destroyed or has expired meanwhile. Whoever signs in again gets another one.")]
    internal static partial void SessionGone(ILogger logger, string client, string fingerprint);

    [LoggerMessage(303, LogLevel.Warning, "Tokens that have ended could not be removed; the next round, in an hour, tries again.")]
    internal static partial void CleanupFailed(ILogger logger, Exception error);
}
