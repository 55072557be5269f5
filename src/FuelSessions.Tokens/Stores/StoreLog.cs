using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Stores;

internal static partial class StoreLog
{
    [LoggerMessage(301, LogLevel.Warning, "A stored token of client '{Client}' (signed in by '{IdentityType}') can't be read and counts as absent: it was encrypted with other Data Protection keys, or is damaged. Signing in again replaces it.")]
    internal static partial void Unreadable(ILogger logger, string client, string identityType, Exception error);
}
