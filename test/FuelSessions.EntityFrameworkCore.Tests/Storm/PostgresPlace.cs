using System.Data.Common;
using FuelSessions.Records;
using FuelSessions.Tests.Servers;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests.Storm;

/// <summary>A server that ends connections, whatever they are doing, and where now and then somebody locks a session's row.</summary>
internal sealed class PostgresPlace : StormPlace
{
    private const string Own = "storm";

    private readonly PostgresServer _server = new();
    private string _database = "";

    private PostgresPlace()
    {
    }

    internal override string Database => _database;

    internal override bool KnowsRepeating => true;

    internal static async Task<PostgresPlace> OpenAsync()
    {
        var place = new PostgresPlace();
        try
        {
            await place._server.InitializeAsync();
            place._database = await place._server.CreateDatabaseAsync();
            return place;
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    internal override async Task<string> DisturbAsync(SessionKey[] sessions, Random random, CancellationToken end)
    {
        (int ended, int locks) = (0, 0);
        await using DbConnection connection = Connect();
        await connection.OpenAsync(CancellationToken.None);
        await using DbCommand command = connection.CreateCommand();
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(random.Next(100, 400), CancellationToken.None);
            if (random.Next(4) == 0)
            {
                string key = sessions[random.Next(sessions.Length)].ToHex();
                command.CommandText = $@"BEGIN; SELECT 1 FROM sessions WHERE session_key = '\x{key}' FOR UPDATE; SELECT pg_sleep({random.Next(5, 700)} / 1000.0); COMMIT";
                await command.ExecuteNonQueryAsync(CancellationToken.None);
                locks++;
            }
            else
            {
                command.CommandText = $"""
                    SELECT count(pg_terminate_backend(pid)) FROM (
                        SELECT pid FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name <> '{Own}' AND backend_type = 'client backend'
                        ORDER BY random() LIMIT {random.Next(1, 5)}) AS chosen
                    """;
                ended += (int)(long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
            }
        }

        // Among those that were ended are connections of this process's own app.
        NpgsqlConnection.ClearAllPools();
        return $"{ended} ended connections, {locks} locks of rows";
    }

    public override async ValueTask DisposeAsync() => await _server.DisposeAsync();

    protected override DbConnection Connect() => new NpgsqlConnection($"{Database};Pooling=False;Application Name={Own}");
}
