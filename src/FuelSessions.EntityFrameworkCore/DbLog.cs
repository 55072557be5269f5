using Microsoft.Extensions.Logging;

namespace FuelSessions.EntityFrameworkCore;

internal static partial class DbLog
{
    [LoggerMessage(131, LogLevel.Warning, "FuelSessions knows the database providers {Known}, and not '{Provider}', on which {What} is. It is sent standard SQL: reading, writing and deleting by key should work, and removing what has ended where a subquery may end with FETCH FIRST n ROWS ONLY. Run the conformance suite of FuelSessions.Testing on it.")]
    internal static partial void UnknownProvider(ILogger logger, string known, string? provider, string what);

    [LoggerMessage(132, LogLevel.Debug, "The database of {What} can't be tried out now; it will be at the next write.")]
    internal static partial void NotYet(ILogger logger, string what, Exception error);

    [LoggerMessage(133, LogLevel.Warning, "The database of {What} refused the row that it was to be tried out with; the exception says why. Until a write succeeds each one tries it out again.")]
    internal static partial void Refused(ILogger logger, string what, Exception error);
}
