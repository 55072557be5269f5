using System.Data.Common;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MySql.Data.MySqlClient;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A database of a MariaDB server.</summary>
internal sealed class MariaDbStore(MariaDbServer server, string connectionString) : DbStore
{
    internal override void AddDriver(FuelSessionsBuilder builder) => builder.AddDbDriver(db => db.UseMySQL(connectionString));

    internal override Task BreakAsync() => server.StopAsync();

    internal override Task RepairAsync() => server.StartAsync();

    // By triggers: what makes a whole server read-only would reach the other tests on it.
    internal override async Task RefuseWritesAsync(bool refuse)
    {
        await using DbConnection connection = await OpenAsync();
        foreach (string operation in (string[])["INSERT", "UPDATE", "DELETE"])
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = refuse
                ? $"CREATE TRIGGER no_{operation} BEFORE {operation} ON sessions FOR EACH ROW SIGNAL SQLSTATE '25006' SET MESSAGE_TEXT = 'No writes now.'"
                : $"DROP TRIGGER no_{operation}";
            await command.ExecuteNonQueryAsync();
        }
    }

    protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
