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

    protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
