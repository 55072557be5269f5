using Microsoft.Data.Sqlite;

namespace FuelSessions.Benchmarks.Server.Variants.FloorStores;

/// <summary>
/// One SELECT; one UPDATE that compares the version. The client's asynchronous methods are synchronous ones, so they are not used.
/// </summary>
internal sealed class SqliteFloor(string connectionString) : IFloorStore
{
    // SQLite has one writer at a time. Where the client finds it busy it sleeps, for 150 ms a time: queueing for it is what costs least.
    private readonly SemaphoreSlim _writing = new(1, 1);

    internal static SqliteFloor Open(string connectionString)
    {
        var store = new SqliteFloor(connectionString);
        using SqliteConnection connection = store.Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = 'wal'; "
            + "CREATE TABLE IF NOT EXISTS floor (id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, expires INTEGER NOT NULL, value BLOB NOT NULL)";
        command.ExecuteNonQuery();
        return store;
    }

    public ValueTask<byte[]?> ReadAsync(string id)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM floor WHERE id = $id AND expires > $now";
        command.Parameters.AddWithValue("$id", id);
        command.Parameters.AddWithValue("$now", Now());
        return ValueTask.FromResult(command.ExecuteScalar() as byte[]);
    }

    public async ValueTask<bool> ReplaceAsync(string id, byte[] read, byte[] next)
    {
        await _writing.WaitAsync();
        try
        {
            using SqliteConnection connection = Connect();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE floor SET version = $version + 1, expires = $expires, value = $value WHERE id = $id AND version = $version";
            command.Parameters.AddWithValue("$id", id);
            command.Parameters.AddWithValue("$version", FloorValue.Version(read));
            command.Parameters.AddWithValue("$expires", Now() + (long)FloorValue.Lifetime.TotalMilliseconds);
            command.Parameters.AddWithValue("$value", next);
            return command.ExecuteNonQuery() == 1;
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask AddAsync(string id, byte[] value)
    {
        await _writing.WaitAsync();
        try
        {
            using SqliteConnection connection = Connect();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "INSERT INTO floor (id, version, expires, value) VALUES ($id, 1, $expires, $value)";
            command.Parameters.AddWithValue("$id", id);
            command.Parameters.AddWithValue("$expires", Now() + (long)FloorValue.Lifetime.TotalMilliseconds);
            command.Parameters.AddWithValue("$value", value);
            command.ExecuteNonQuery();
        }
        finally
        {
            _writing.Release();
        }
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }
}
