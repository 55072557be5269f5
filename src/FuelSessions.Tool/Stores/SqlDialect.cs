using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;

namespace FuelSessions.Tool.Stores;

/// <summary>
/// What the tool must know of a database. It speaks plain SQL through the databases' own clients: EF Core would bring a provider for MySQL whose
/// licence does not go with this tool's.
/// </summary>
internal sealed partial class SqlDialect
{
    internal static SqlDialect[] All { get; } =
    [
        new()
        {
            Name = "sqlite",
            Connect = static (text, mayCreate) => new SqliteConnection(OfSqlite(text, mayCreate)),
            Quote = name => $"\"{name}\"",
            TableExists = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = @name",
        },
        new()
        {
            Name = "postgresql",
            Connect = (text, _) => new NpgsqlConnection(text),
            Quote = name => $"\"{name}\"",
            TableExists = "SELECT COUNT(*) FROM pg_tables WHERE tablename = @name AND schemaname = ANY (current_schemas(false))",
            Now = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)",
        },
        new()
        {
            Name = "sqlserver",
            Connect = (text, _) => new SqlConnection(text),
            AtFirst = "SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF",
            Quote = name => $"[{name}]",
            First = (count, columns, from) => $"SELECT TOP ({count}) {columns} {from}",
            TableExists = "SELECT COUNT(*) FROM sys.tables WHERE name = @name AND schema_id = SCHEMA_ID()",
            Now = "SELECT DATEDIFF_BIG(millisecond, '19700101', SYSUTCDATETIME())",
        },
        new()
        {
            Name = "mysql",
            Connect = (text, _) => new MySqlConnection(text),
            AtFirst = "SET autocommit = 1",
            Quote = name => $"`{name}`",
            TableExists = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = @name",
            Now = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
        },
    ];

    internal required string Name { get; init; }

    internal required Func<string, bool, DbConnection> Connect { get; init; }

    /// <summary>What a connection begins with, whatever a server's defaults are: that each statement is committed, and tells how many rows it has changed.</summary>
    internal string? AtFirst { get; init; }

    internal required Func<string, string> Quote { get; init; }

    internal required string TableExists { get; init; }

    /// <summary>So many rows, in no order.</summary>
    internal Func<int, string, string, string> First { get; init; } = (count, columns, from) => $"SELECT {columns} {from} LIMIT {count}";

    /// <summary>The server's clock in unix milliseconds; null if it is this machine's.</summary>
    internal string? Now { get; init; }

    internal static SqlDialect Of(string name) => All.Single(dialect => dialect.Name == name);

    /// <summary>A table's name goes into statements as it is.</summary>
    /// <exception cref="ToolException">It is none that the tool takes.</exception>
    internal static string Checked(string table) => TableName().IsMatch(table)
        ? table
        : throw new ToolException(ExitCode.Usage, $"'{table}' is no name of a table that this tool takes: lower-case letters, digits and underscores, 40 at most.");

    /// <summary>The statements that make the table, as the db driver would.</summary>
    internal string CreateScript(string table)
    {
        using var reader = new StreamReader(typeof(SqlDialect).Assembly.GetManifestResourceStream($"{Name}.sql")!);
        string all = reader.ReadToEnd().ReplaceLineEndings("\n");
        int start = all.IndexOf("CREATE TABLE", all.IndexOf("-- the table sessions\n", StringComparison.Ordinal), StringComparison.Ordinal);
        string own = all[start..all.IndexOf("\n\n", start, StringComparison.Ordinal)];
        return Sessions().Replace(own, table) + "\n";
    }

    private static string OfSqlite(string text, bool mayCreate)
    {
        var given = new SqliteConnectionStringBuilder(text);
        if (given.Mode == SqliteOpenMode.Memory || given.DataSource is "" || given.DataSource.Contains(":memory:", StringComparison.Ordinal) || given.DataSource.Contains("mode=memory", StringComparison.Ordinal))
        {
            throw new ToolException(ExitCode.Failed, "A SQLite database in memory belongs to the connection or the process that made it, and ends with it: this tool can't see an app's. Give a file: Data Source=/var/lib/shop/sessions.db");
        }

        given.Mode = given.Mode == SqliteOpenMode.ReadOnly ? SqliteOpenMode.ReadOnly : mayCreate ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite;
        return given.ToString();
    }

    // Also within pk_sessions and ix_sessions_expires, as EF Core names them after the table; not within session_key.
    [GeneratedRegex("sessions")]
    private static partial Regex Sessions();

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,39}$")]
    private static partial Regex TableName();
}
