using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteStore : DbStore
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-db-");

    private string Folder => Path.Join(_folder.FullName, "db");

    private string Aside => Path.Join(_folder.FullName, "aside");

    private string ConnectionString => $"Data Source={Path.Join(Folder, "sessions.db")}";

    internal override void AddDriver(FuelSessionsBuilder builder)
    {
        Directory.CreateDirectory(Folder);
        builder.AddDbDriver(db => db.UseSqlite(ConnectionString));
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
