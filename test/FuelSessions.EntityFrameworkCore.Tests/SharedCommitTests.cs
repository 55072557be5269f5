using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W2] On SQLite what comes while a write is on its way is written together: compared, refused and answered one by one all the same.</summary>
public sealed class SharedCommitTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly Gate _gate = new();
    private TestApp _app = null!;

    private ISessionDriver Driver => _app.Driver;

    public async Task InitializeAsync()
    {
        _app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.AddInterceptors(_gate)).CreatedAsync();
        _gate.TakeInTransaction();
    }

    public async Task DisposeAsync()
    {
        _gate.Open();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_alone_goes_at_once_and_by_itself()
    {
        await Driver.WriteAsync(New(), default);
        await Driver.WriteAsync(New(), default);
        Assert.Equal([false, false], _gate.TakeInTransaction());
    }

    [Fact]
    public async Task What_comes_meanwhile_shares_the_next_commit()
    {
        Task<WriteResult>[] writes = await MeanwhileAsync([.. Enumerable.Range(0, 8).Select(_ => Write(New()))]);
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));
        Assert.Equal([false, .. Enumerable.Repeat(true, 8)], _gate.TakeInTransaction());
    }

    [Fact]
    public async Task Nobody_is_answered_before_all_is_committed()
    {
        SessionRecord record = New();
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult>[] writes = [Driver.WriteAsync(record, default).AsTask(), Driver.WriteAsync(New(), default).AsTask()];
        Task second = HoldNext(after: 1);
        await second;
        Assert.True((await before).IsWritten);
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        Assert.Null(await Driver.ReadAsync(record.Key, default));
        _gate.Open();
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));
        Assert.NotNull(await Driver.ReadAsync(record.Key, default));
    }

    /// <summary>A transaction of many large ones would hold up all of them.</summary>
    [Fact]
    public async Task Large_ones_do_not_wait_for_each_other()
    {
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult>[] large = [.. Enumerable.Range(0, 2).Select(_ => Driver.WriteAsync(New() with { Data = new byte[600 * 1024] }, default).AsTask())];
        await HoldNext(after: 1);
        Assert.True((await before).IsWritten);
        Assert.True((await large[0].WaitAsync(TimeSpan.FromMinutes(1))).IsWritten);
        Assert.False(large[1].IsCompleted);
        _gate.Open();
        Assert.True((await large[1]).IsWritten);
    }

    [Fact]
    public async Task Each_is_compared_by_itself()
    {
        SessionRecord record = await StoredAsync();
        SessionRecord ended = await StoredAsync();
        SessionRecord touched = await StoredAsync();
        SessionRecord absent = New();
        Task<WriteResult>[] writes = await MeanwhileAsync(
            Write(record.Next([1])),
            Write(record.Next([2])),
            Write(absent.Next()),
            () => Driver.DeleteAsync(ended.Key, 1, default),
            Write(ended.Next()),
            () => Driver.TouchAsync(touched.Key, 1, touched.Expires.AddMinutes(1), default),
            Write(absent),
            Write(absent));
        WriteResult[] results = await Task.WhenAll(writes);
        Assert.True(results[0].IsWritten);
        Assert.Equal(1, Assert.Single(results[1].Winner!.Data.ToArray()));
        Assert.True(results[2].IsGone);
        Assert.True(results[3].IsWritten);
        Assert.True(results[4].IsGone);
        Assert.True(results[5].IsWritten);
        Assert.True(results[6].IsWritten);
        Assert.Equal(1, results[7].Winner!.Version);
        Assert.Equal(touched.Expires.AddMinutes(1), (await Driver.ReadAsync(touched.Key, default))!.Expires);
    }

    /// <summary>By whatever way the database refuses it: the statement, the transaction, or the file.</summary>
    [Theory]
    [InlineData("ABORT")]
    [InlineData("FAIL")]
    [InlineData("ROLLBACK")]
    public async Task One_that_the_database_refuses_fails_alone(string how)
    {
        SessionRecord bad = New();
        await ExecuteAsync(
            $"CREATE TRIGGER bad BEFORE INSERT ON sessions WHEN NEW.session_key = x'{bad.Key.ToHex()}' BEGIN SELECT RAISE({how}, 'not this one'); END");
        SessionRecord[] good = [.. Enumerable.Range(0, 6).Select(_ => New())];
        SessionRecord changed = await StoredAsync();
        Task<WriteResult>[] writes = await MeanwhileAsync(
            [Write(good[0]), Write(good[1]), Write(changed.Next([7])), Write(bad), .. good[2..].Select(Write)]);
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(() => writes[3]);
        Assert.False(error.IsOutcomeUnknown);
        Assert.Contains("not this one", Assert.IsType<SqliteException>(error.InnerException).Message);
        Assert.All(await Task.WhenAll(writes.Where(write => write != writes[3])), result => Assert.True(result.IsWritten));
        Assert.All(await Task.WhenAll(good.Select(record => Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
        Assert.Equal([7], (await Driver.ReadAsync(changed.Key, default))!.Data.ToArray());
        Assert.Null(await Driver.ReadAsync(bad.Key, default));
    }

    [Fact]
    public async Task A_file_that_takes_nothing_more_fails_each_and_keeps_what_was()
    {
        SessionRecord record = await StoredAsync();
        await ExecuteAsync("CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
        Task<WriteResult>[] writes = await MeanwhileAsync([.. Enumerable.Range(0, 4).Select(number => Write(record.Next([(byte)number])))]);
        foreach (Task<WriteResult> write in writes)
        {
            Assert.False((await Assert.ThrowsAsync<SessionStoreException>(() => write)).IsOutcomeUnknown);
        }

        Assert.Equal(1, (await Driver.ReadAsync(record.Key, default))!.Version);
        await ExecuteAsync("DROP TRIGGER full");
        Assert.True((await Driver.WriteAsync(record.Next(), default)).IsWritten);
    }

    [Fact]
    public async Task Who_gives_up_while_waiting_is_told_at_once_and_not_stored()
    {
        using var cancellation = new CancellationTokenSource();
        SessionRecord record = New();
        SessionRecord other = New();
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult> waiting = Driver.WriteAsync(record, cancellation.Token).AsTask();
        Task<WriteResult> patient = Driver.WriteAsync(other, default).AsTask();
        await cancellation.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Contains("writers before it", error.InnerException!.Message);
        Assert.False(before.IsCompleted);
        _gate.Open();
        Assert.True((await before).IsWritten);
        Assert.True((await patient).IsWritten);
        Assert.Null(await Driver.ReadAsync(record.Key, default));
        Assert.NotNull(await Driver.ReadAsync(other.Key, default));
    }

    [Fact]
    public async Task Who_gives_up_while_being_written_is_told_at_once_too()
    {
        using var cancellation = new CancellationTokenSource();
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult> first = Driver.WriteAsync(New(), default).AsTask();
        Task<WriteResult> second = Driver.WriteAsync(New(), cancellation.Token).AsTask();
        await HoldNext();
        await cancellation.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Contains("together with others", error.InnerException!.Message);
        Assert.False(first.IsCompleted);
        _gate.Open();
        Assert.True((await first).IsWritten);
        Assert.True((await before).IsWritten);
    }

    /// <summary>The first of them has the earliest end: the others must not go with it.</summary>
    [Fact]
    public async Task Who_began_together_with_one_that_gives_up_is_written_all_the_same()
    {
        using var cancellation = new CancellationTokenSource();
        SessionRecord given = New();
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult> first = Driver.WriteAsync(given, cancellation.Token).AsTask();
        Task<WriteResult>[] others = [.. Enumerable.Range(0, 5).Select(_ => Driver.WriteAsync(New(), default).AsTask())];
        await HoldNext();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.All(await Task.WhenAll(others), result => Assert.True(result.IsWritten));
        Assert.Null(await Driver.ReadAsync(given.Key, default));
    }

    [Fact]
    public async Task Another_program_that_has_the_file_is_waited_for_by_all_of_them_and_no_longer_than_they_want()
    {
        using var cancellation = new CancellationTokenSource();
        Func<Task>? unlock = await _folder.LockAsync();
        Task<WriteResult>[] impatient = [.. Enumerable.Range(0, 8).Select(_ => Driver.WriteAsync(New(), cancellation.Token).AsTask())];
        Task<WriteResult>[] patient = [.. Enumerable.Range(0, 8).Select(_ => Driver.WriteAsync(New(), default).AsTask())];
        await cancellation.CancelAsync();
        foreach (Task<WriteResult> write in impatient)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        }

        Assert.All(patient, write => Assert.False(write.IsCompleted));
        await unlock!();
        Assert.All(await Task.WhenAll(patient), result => Assert.True(result.IsWritten));
    }

    /// <summary>A reader that goes on, of a file without a write-ahead log, is in the way of the commit itself.</summary>
    [Fact]
    public async Task A_commit_that_is_in_the_way_of_readers_is_tried_again()
    {
        SessionRecord[] records = [await StoredAsync(), await StoredAsync(), await StoredAsync()];
        SqliteConnection.ClearAllPools();
        await ExecuteAsync("PRAGMA journal_mode = DELETE");
        SqliteConnection.ClearAllPools();
        await using var reader = new SqliteConnection(_folder.ConnectionString() + ";Pooling=False");
        await reader.OpenAsync();
        await using SqliteCommand begin = reader.CreateCommand();
        begin.CommandText = "BEGIN; SELECT count(*) FROM sessions";
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult>[] writes = [.. records.Select(record => Driver.WriteAsync(record.Next([5]), default).AsTask())];
        await HoldNext(after: 2);
        Assert.True((await before).IsWritten);
        await begin.ExecuteNonQueryAsync();

        // The commit fails, and the first of them comes by itself.
        await HoldNext();
        await reader.ScalarAsync("COMMIT");
        _gate.Open();
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));
    }

    [Fact]
    public async Task Blocking_callers_are_answered_as_well()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(WriteFiveTimes, TaskCreationOptions.LongRunning)));
        Assert.Equal(80L, await ExecuteAsync("SELECT count(*) FROM sessions"));
    }

    private void WriteFiveTimes()
    {
        for (int write = 0; write < 5; write++)
        {
            Assert.True(Driver.WriteAsync(New(), default).AsTask().GetAwaiter().GetResult().IsWritten);
        }
    }

    private SessionRecord New() => Support.Records.New(_clock.GetUtcNow());

    private Func<ValueTask<WriteResult>> Write(SessionRecord record) => () => Driver.WriteAsync(record, default);

    private async Task<SessionRecord> StoredAsync()
    {
        SessionRecord record = New();
        Assert.True((await Driver.WriteAsync(record, default)).IsWritten);
        _gate.TakeInTransaction();
        return record;
    }

    /// <summary>Begins them one after the other while a write is on its way.</summary>
    private async Task<Task<WriteResult>[]> MeanwhileAsync(params Func<ValueTask<WriteResult>>[] writes)
    {
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult>[] begun = [.. writes.Select(write => write().AsTask())];
        _gate.Open();
        Assert.True((await before).IsWritten);
        return begun;
    }

    /// <summary>Lets the command that is held go on, and holds the next one, or one after that.</summary>
    private Task HoldNext(int after = 0)
    {
        Action open = _gate.Opening();
        Task held = _gate.HoldAsync(after);
        open();
        return held;
    }

    private Task<object?> ExecuteAsync(string sql) => Sql.OnceAsync(new SqliteConnection(_folder.ConnectionString() + ";Pooling=False"), sql);
}
