using System.Data.Common;

namespace FuelSessions.EntityFrameworkCore;

/// <summary>
/// Tells a few database errors apart without referencing a provider: by SQLSTATE (PostgreSQL, MySQL), by the number
/// that SqlClient leaves in <see cref="Exception.Data"/> (its messages are translated), by SQLite's message (which is not).
/// </summary>
internal static class DbErrors
{
    internal static bool IsMissingTable(DbException error) =>
        error.SqlState is "42P01" or "42S02"
        || SqlServerNumber(error) == "208"
        || error.Message.Contains("no such table", StringComparison.Ordinal);

    internal static bool IsDuplicateKey(DbException error) =>
        error.SqlState is "23505" or "23000"
        || SqlServerNumber(error) is "2627" or "2601"
        || error.Message.Contains("UNIQUE constraint failed", StringComparison.Ordinal);

    /// <summary>SQLITE_BUSY or SQLITE_LOCKED: another connection has what this one needs, and nothing was done.</summary>
    internal static bool IsBusy(DbException error) =>
        error.Message.StartsWith("SQLite Error 5:", StringComparison.Ordinal) || error.Message.StartsWith("SQLite Error 6:", StringComparison.Ordinal);

    private static string? SqlServerNumber(DbException error) => error.Data["HelpLink.EvtID"] as string;
}
