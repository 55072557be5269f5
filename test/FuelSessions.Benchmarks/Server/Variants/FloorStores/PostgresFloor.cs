using Npgsql;

namespace FuelSessions.Benchmarks.Server.Variants.FloorStores;

/// <summary>One SELECT; one UPDATE that compares the version; on the client's own pool.</summary>
internal sealed class PostgresFloor(NpgsqlDataSource database) : IFloorStore
{
    internal static async Task<PostgresFloor> OpenAsync(string connectionString)
    {
        NpgsqlDataSource database = NpgsqlDataSource.Create(connectionString);
        await using NpgsqlCommand command = database.CreateCommand(
            "CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, version bigint NOT NULL, expires bigint NOT NULL, value bytea NOT NULL)");
        await command.ExecuteNonQueryAsync();
        return new PostgresFloor(database);
    }

    public async ValueTask<byte[]?> ReadAsync(string id)
    {
        await using NpgsqlCommand command = Command("SELECT value FROM floor WHERE id = $1 AND expires > $2", id, Now());
        return await command.ExecuteScalarAsync() as byte[];
    }

    public async ValueTask<bool> ReplaceAsync(string id, byte[] read, byte[] next)
    {
        await using NpgsqlCommand command = Command(
            "UPDATE floor SET version = $2 + 1, expires = $3, value = $4 WHERE id = $1 AND version = $2", id, FloorValue.Version(read), End(), next);
        return await command.ExecuteNonQueryAsync() == 1;
    }

    public async ValueTask AddAsync(string id, byte[] value)
    {
        await using NpgsqlCommand command = Command("INSERT INTO floor (id, version, expires, value) VALUES ($1, 1, $2, $3)", id, End(), value);
        await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string text, params ReadOnlySpan<object> values)
    {
        NpgsqlCommand command = database.CreateCommand(text);
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static long End() => Now() + (long)FloorValue.Lifetime.TotalMilliseconds;
}
