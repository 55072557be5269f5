using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W2] On PostgreSQL what comes while commits are on their way is sent and committed together: compared, refused and answered one by one all the same.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SharedCommitsOnPostgresTests(PostgresServer server) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly List<NpgsqlConnection> _locks = [];
    private string _database = "";
    private TestApp _app = null!;

    private ISessionDriver Driver => _app.Driver;

    public async Task InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _app = await TestApp.OnPostgres(_database, _clock).CreatedAsync();
    }

    public async Task DisposeAsync()
    {
        await UnlockAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_meanwhile_shares_the_next_commit()
    {
        Task<WriteResult>[] writes = await MeanwhileAsync([.. Enumerable.Range(0, 16).Select(_ => Write(New([1])))]);
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));

        // Not one, if the machine stood still for so long in between that a turn was over.
        Assert.InRange(Convert.ToInt64(await SqlAsync("SELECT count(DISTINCT xmin::text) FROM sessions WHERE length(payload) = (SELECT max(length(payload)) FROM sessions)")), 1, 8);
    }

    [Fact]
    public async Task Each_is_compared_by_itself()
    {
        SessionRecord record = await StoredAsync();
        SessionRecord ended = await StoredAsync();
        SessionRecord touched = await StoredAsync();
        SessionRecord added = New([1]);
        Task<WriteResult>[] writes = await MeanwhileAsync(
            Write(record.Next([3])),
            Write(record.Next([4])),
            Write(New().Next()),
            () => Driver.DeleteAsync(ended.Key, 1, default),
            () => Driver.TouchAsync(touched.Key, 1, touched.Expires.AddMinutes(5), default),
            () => Driver.TouchAsync(touched.Key, 7, touched.Expires.AddMinutes(9), default),
            Write(added));
        WriteResult[] results = await Task.WhenAll(writes);
        Assert.Equal(1, results[..2].Count(result => result.IsWritten));
        SessionRecord stored = (await Driver.ReadAsync(record.Key, default))!;
        Assert.Equal(stored.Data.ToArray(), results[..2].Single(result => !result.IsWritten).Winner!.Data.ToArray());
        Assert.True(results[2].IsGone);
        Assert.Equal([true, true, false, true], results[3..].Select(result => result.IsWritten));
        Assert.Equal(1, results[5].Winner!.Version);
        Assert.Null(await Driver.ReadAsync(ended.Key, default));
        Assert.Equal(touched.Expires.AddMinutes(5), (await Driver.ReadAsync(touched.Key, default))!.Expires);
        Assert.Equal([1], (await Driver.ReadAsync(added.Key, default))!.Data.ToArray());
    }

    /// <summary>A statement that is refused, and one that is refused no earlier than at the commit.</summary>
    [Theory]
    [InlineData("CREATE TRIGGER bad BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()")]
    [InlineData("CREATE CONSTRAINT TRIGGER bad AFTER INSERT ON sessions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()")]
    public async Task One_that_the_database_refuses_fails_alone(string trigger)
    {
        SessionRecord bad = New();
        SessionRecord changed = await StoredAsync();
        await SqlAsync(
            $"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.session_key = '\\x{bad.Key.ToHex()}' THEN RAISE 'not this one'; END IF; RETURN NEW; END $$");
        await SqlAsync(trigger);
        SessionRecord[] good = [.. Enumerable.Range(0, 6).Select(_ => New())];
        Task<WriteResult>[] writes = await MeanwhileAsync([Write(good[0]), Write(bad), Write(changed.Next([7])), .. good[1..].Select(Write)]);
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(() => writes[1]);
        Assert.False(error.IsOutcomeUnknown);
        Assert.Contains("not this one", Assert.IsType<PostgresException>(error.InnerException).Message);
        Assert.All(await Task.WhenAll(writes.Where(write => write != writes[1])), result => Assert.True(result.IsWritten));
        Assert.All(await Task.WhenAll(good.Select(record => Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
        Assert.Equal([7], (await Driver.ReadAsync(changed.Key, default))!.Data.ToArray());
        Assert.Null(await Driver.ReadAsync(bad.Key, default));
    }

    /// <summary>Another program has a row for as long as it likes.</summary>
    [Fact]
    public async Task A_row_that_is_locked_holds_up_nobody_else()
    {
        SessionRecord locked = await StoredAsync();
        SessionRecord[] free = [await StoredAsync(), await StoredAsync(), await StoredAsync()];
        Func<Task> begin = await HoldTurnsAsync();
        await LockAsync(locked.Key);
        Task<WriteResult> held = Driver.WriteAsync(locked.Next([1]), default).AsTask();
        Task<WriteResult>[] writes = [.. free.Select(record => Driver.WriteAsync(record.Next([2]), default).AsTask())];
        await begin();

        // Before the command's own timeout, which would let them go too.
        Assert.All(await Task.WhenAll(writes).WaitAsync(TimeSpan.FromSeconds(20)), result => Assert.True(result.IsWritten));
        Assert.True((await Driver.WriteAsync(New(), default)).IsWritten);
        Assert.False(held.IsCompleted);
        await UnlockAsync();
        Assert.True((await held).IsWritten);
        Assert.Equal(2, (await Driver.ReadAsync(locked.Key, default))!.Version);
    }

    /// <summary>All turns at once are those of writes to locked rows, and none of them ends.</summary>
    [Fact]
    public async Task Writes_that_stand_still_let_others_pass()
    {
        await HoldTurnsAsync();
        Task<WriteResult>[] writes = [.. Enumerable.Range(0, 6).Select(_ => Driver.WriteAsync(New(), default).AsTask())];
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));
    }

    [Fact]
    public async Task Who_gives_up_is_told_at_once_and_nobody_else()
    {
        using var cancellation = new CancellationTokenSource();

        // Locked as well: it waits for its turn or, should those that hold them have held them for too long by then, for its row.
        SessionRecord given = await StoredAsync();
        await LockAsync(given.Key);
        Func<Task> begin = await HoldTurnsAsync();
        Task<WriteResult> impatient = Driver.WriteAsync(given.Next(), cancellation.Token).AsTask();
        Task<WriteResult>[] patient = [.. Enumerable.Range(0, 4).Select(_ => Driver.WriteAsync(New(), default).AsTask())];
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await begin();
        Assert.All(await Task.WhenAll(patient), result => Assert.True(result.IsWritten));
    }

    /// <summary>Nobody knows what became of the commit: each finds out by its own row.</summary>
    [Fact]
    public async Task A_connection_that_breaks_loses_nothing_and_counts_nothing_twice()
    {
        SessionRecord locked = await StoredAsync();
        SessionRecord[] free = [await StoredAsync(), await StoredAsync()];
        Func<Task> begin = await HoldTurnsAsync();
        await LockAsync(locked.Key);
        Task<WriteResult>[] writes = [.. free.Append(locked).Select(record => Driver.WriteAsync(record.Next([9]), default).AsTask())];
        await begin();
        while (await SqlAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") is 0L
            && !writes.All(write => write.IsCompleted))
        {
        }

        await UnlockAsync();
        Assert.All(await Task.WhenAll(writes[..2]), result => Assert.True(result.IsWritten));
        try
        {
            Assert.True((await writes[2]).IsWritten);
        }
        catch (SessionStoreException error) when (error.IsOutcomeUnknown)
        {
            // It was struck as it went by itself already.
        }

        Assert.All(await Task.WhenAll(free.Select(record => Driver.ReadAsync(record.Key, default).AsTask())), record => Assert.Equal(2, record!.Version));
    }

    /// <summary>Two processes take the same rows, many at a time: in one order, so that none waits for the other in a circle.</summary>
    [Fact]
    public async Task Two_processes_count_in_the_same_sessions_without_a_deadlock()
    {
        await SqlAsync($"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_database).Database} SET deadlock_timeout = '10ms'");
        NpgsqlConnection.ClearAllPools();
        await using TestApp other = TestApp.OnPostgres(_database, _clock);
        SessionRecord[] records = [await StoredAsync(), await StoredAsync(), await StoredAsync(), await StoredAsync(), await StoredAsync()];
        await Task.WhenAll(Enumerable.Range(0, 24).Select(writer => Task.Run(() => CountAsync(writer % 2 == 0 ? Driver : other.Driver, records, writer, 20))));
        SessionRecord?[] stored = await Task.WhenAll(records.Select(record => Driver.ReadAsync(record.Key, default).AsTask()));
        Assert.Equal(24 * 20, stored.Sum(record => record!.Version - 1));

        // What a server's process has counted is seen by others once it has ended.
        const string Others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
        NpgsqlConnection.ClearAllPools();
        for (int looks = 0; looks < 200 && await SqlAsync(Others) is not 0L; looks++)
        {
        }

        Assert.Equal(0L, await SqlAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }

    [Fact]
    public async Task Blocking_callers_are_answered_as_well()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(WriteFiveTimes, TaskCreationOptions.LongRunning)));
        Assert.Equal(80L, await SqlAsync("SELECT count(*) FROM sessions"));
    }

    private static async Task CountAsync(ISessionDriver driver, SessionRecord[] records, int first, int times)
    {
        for (int count = 0; count < times; count++)
        {
            SessionRecord record = (await driver.ReadAsync(records[(first + count) % records.Length].Key, default))!;
            while (await driver.WriteAsync(record.Next(), default) is { IsWritten: false } lost)
            {
                record = lost.Winner!;
            }
        }
    }

    private void WriteFiveTimes()
    {
        for (int write = 0; write < 5; write++)
        {
            Assert.True(Driver.WriteAsync(New(), default).AsTask().GetAwaiter().GetResult().IsWritten);
        }
    }

    private SessionRecord New(byte[]? data = null) => Support.Records.New(_clock.GetUtcNow(), data);

    private Func<ValueTask<WriteResult>> Write(SessionRecord record) => () => Driver.WriteAsync(record, default);

    private async Task<SessionRecord> StoredAsync()
    {
        SessionRecord record = New();
        Assert.True((await Driver.WriteAsync(record, default)).IsWritten);
        return record;
    }

    /// <summary>Begins them one after the other while all turns are taken.</summary>
    private async Task<Task<WriteResult>[]> MeanwhileAsync(params Func<ValueTask<WriteResult>>[] writes)
    {
        Func<Task> begin = await HoldTurnsAsync();
        Task<WriteResult>[] begun = [.. writes.Select(write => write().AsTask())];
        await begin();
        return begun;
    }

    /// <summary>Takes all turns, by writes to rows that are locked.</summary>
    /// <returns>Lets them go.</returns>
    private async Task<Func<Task>> HoldTurnsAsync()
    {
        List<NpgsqlConnection> locks = [];
        List<Task<WriteResult>> holding = [];
        for (int turn = 0; turn < SharedCommits.TurnsOnServers; turn++)
        {
            SessionRecord record = await StoredAsync();
            locks.Add(await LockAsync(record.Key));
            holding.Add(Driver.WriteAsync(record.Next(), default).AsTask());
        }

        return async () =>
        {
            await Task.WhenAll(locks.Select(connection => connection.CloseAsync()));
            Assert.All(await Task.WhenAll(holding), result => Assert.True(result.IsWritten));
        };
    }

    private async Task<NpgsqlConnection> LockAsync(SessionKey key)
    {
        var connection = new NpgsqlConnection(_database + ";Pooling=false");
        _locks.Add(connection);
        await connection.OpenAsync();
        await connection.ScalarAsync("BEGIN");
        await connection.ScalarAsync($"SELECT 1 FROM sessions WHERE session_key = '\\x{key.ToHex()}' FOR UPDATE");
        return connection;
    }

    private async Task UnlockAsync()
    {
        foreach (NpgsqlConnection connection in _locks)
        {
            await connection.CloseAsync();
        }
    }

    private Task<object?> SqlAsync(string sql) => Sql.OnceAsync(new NpgsqlConnection(_database), sql);
}
