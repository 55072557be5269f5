using System.Net.Sockets;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[F1] [F2] A database that does not answer is an error, and never an absent or a stored session.</summary>
[Collection(PostgresCollection.Name)]
public sealed class OutageTests(PostgresServer server)
{
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    [Fact]
    public async Task A_database_that_is_gone_is_an_error_for_every_operation()
    {
        // Port 1 is reserved, and nobody listens there.
        await using TestApp app = TestApp.OnPostgres("Host=127.0.0.1;Port=1;Username=nobody;Database=none");
        ISessionDriver driver = app.Driver;
        Func<Task>[] operations =
        [
            async () => await driver.ReadAsync(_record.Key, default),
            () => Task.FromResult(driver.Read(_record.Key, default)),
            async () => await driver.WriteAsync(_record, default),
            async () => await driver.WriteAsync(_record.Next(), default),
            async () => await driver.TouchAsync(_record.Key, _record.Version, _record.Expires, default),
            async () => await driver.DeleteAsync(_record.Key, _record.Version, default),
            async () => await ((ICollectExpired)driver).CollectExpiredAsync(1, default),
            () => app.CreatedAsync(),
        ];
        foreach (Func<Task> operation in operations)
        {
            Exception error = await Assert.ThrowsAnyAsync<Exception>(operation);
            Assert.IsType<SocketException>(error.GetBaseException());
        }
    }

    [Fact]
    public async Task Connections_that_the_server_ended_as_nobody_used_them_are_no_failure()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnPostgres(database).CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        NpgsqlConnection.ClearAllPools();
        await using var watcher = new NpgsqlConnection(database);
        await watcher.OpenAsync();
        await watcher.ScalarAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = 500', current_database()); END $$");
        SessionRecord record = _record;
        Func<Task>[] operations =
        [
            async () => Assert.NotNull(await app.Driver.ReadAsync(_record.Key, default)),
            async () => Assert.True((await app.Driver.WriteAsync(record = record.Next(), default)).IsWritten),
            async () => Assert.True((await app.Driver.WriteAsync(_record with { Key = SessionKey.Create() }, default)).IsWritten),
            () => Task.FromResult(Assert.IsType<SessionRecord>(app.Driver.Read(_record.Key, default))),
        ];
        foreach (Func<Task> operation in operations)
        {
            await operation();
            while (await watcher.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") is not 0L)
            {
                await Task.Delay(20);
            }

            await operation();
        }
    }

    [Fact]
    public async Task A_write_that_waits_for_a_lock_can_be_cancelled()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnPostgres(database).CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        await using (var other = new NpgsqlConnection(database))
        {
            await other.OpenAsync();
            await using NpgsqlTransaction transaction = await other.BeginTransactionAsync();
            await using NpgsqlCommand command = other.CreateCommand();
            command.CommandText = "SELECT 1 FROM sessions FOR UPDATE";
            await command.ExecuteNonQueryAsync();

            using var cancellation = new CancellationTokenSource();
            Task<WriteResult> write = app.Driver.WriteAsync(_record.Next([1]), cancellation.Token).AsTask();

            // A cancellation that reaches the server before the statement does is of no effect there.
            await using var watcher = new NpgsqlConnection(database);
            await watcher.OpenAsync();
            while (await watcher.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is not 1L)
            {
                Assert.False(write.IsCompleted, "It did not wait for the other transaction.");
            }

            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        }

        Assert.Equal(1, (await app.Driver.ReadAsync(_record.Key, default))!.Version);
    }
}
