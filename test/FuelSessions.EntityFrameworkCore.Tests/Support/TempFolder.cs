using Microsoft.Data.Sqlite;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>A folder for a test's SQLite files.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-db-");

    internal string File(string name = "sessions.db") => Path.Combine(_folder.FullName, name);

    internal string ConnectionString(string name = "sessions.db") => $"Data Source={File(name)}";

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
