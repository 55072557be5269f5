using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FuelSessions.EntityFrameworkCore.Sqlite;

/// <summary>
/// Lets a SQLite connection wait for another writer instead of failing with SQLITE_BUSY. It is the connection's
/// setting, not the database's, so each one gets it when it is opened. Other providers are left alone.
/// </summary>
internal sealed class SqliteBusyTimeout : DbConnectionInterceptor
{
    private const string Pragma = "PRAGMA busy_timeout = 5000";

    internal static SqliteBusyTimeout Instance { get; } = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        Apply(connection, eventData.Context);

    // SQLite has no asynchronous calls: its provider's would block in the same way and cost more.
    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection, eventData.Context);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection, DbContext? context)
    {
        if (context is null || !SqliteProvider.Has(context))
        {
            return;
        }

        using DbCommand command = connection.CreateCommand();
        command.CommandText = Pragma;
        command.ExecuteNonQuery();
    }
}
