using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>A connection that stays open saves opening and preparing, leads to the file that is there by now, and ends with the app.</summary>
public sealed class StandingConnectionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();

    [Fact]
    public async Task It_stays_open_until_the_app_ends()
    {
        await using (TestApp app = await UsedAsync(_folder.ConnectionString()))
        {
            SqliteConnection.ClearAllPools();
            Assert.NotEmpty(Handles());
        }

        SqliteConnection.ClearAllPools();
        Assert.Empty(Handles());
    }

    [Fact]
    public async Task One_that_nobody_uses_is_closed()
    {
        await using TestApp app = await UsedAsync(_folder.ConnectionString());
        SqliteConnection.ClearAllPools();
        var kept = app.Services.GetRequiredService<KeptContexts<FuelSessionsDbContext>>();
        kept.Clear(TimeSpan.FromDays(1));
        Assert.NotEmpty(Handles());
        kept.Clear(TimeSpan.Zero);
        Assert.Empty(Handles());
        await StoreAsync(app);
    }

    [Fact]
    public async Task None_stays_open_where_connections_are_not_to_be_kept()
    {
        await using TestApp app = await UsedAsync(_folder.ConnectionString() + ";Pooling=False");
        Assert.Empty(Handles());
    }

    [Fact]
    public async Task A_file_that_another_one_was_moved_over_is_read_and_written_no_more()
    {
        await using TestApp app = await UsedAsync(_folder.ConnectionString());
        using var others = new TempFolder();
        SessionRecord there = Support.Records.New(_clock.GetUtcNow());
        await using (TestApp other = await TestApp.OnSqlite(others.ConnectionString(), _clock).CreatedAsync())
        {
            Assert.True((await other.Driver.WriteAsync(there, default)).IsWritten);
        }

        SqliteConnection.ClearAllPools();
        Replace(by: others.File());
        Assert.Equal(1, (await app.Driver.ReadAsync(there.Key, default))!.Version);
        Assert.True((await app.Driver.WriteAsync(there.Next(), default)).IsWritten);
        Assert.Equal(2L, await Sql.OnceAsync(new SqliteConnection(_folder.ConnectionString()), "SELECT version FROM sessions"));
    }

    [Fact]
    public async Task A_link_that_leads_elsewhere_by_now_is_followed()
    {
        using var others = new TempFolder();
        await using (TestApp other = await TestApp.OnSqlite(others.ConnectionString(), _clock).CreatedAsync())
        {
            await StoreAsync(other);
        }

        await using (TestApp first = await UsedAsync(_folder.ConnectionString()))
        {
        }

        SqliteConnection.ClearAllPools();
        string link = _folder.File() + ".link";
        File.CreateSymbolicLink(link, _folder.File());
        await using TestApp app = TestApp.OnSqlite($"Data Source={link}", _clock);
        await StoreAsync(app);
        File.Delete(link);
        File.CreateSymbolicLink(link, others.File());
        await StoreAsync(app);
        Assert.Equal(2L, await CountAsync(others));
        Assert.Equal(2L, await CountAsync(_folder));
    }

    [Fact]
    public async Task Tables_that_were_made_anew_are_used()
    {
        await using TestApp app = await UsedAsync(_folder.ConnectionString());
        await Sql.OnceAsync(new SqliteConnection(_folder.ConnectionString()), "DROP TABLE sessions");
        await app.CreatedAsync();
        await StoreAsync(app);
        Assert.Equal(1L, await CountAsync(_folder));
    }

    [Fact]
    public async Task It_waits_for_another_writer_and_goes_on()
    {
        await using TestApp app = await UsedAsync(_folder.ConnectionString());
        SessionRecord record = await StoreAsync(app);
        await using var other = new SqliteConnection(_folder.ConnectionString());
        await other.OpenAsync();
        await using SqliteTransaction transaction = other.BeginTransaction();
        Task<WriteResult> write = app.Driver.WriteAsync(record.Next(), default).AsTask();
        Assert.Equal(1, (await app.Driver.ReadAsync(record.Key, default))!.Version);
        Assert.False(write.IsCompleted);
        await transaction.RollbackAsync();
        Assert.True((await write).IsWritten);
        Assert.Equal(2, (await app.Driver.ReadAsync(record.Key, default))!.Version);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private async Task<TestApp> UsedAsync(string connectionString)
    {
        TestApp app = await TestApp.OnSqlite(connectionString, _clock).CreatedAsync();
        SessionRecord record = await StoreAsync(app);
        Assert.True((await app.Driver.WriteAsync(record.Next(), default)).IsWritten);
        Assert.Equal(2, (await app.Driver.ReadAsync(record.Key, default))!.Version);
        return app;
    }

    private async Task<SessionRecord> StoreAsync(TestApp app)
    {
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
        return record;
    }

    private static async Task<object?> CountAsync(TempFolder folder) =>
        await Sql.OnceAsync(new SqliteConnection(folder.ConnectionString()), "SELECT count(*) FROM sessions");

    private void Replace(string by)
    {
        File.Delete(_folder.File() + "-wal");
        File.Delete(_folder.File() + "-shm");
        File.Move(by, _folder.File(), overwrite: true);
    }

    // Of this process on the database itself, not on what SQLite keeps beside it.
    private List<string> Handles() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(handle => new FileInfo(handle).LinkTarget).OfType<string>().Where(target => target == _folder.File())];
}
