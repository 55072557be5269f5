using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Sqlite;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W2] Where nobody looks on, writes share a transaction on a connection that stays open: all of it is stored or nothing, and no other work goes on in it.</summary>
public sealed class StandingTransactionTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private TestApp _app = null!;
    private SharedWrites _writes = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        await StoredAsync();
        _writes = new SharedWrites(_app);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Its_connection_stays_open_once_all_is_committed()
    {
        StandingConnection? standing = null;
        Task<bool>[] writes = await _writes.MeanwhileAsync(
            lease =>
            {
                standing = lease.SharesStanding ? lease.Standing() : null;
                return SharedWrites.InsertAsync(lease, New());
            },
            lease => SharedWrites.InsertAsync(lease, New()));
        Assert.All(await Task.WhenAll(writes), Assert.True);
        Assert.NotNull(standing);
        Assert.False(standing.IsInTransaction);
        Assert.True(standing.IsCurrent);
        Assert.Equal(3L, await CountAsync());
    }

    /// <summary>By whatever way the database refuses it: the statement, the transaction, or the file.</summary>
    [Theory]
    [InlineData("ABORT")]
    [InlineData("FAIL")]
    [InlineData("ROLLBACK")]
    public async Task One_that_the_database_refuses_fails_alone(string how)
    {
        SessionRecord[] records = [.. Enumerable.Range(0, 8).Select(_ => New())];
        await ExecuteAsync(
            $"CREATE TRIGGER bad BEFORE INSERT ON sessions WHEN NEW.session_key = x'{records[4].Key.ToHex()}' BEGIN SELECT RAISE({how}, 'not this one'); END");
        Func<Task>? unlock = await _folder.LockAsync();
        Task<WriteResult>[] writes = [.. records.Select(record => _app.Driver.WriteAsync(record, default).AsTask())];
        await unlock!();
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(() => writes[4]);
        Assert.False(error.IsOutcomeUnknown);
        Assert.Contains("not this one", Assert.IsType<SqliteException>(error.InnerException).Message);
        Assert.All(await Task.WhenAll(writes.Where(write => write != writes[4])), result => Assert.True(result.IsWritten));
        Assert.Equal(8L, await CountAsync());
    }

    [Fact]
    public async Task Its_connection_is_closed_if_anything_fails_and_nothing_is_left_of_it()
    {
        List<StandingConnection?> used = [];
        Task<bool>[] writes = await _writes.MeanwhileAsync(
            lease =>
            {
                used.Add(lease.Standing());
                return SharedWrites.InsertAsync(lease, New());
            },
            lease => lease.SharesStanding ? throw new FormatException("It fails among others.") : SharedWrites.InsertAsync(lease, New()));
        Assert.All(await Task.WhenAll(writes), Assert.True);
        Assert.Equal(2, used.Distinct().Count());
        Assert.False(used[0]!.IsCurrent);
        Assert.Throws<InvalidOperationException>(used[0]!.Begin);
        Assert.Equal(3L, await CountAsync());
        await (await _folder.LockAsync())!();
    }

    /// <summary>It would be on another connection, which sees nothing of what was written and waits for the one that it is called from.</summary>
    [Fact]
    public async Task What_needs_EF_is_done_alone()
    {
        bool[] shared = [false, false];
        Task<bool>[] writes = await _writes.MeanwhileAsync(
            lease =>
            {
                shared[0] |= lease.SharesStanding;
                return SharedWrites.InsertAsync(lease, New());
            },
            lease =>
            {
                shared[1] |= lease.SharesStanding;
                return lease.Context is null ? new(false) : SharedWrites.InsertAsync(lease, New());
            });
        Assert.All(await Task.WhenAll(writes), Assert.True);
        Assert.Equal([true, true], shared);
        Assert.Equal(3L, await CountAsync());
    }

    /// <summary>An expected answer: who was first, or a session that has ended and is not collected yet.</summary>
    [Fact]
    public async Task A_key_that_is_taken_undoes_nothing()
    {
        SessionRecord taken = await StoredAsync();
        SessionRecord ended = await StoredAsync();
        _clock.Advance(ended.Expires - _clock.GetUtcNow());
        SessionRecord live = taken with { Expires = _clock.GetUtcNow().AddHours(1) };
        await ExecuteAsync($"UPDATE sessions SET expires = {live.Expires.ToUnixTimeMilliseconds()} WHERE session_key = x'{taken.Key.ToHex()}'");
        int attempts = 0;
        var driver = (DbSessionDriver)_app.Driver;
        Func<Task>? unlock = await _folder.LockAsync();
        Task<WriteResult> before = driver.WriteAsync(New(), default).AsTask();
        Task<bool> counting = _app.Services.GetRequiredService<LeasedDatabase>().WriteAsync<Schema.SessionRow, bool>(
            (lease, _, _) =>
            {
                attempts++;
                return SharedWrites.InsertAsync(lease, New());
            },
            Sharing.WriteShape.SomeRows,
            default).AsTask();
        Task<WriteResult> rival = driver.WriteAsync(taken, default).AsTask();
        Task<WriteResult> next = driver.WriteAsync(ended with { Expires = live.Expires }, default).AsTask();
        await unlock!();
        Assert.True((await before).IsWritten);
        Assert.True(await counting);
        Assert.NotNull((await rival).Winner);
        Assert.True((await next).IsWritten);
        Assert.Equal(1, attempts);
    }

    /// <summary>A reader that goes on, of a file without a write-ahead log, is in the way of the commit itself: it is rolled back for certain.</summary>
    [Fact]
    public async Task A_commit_that_readers_are_in_the_way_of_leaves_nothing_in_doubt_and_no_lock()
    {
        _app.Services.GetRequiredService<KeptContexts<FuelSessionsDbContext>>().Clear(TimeSpan.Zero);
        SqliteConnection.ClearAllPools();
        Assert.Equal("delete", await ExecuteAsync("PRAGMA journal_mode = DELETE"));
        await using var reader = new SqliteConnection(_folder.ConnectionString() + ";Pooling=False");
        await reader.OpenAsync();
        await reader.ScalarAsync("BEGIN; SELECT count(*) FROM sessions");
        List<bool> inDoubt = [];
        Task<bool>[] writes = await _writes.MeanwhileAsync((lease, attempts, _) =>
        {
            inDoubt.Add(attempts.AreInDoubt);
            return attempts == Attempts.Together ? SharedWrites.InsertAsync(lease, New()) : new(true);
        });
        Assert.True(await writes[0]);
        Assert.Equal([false, false], inDoubt);
        await reader.ScalarAsync("COMMIT");
        Assert.Equal(1L, await CountAsync());
        await (await _folder.LockAsync())!();
    }

    private SessionRecord New() => Support.Records.New(_clock.GetUtcNow());

    private async Task<SessionRecord> StoredAsync()
    {
        SessionRecord record = New();
        Assert.True((await _app.Driver.WriteAsync(record, default)).IsWritten);
        return record;
    }

    private Task<object?> CountAsync() => ExecuteAsync("SELECT count(*) FROM sessions");

    private Task<object?> ExecuteAsync(string sql) => Sql.OnceAsync(new SqliteConnection(_folder.ConnectionString() + ";Pooling=False"), sql);
}
