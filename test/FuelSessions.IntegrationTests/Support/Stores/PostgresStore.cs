using System.Data.Common;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A database of a PostgreSQL server.</summary>
internal sealed class PostgresStore(PostgresServer server, string connectionString) : DbStore
{
    internal override void AddDriver(FuelSessionsBuilder builder) => builder.AddDbDriver(db => db.UseNpgsql(connectionString));

    internal override Task BreakAsync() => server.StopAsync();

    internal override Task RepairAsync() => server.StartAsync();

    // As a standby does.
    internal override async Task RefuseWritesAsync(bool refuse)
    {
        var here = new NpgsqlConnectionStringBuilder(connectionString);
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres"));
        await connection.OpenAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"ALTER DATABASE {here.Database} SET default_transaction_read_only = {(refuse ? "on" : "off")}";
        await command.ExecuteNonQueryAsync();
        NpgsqlConnection.ClearAllPools();
    }

    protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
