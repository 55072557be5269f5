using System.Data.Common;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>SQLite as a store that needs no server: many writers wait for each other, and what was acknowledged is on the disk.</summary>
public sealed class SqliteTests : IDisposable
{
    private const int Writers = 64;

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();

    [Fact]
    public async Task A_wait_for_another_program_holds_no_thread_and_is_no_error()
    {
        var errors = new Errors();
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.AddInterceptors(errors)).CreatedAsync();
        Func<Task>? unlock = await _folder.LockAsync();
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        ValueTask<WriteResult> write = app.Driver.WriteAsync(record, default);
        Assert.False(write.IsCompleted);
        await unlock!();
        Assert.True((await write).IsWritten);
        Assert.Equal(0, errors.Count);
    }

    [Fact]
    public async Task A_removal_that_the_database_leaves_out_is_not_acknowledged()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
        await using (var connection = new SqliteConnection(_folder.ConnectionString()))
        {
            await connection.OpenAsync();
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TRIGGER kept BEFORE DELETE ON sessions BEGIN SELECT RAISE(IGNORE); END";
            await command.ExecuteNonQueryAsync();
        }

        WriteResult result = await app.Driver.DeleteAsync(record.Key, record.Version, default);
        Assert.NotNull(await app.Driver.ReadAsync(record.Key, default));
        Assert.False(result.IsWritten, "A session that goes on was reported as removed.");
    }

    [Fact]
    public async Task The_apps_own_commands_wait_as_its_provider_does()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(
                options => options.UseSqlite(_folder.ConnectionString() + ";Default Timeout=1")));
        await app.CreatedAsync();
        await using AsyncServiceScope request = app.Services.CreateAsyncScope();
        ShopContext shop = request.ServiceProvider.GetRequiredService<ShopContext>();
        Func<Task>? unlock = await _folder.LockAsync();
        Task<int> command = shop.Database.ExecuteSqlRawAsync("UPDATE shop_sessions SET version = 1");
        Assert.True(command.IsCompleted, "It was executed by somebody else than the provider, whose commands end on the thread that began them.");
        await Assert.ThrowsAsync<SqliteException>(() => command);
        await unlock!();
    }

    [Fact]
    public async Task A_wait_ends_with_the_timeout_of_the_apps_choice_if_nobody_ends_it_before()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString() + ";Default Timeout=1", _clock).CreatedAsync();
        Func<Task>? unlock = await _folder.LockAsync();
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(
            async () => await app.Driver.WriteAsync(Support.Records.New(_clock.GetUtcNow()), default));
        Assert.False(error.IsOutcomeUnknown);
        Assert.Contains("locked", Assert.IsType<SqliteException>(error.InnerException).Message);
        await unlock!();
    }

    [Fact]
    public async Task Writes_go_to_a_log_and_to_the_disk()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        Assert.Equal("wal", await AskAsync(app, "PRAGMA journal_mode"));

        // 2: FULL, each commit reaches the disk before it is acknowledged.
        Assert.Equal(2L, await AskAsync(app, "PRAGMA synchronous"));
    }

    [Fact]
    public async Task A_file_that_was_there_before_gets_its_log_too()
    {
        await using (var connection = new SqliteConnection(_folder.ConnectionString()))
        {
            await connection.OpenAsync();
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE customers (id INTEGER)";
            await command.ExecuteNonQueryAsync();
        }

        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        Assert.Equal("wal", await AskAsync(app, "PRAGMA journal_mode"));
    }

    /// <summary>What is left in the log is moved by the commit that finds it full, and with rows from all over the file that is long.</summary>
    [Fact]
    public async Task What_a_clean_up_has_removed_is_not_left_for_a_commit_to_move()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(Ended(), default)).IsWritten);
        Assert.Equal(0L, await AskAsync(app, "PRAGMA wal_checkpoint(FULL)"));
        Assert.Equal(1, await ((ICollectExpired)app.Driver).CollectExpiredAsync(10, default));

        // Without the log beside it.
        File.Copy(_folder.File(), _folder.File("alone.db"));
        await using var connection = new SqliteConnection(_folder.ConnectionString("alone.db"));
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sessions";
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    /// <summary>In a shared cache whoever reads keeps the log from being moved, and who waits for that waits for as long as a command may take: here, for ever.</summary>
    [Fact]
    public async Task A_clean_up_does_not_wait_for_who_reads_something_else()
    {
        string shared = _folder.ConnectionString() + ";Cache=Shared;Default Timeout=0";
        await using TestApp app = await TestApp.OnSqlite(shared, _clock).CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(Ended(), default)).IsWritten);
        await using var connection = new SqliteConnection(shared);
        await connection.OpenAsync();
        await using SqliteTransaction reading = connection.BeginTransaction(deferred: true);
        await using SqliteCommand command = connection.CreateCommand();
        command.Transaction = reading;
        command.CommandText = "SELECT count(*) FROM data_protection_keys";
        await command.ExecuteScalarAsync();

        Assert.Equal(1, await ((ICollectExpired)app.Driver).CollectExpiredAsync(10, default).AsTask().WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Sixty_four_writers_of_one_app_all_succeed()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        await AssertAllWriteAsync(_ => app);
    }

    [Fact]
    public async Task Sixty_four_writers_of_eight_apps_all_succeed()
    {
        TestApp[] apps = [.. Enumerable.Range(0, 8).Select(_ => TestApp.OnSqlite(_folder.ConnectionString(), _clock))];
        await apps[0].CreatedAsync();
        await AssertAllWriteAsync(writer => apps[writer % apps.Length]);
        foreach (TestApp app in apps)
        {
            await app.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    private SessionRecord Ended() => Support.Records.New(_clock.GetUtcNow()) with { Expires = _clock.GetUtcNow().AddMinutes(-1) };

    private async Task AssertAllWriteAsync(Func<int, TestApp> appOf)
    {
        SessionRecord[] written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            SessionRecord record = Support.Records.New(_clock.GetUtcNow(), [(byte)writer]);
            Assert.True((await appOf(writer).Driver.WriteAsync(record, default)).IsWritten);
            for (int version = 2; version <= 5; version++)
            {
                record = record.Next();
                Assert.True((await appOf(writer).Driver.WriteAsync(record, default)).IsWritten);
                Assert.True((await appOf(writer).Driver.TouchAsync(record.Key, record.Version, record.Expires.AddMinutes(version), default)).IsWritten);
            }

            return record;
        })));
        for (int writer = 0; writer < Writers; writer++)
        {
            SessionRecord? stored = await appOf(writer).Driver.ReadAsync(written[writer].Key, default);
            Assert.Equal((byte)writer, Assert.Single(stored!.Data.ToArray()));
            Assert.Equal(5, stored.Version);
        }
    }

    private static Task<object?> AskAsync(TestApp app, string pragma) =>
        app.Services.GetRequiredService<LeasedDatabase>().RunAsync<SessionRow, object?>(
            async (lease, _, _) =>
            {
                await lease.Context.Database.OpenConnectionAsync();
                await using DbCommand command = lease.Connection.CreateCommand();
                command.CommandText = pragma;
                return await command.ExecuteScalarAsync();
            },
            default).AsTask();

    private sealed class Errors : Microsoft.EntityFrameworkCore.Diagnostics.DbCommandInterceptor
    {
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        public override Task CommandFailedAsync(
            DbCommand command, Microsoft.EntityFrameworkCore.Diagnostics.CommandErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }
    }
}
