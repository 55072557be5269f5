using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteStore : DbStore
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-db-");
    private bool _isReadOnly;

    private string Folder => Path.Join(_folder.FullName, "db");

    private string Aside => Path.Join(_folder.FullName, "aside");

    private string ConnectionString => $"Data Source={Path.Join(Folder, "sessions.db")}{(_isReadOnly ? ";Mode=ReadOnly" : "")}";

    internal override void AddDriver(FuelSessionsBuilder builder)
    {
        Directory.CreateDirectory(Folder);
        string connectionString = ConnectionString;
        builder.AddDbDriver(db => db.UseSqlite(connectionString));
    }

    // Pooled connections would go on reading the file that was moved away.
    internal override Task BreakAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Move(Folder, Aside);
        return Task.CompletedTask;
    }

    internal override Task RepairAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Move(Aside, Folder);
        return Task.CompletedTask;
    }

    // As on a read-only disk, which root would not notice.
    internal override Task RefuseWritesAsync(bool refuse)
    {
        _isReadOnly = refuse;
        return Task.CompletedTask;
    }

    protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
