using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.SignIn;

internal static partial class SignInLog
{
    [LoggerMessage(304, LogLevel.Warning, "A sign-in of client '{Client}' was not begun: the session that is to remember it until its user is back is full of other things.")]
    internal static partial void NoRoom(ILogger logger, string client, Exception error);
}
