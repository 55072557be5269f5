using Microsoft.Data.Sqlite;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>A folder for a test's SQLite files.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-db-");

    internal string File(string name = "sessions.db") => Path.Combine(_folder.FullName, name);

    internal string ConnectionString(string name = "sessions.db") => $"Data Source={File(name)}";

    /// <summary>Locks a file against everybody else, as a backup or another program may do.</summary>
    /// <returns>What unlocks it.</returns>
    internal async Task<Func<Task>?> LockAsync(string name = "sessions.db")
    {
        var connection = new SqliteConnection($"{ConnectionString(name)};Pooling=False");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        await command.ExecuteNonQueryAsync();
        return connection.CloseAsync;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
