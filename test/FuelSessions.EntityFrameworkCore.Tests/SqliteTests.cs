using System.Data.Common;
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
    public async Task Every_connection_waits_for_other_writers()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        Assert.Equal(5000L, await AskAsync(app, "PRAGMA busy_timeout"));

        // Unpooled ones, so that each is new.
        await using TestApp unpooled = TestApp.OnSqlite($"{_folder.ConnectionString()};Pooling=False");
        Assert.Equal(5000L, await AskAsync(unpooled, "PRAGMA busy_timeout"));
        Assert.Equal(5000L, await AskAsync(unpooled, "PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task The_apps_own_interceptor_has_the_last_word()
    {
        await using TestApp app = await TestApp.OnSqlite(
            _folder.ConnectionString(), more: options => options.AddInterceptors(new Impatient())).CreatedAsync();
        Assert.Equal(7L, await AskAsync(app, "PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task An_apps_own_context_waits_as_well()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString())));
        Assert.Equal(5000L, await AskAsync(app, "PRAGMA busy_timeout"));
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
                Assert.True(await appOf(writer).Driver.TouchAsync(record.Key, record.Expires.AddMinutes(version), default));
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
            async (context, _, _) =>
            {
                await context.Database.OpenConnectionAsync();
                await using DbCommand command = context.Database.GetDbConnection().CreateCommand();
                command.CommandText = pragma;
                return await command.ExecuteScalarAsync();
            },
            default);

    private sealed class Impatient : Microsoft.EntityFrameworkCore.Diagnostics.DbConnectionInterceptor
    {
        public override Task ConnectionOpenedAsync(
            DbConnection connection,
            Microsoft.EntityFrameworkCore.Diagnostics.ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA busy_timeout = 7";
            command.ExecuteNonQuery();
            return Task.CompletedTask;
        }
    }
}
