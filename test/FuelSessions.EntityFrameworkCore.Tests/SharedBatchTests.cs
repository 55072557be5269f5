using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W2] What a batch for PostgreSQL may hold, and which writes may be in the same one.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SharedBatchTests(PostgresServer server) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private string _database = "";
    private TestApp _app = null!;

    private LeasedDatabase Database => _app.Services.GetRequiredService<LeasedDatabase>();

    public async Task InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync() + ";Password=not asked for";
        _app = await TestApp.OnPostgres(_database, _clock).CreatedAsync();
    }

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    /// <summary>The client forgets the password of a connection that was opened once.</summary>
    [Fact]
    public async Task Contexts_lead_to_the_same_place_whether_or_not_their_connection_was_opened()
    {
        DatabasePlace[] places = await Database.RunAsync<SessionRow, DatabasePlace[]>(
            async (opened, _, token) =>
            {
                await SessionStatements.Of(opened).SelectAsync(opened, new byte[16], token);

                // As the other one is in use, it is a new one.
                DatabasePlace of = await Database.RunAsync<SessionRow, DatabasePlace>((untouched, _, _) => ValueTask.FromResult(DatabasePlace.Of(untouched)), default);
                return [DatabasePlace.Of(opened), of];
            },
            default);
        Assert.Equal(places[0], places[1]);
    }

    /// <summary>What it says after that would wait for the batch, which waits for it.</summary>
    [Fact]
    public async Task A_write_that_begins_with_a_question_is_done_by_itself()
    {
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await _app.Driver.WriteAsync(record, default)).IsWritten);
        _clock.Advance(TimeSpan.FromHours(3));
        long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var asking = new WaitingWrite<int>(
            async (lease, _, token) =>
            {
                SessionStatements statements = SessionStatements.Of(lease);
                Assert.NotNull(await statements.SelectAsync(lease, record.Key.ToByteArray(), token));

                // The answer may have been there already.
                await Task.Yield();
                return await statements.Collect.ExecuteAsync(lease, new NamedValues(new(SessionStatements.Now, now), new(StatementText.Limit, 10L)), token);
            },
            place: null,
            shape: null,
            default);
        await Database.RunAsync<SessionRow, bool>(
            async (lease, _, token) =>
            {
                await using SharedWork work = await SharedWork.BeginAsync(lease, DatabasePlace.Of(lease), token);
                await work.RunAsync([asking], token).WaitAsync(TimeSpan.FromSeconds(30), token);
                return true;
            },
            default);
        Assert.False(asking.HasFailed);
        Assert.Equal(1, asking.Result);
    }

    /// <summary>[F2] Its own row would be taken for a rival's.</summary>
    [Fact]
    public async Task A_write_that_fails_after_its_statement_was_committed_is_in_doubt()
    {
        var row = new RowToWrite(Support.Records.New(_clock.GetUtcNow()), [1]);
        Assert.True(await WriteTogetherAsync(async (lease, attempts, token) =>
        {
            if (attempts == Attempts.Together)
            {
                await SessionStatements.Of(lease).Insert.ExecuteAsync(lease, row.Values(0), token);
                throw new SessionStoreException("The database did not say how many.");
            }

            return attempts.AreInDoubt && row.Is(await SessionStatements.Of(lease).SelectAsync(lease, row.Key, token));
        }));
    }

    /// <summary>[F2] Somebody was faster, and who could not be asked for any more: nothing of it is stored, and that is known.</summary>
    [Fact]
    public async Task A_write_that_fails_after_its_statement_changed_nothing_is_not_in_doubt()
    {
        var row = new RowToWrite(Support.Records.New(_clock.GetUtcNow()).Next(), [1]);
        Assert.False(await WriteTogetherAsync(async (lease, attempts, token) =>
        {
            if (attempts == Attempts.Together)
            {
                Assert.Equal(0, await SessionStatements.Of(lease).Update.ExecuteAsync(lease, row.Values(0), token));
                throw new OperationCanceledException();
            }

            return attempts.AreInDoubt;
        }));
    }

    /// <summary>[F2] A trigger that puts rows elsewhere has the server answer that there is none: it is there all the same.</summary>
    [Fact]
    public async Task A_new_row_is_in_doubt_though_its_statement_says_that_there_is_none()
    {
        await using var other = new NpgsqlConnection(_database);
        await other.OpenAsync();
        await other.ScalarAsync("ALTER TABLE sessions RENAME TO elsewhere");
        await other.ScalarAsync("CREATE VIEW sessions AS SELECT * FROM elsewhere");
        await other.ScalarAsync("CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO elsewhere VALUES (NEW.*); RETURN NULL; END $$");
        await other.ScalarAsync("CREATE TRIGGER put INSTEAD OF INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION put()");
        var row = new RowToWrite(Support.Records.New(_clock.GetUtcNow()), [1]);
        Assert.True(await WriteTogetherAsync(async (lease, attempts, token) =>
        {
            if (attempts == Attempts.Together)
            {
                Assert.Equal(0, await SessionStatements.Of(lease).Insert.ExecuteAsync(lease, row.Values(0), token));
                throw new OperationCanceledException();
            }

            return attempts.AreInDoubt && row.Is(await SessionStatements.Of(lease).SelectAsync(lease, row.Key, token));
        }));
    }

    /// <summary>[F2] As a pooler says it whose connection to the server broke.</summary>
    [Fact]
    public async Task A_batch_that_ends_with_an_error_of_the_connection_is_in_doubt()
    {
        await using var other = new NpgsqlConnection(_database);
        await other.OpenAsync();
        await other.ScalarAsync("CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'server conn crashed?' USING ERRCODE = '08P01'; END $$");
        await other.ScalarAsync("CREATE TRIGGER lose BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION lose()");
        var row = new RowToWrite(Support.Records.New(_clock.GetUtcNow()), [1]);
        Assert.True(await WriteTogetherAsync(async (lease, attempts, token) => attempts == Attempts.Together
            ? throw new InvalidOperationException($"{await SessionStatements.Of(lease).Insert.ExecuteAsync(lease, row.Values(0), token)} rows, in spite of the trigger.")
            : attempts.AreInDoubt));
    }

    /// <summary>[F2] The server has rolled all of it back, and said so.</summary>
    [Fact]
    public async Task A_batch_that_the_server_has_cancelled_is_not_in_doubt()
    {
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await _app.Driver.WriteAsync(record, default)).IsWritten);
        await using var other = new NpgsqlConnection(_database);
        await other.OpenAsync();
        await other.ScalarAsync("BEGIN");
        await other.ScalarAsync("SELECT 1 FROM sessions FOR UPDATE");

        // The same that it says where its client asks it to.
        await using TestApp impatient = TestApp.OnPostgres(_database + ";Options=-c statement_timeout=2000", _clock);
        impatient.Services.GetRequiredService<LeasedDatabase>().Trust();
        var row = new RowToWrite(record.Next(), [1]);
        Assert.False(await WriteTogetherAsync(
            async (lease, attempts, token) => attempts == Attempts.Together
                ? throw new InvalidOperationException($"{await SessionStatements.Of(lease).Update.ExecuteAsync(lease, row.Values(0), token)} rows, in spite of the lock.")
                : attempts.AreInDoubt,
            impatient));
    }

    private async Task<bool> WriteTogetherAsync(LeasedDatabase.Work<bool> work, TestApp? app = null)
    {
        LeasedDatabase database = app?.Services.GetRequiredService<LeasedDatabase>() ?? Database;
        var held = new TaskCompletionSource<bool>();
        Task<bool>[] holding = [.. Enumerable.Range(0, SharedCommits.TurnsOnServers).Select(_ => WriteAsync((_, _, _) => new ValueTask<bool>(held.Task)))];
        Task<bool> write = WriteAsync(work);
        held.SetResult(true);
        await Task.WhenAll(holding);
        return await write;

        Task<bool> WriteAsync(LeasedDatabase.Work<bool> one) => database.WriteAsync<SessionRow, bool>(one, new WriteShape(new byte[16], 0), default).AsTask();
    }
}
