using System.Data.Common;
using System.Globalization;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// Tells a few database errors apart without referencing a provider: by the number that MySQL's and SQL Server's leave in
/// <see cref="Exception.Data"/> (their messages are translated), by SQLSTATE (PostgreSQL), by SQLite's message (which is not).
/// </summary>
internal static class DbErrors
{
    internal static bool IsMissingTable(DbException error) => MySqlNumber(error) is { } number
        ? number == 1146
        : error.SqlState is "42P01" or "42S02"
            || SqlServerNumber(error) == "208"
            || error.Message.Contains("no such table", StringComparison.Ordinal);

    /// <summary>Not every violated constraint, which is all that SQLSTATE says on MySQL.</summary>
    internal static bool IsDuplicateKey(DbException error) => MySqlNumber(error) is { } number
        ? number is 1062 or 1586
        : error.SqlState is "23505"
            || SqlServerNumber(error) is "2627" or "2601"
            || error.Message.Contains("UNIQUE constraint failed", StringComparison.Ordinal);

    /// <summary>
    /// The database has rolled the statement back for the sake of another transaction: a deadlock, a lock that did not come free in time, an isolation
    /// level that could not be kept. Certainly nothing of it is stored, and it may succeed when it is sent again.
    /// </summary>
    internal static bool IsConflict(DbException error) =>
        MySqlNumber(error) is { } mySql ? mySql is 1213 or 1205 or 1020
        : SqlServerNumber(error) is { } sqlServer ? sqlServer is "1205" or "1222" or "3960" or "41301" or "41302" or "41305" or "41325"
        : error.SqlState is { } state ? state is "40001" or "40P01" or "55P03"
        : error.Message.StartsWith("SQLite Error 5:", StringComparison.Ordinal) || error.Message.StartsWith("SQLite Error 6:", StringComparison.Ordinal);

    private static string? SqlServerNumber(DbException error) => error.Data["HelpLink.EvtID"] as string;

    // Both of MySQL's clients.
    private static int? MySqlNumber(DbException error) =>
        error.Data["Server Error Code"] is { } number ? Convert.ToInt32(number, CultureInfo.InvariantCulture) : null;
}
