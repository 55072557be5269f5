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
        ? number is 1146 or 1049
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
    /// level that could not be kept; or has ended the connection before the statement came, as it was idle for too long (57P05). Certainly nothing of it is stored, and it may succeed when it is sent again.
    /// </summary>
    internal static bool IsConflict(DbException error) =>
        MySqlNumber(error) is { } mySql ? mySql is 1213 or 1205 or 1020
        : SqlServerNumber(error) is { } sqlServer ? sqlServer is "1205" or "1222" or "3960" or "41301" or "41302" or "41305" or "41325"
        : error.SqlState is { } state ? state is "40001" or "40P01" or "55P03" or "57P05"
        : error.Message.StartsWith("SQLite Error 5:", StringComparison.Ordinal) || error.Message.StartsWith("SQLite Error 6:", StringComparison.Ordinal);

    /// <summary>
    /// Whether what was to be written may be stored, now or in a moment, though this is what became of the command: the connection broke, the server was
    /// shut down, no answer came in time. Whatever is not certainly a refusal.
    /// </summary>
    internal static bool IsOutcomeUnknown(Exception error) => error switch
    {
        SessionStoreException failure => failure.IsOutcomeUnknown,
        DbException database => !IsRefusal(database) && !IsCancelled(database),
        InvalidOperationException or ArgumentException or NotSupportedException or FormatException => false,
        _ => true,
    };

    /// <summary>SQLite found no room for what was to be written, and has written none of it.</summary>
    internal static bool IsDiskFull(DbException error) => error.Message.StartsWith("SQLite Error 13:", StringComparison.Ordinal);

    /// <summary>Whether the server ended a statement because it was asked to, and has done nothing of it (PostgreSQL's query_canceled).</summary>
    internal static bool IsCancelled(Exception error) => (error as DbException ?? error.InnerException as DbException) is { SqlState: "57014" };

    /// <summary>Whether an error says something about the write that it ended, and is not said in this project's words yet.</summary>
    internal static bool IsOfWrite(Exception error) =>
        error is DbException || (error is not (SessionStoreException or OperationCanceledException) && IsOutcomeUnknown(error));

    /// <summary>Whether the database is there and has said no; it would say so again. What it has cancelled is none: the next attempt may succeed, or take as long.</summary>
    internal static bool IsRefusal(DbException error) =>
        IsConflict(error)
        || (MySqlNumber(error) is { } mySql ? IsMySqlRefusal(mySql)
            : SqlServerNumber(error) is { } sqlServer ? sqlServer is "207" or "208" or "229" or "515" or "547" or "2601" or "2627" or "2628" or "3906" or "8152" or "9002"
            : error.SqlState is { } state ? !state.StartsWith("08", StringComparison.Ordinal) && !state.StartsWith("57", StringComparison.Ordinal) && state != "40003"

            // It is in this process, and only a disk that fails leaves it in doubt.
            : error.Message.StartsWith("SQLite Error ", StringComparison.Ordinal) && !error.Message.StartsWith("SQLite Error 10:", StringComparison.Ordinal));

    // 2000 to 2999 are the client's. Of the server's: aborted connections, a commit that failed, an interruption, a shutdown. What is larger than
    // max_allowed_packet (1153) has not left the client, or not been read as a statement.
    private static bool IsMySqlRefusal(int number) =>
        number is (>= 1000 and < 2000) or >= 3000 && number is not (1053 or 1152 or (>= 1154 and <= 1161) or 1180 or 1184 or 1317 or 1927);

    private static string? SqlServerNumber(DbException error) => error.Data["HelpLink.EvtID"] as string;

    // Both of MySQL's clients.
    private static int? MySqlNumber(DbException error) =>
        error.Data["Server Error Code"] is { } number ? Convert.ToInt32(number, CultureInfo.InvariantCulture) : null;
}
