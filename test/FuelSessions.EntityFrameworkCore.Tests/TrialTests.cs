using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[F9] A database whose answers to writes say something else than what it has done is refused, as the app starts and at any write.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TrialTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    /// <summary>SQL Server's SET NOCOUNT ON in a trigger, for instance.</summary>
    [Fact]
    public Task No_count_at_all() => AssertCountRefusedAsync(_ => -1, "did not say how many rows a statement has changed (it answered -1)");

    [Fact]
    public Task Always_one() => AssertCountRefusedAsync(_ => 1, "it had no row to replace, and says that it changed 1");

    [Fact]
    public Task Always_none() => AssertCountRefusedAsync(_ => 0, "it has replaced a row, and says that it changed 0");

    /// <summary>A trigger that counts as well.</summary>
    [Fact]
    public Task One_more() => AssertCountRefusedAsync(count => count + 1, "it had no row to replace, and says that it changed 1");

    [Fact]
    public async Task A_transaction_that_nobody_commits() => await AssertRefusedAsync(
        await DatabaseAsync(), new OnOpen("BEGIN"), "it answered that it has inserted a row (rows changed: 1), and the next connection sees nothing of that");

    [Fact]
    public async Task A_context_that_begins_one()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<TransactionalContext>(),
            configure: services => services.AddDbContext<TransactionalContext>(options => options.UseSqlite(_folder.ConnectionString())));
        await using (TestApp plain = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync())
        {
            await AssertRefusedAsync(app, "the next connection sees nothing of that");
        }
    }

    [Theory]
    [InlineData("CREATE RULE discard AS ON INSERT TO sessions DO INSTEAD NOTHING", "it has inserted a row (rows changed: 0)")]
    [InlineData("CREATE RULE discard AS ON UPDATE TO sessions DO INSTEAD NOTHING", "it has replaced a row (rows changed: 0)")]
    [InlineData("CREATE RULE discard AS ON DELETE TO sessions DO INSTEAD NOTHING", "it has deleted a row (rows changed: 0)")]
    [InlineData(
        "CREATE FUNCTION discard() RETURNS trigger AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql; CREATE TRIGGER t BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION discard()",
        "it has replaced a row (rows changed: 0)")]
    [InlineData(
        "CREATE FUNCTION change() RETURNS trigger AS 'BEGIN NEW.payload = NEW.payload || ''x''::bytea; RETURN NEW; END' LANGUAGE plpgsql;"
        + " CREATE TRIGGER t BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION change()",
        "what is stored is not what was written")]
    public async Task A_table_that_discards_or_changes(string sql, string reason)
    {
        string database = await DatabaseAsync();
        await ExecuteAsync(database, sql);
        await AssertRefusedAsync(database, null, reason);
    }

    /// <summary>As tables were partitioned by inheritance: stored, though the statement itself has changed nothing.</summary>
    [Fact]
    public async Task A_table_that_puts_its_rows_elsewhere_is_right()
    {
        string database = await DatabaseAsync();
        await ExecuteAsync(
            database,
            "CREATE TABLE elsewhere () INHERITS (sessions);"
            + "CREATE FUNCTION redirect() RETURNS trigger AS 'BEGIN INSERT INTO elsewhere SELECT (NEW).*; RETURN NULL; END' LANGUAGE plpgsql;"
            + "CREATE TRIGGER t BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION redirect()");
        await using TestApp app = TestApp.OnPostgres(database);
        await app.StartAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.True((await app.Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.Equal(2, (await app.Driver.ReadAsync(_record.Key, default))!.Version);
    }

    /// <summary>What comes about later is found at the write.</summary>
    [Fact]
    public async Task A_rule_that_comes_later()
    {
        string database = await DatabaseAsync();
        await using TestApp app = TestApp.OnPostgres(database);
        await app.StartAsync();
        await ExecuteAsync(database, "CREATE RULE discard AS ON INSERT TO sessions DO INSTEAD NOTHING");
        await Assert.ThrowsAsync<UnreliableDatabaseException>(async () => await app.Driver.WriteAsync(_record, default));
    }

    [Fact]
    public async Task A_key_that_is_not_kept()
    {
        string database = await DatabaseAsync();
        await ExecuteAsync(database, "CREATE RULE discard AS ON INSERT TO data_protection_keys DO INSTEAD NOTHING");
        await using TestApp app = TestApp.OnPostgres(database);
        Assert.Throws<UnreliableDatabaseException>(() => ((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys.StoreElement(new("key"), "key"));
    }

    /// <summary>A database that is not there yet is looked at when it is first written to.</summary>
    [Fact]
    public async Task The_app_starts_without_its_database()
    {
        string database = server.ConnectionString(server.UnusedDatabaseName());
        await using TestApp app = TestApp.OnPostgres(database, more: options => options.AddInterceptors(new FalseCount(_ => 1)));
        await app.StartAsync();
        await TestApp.OnPostgres(database).CreatedAsync();
        await Assert.ThrowsAsync<UnreliableDatabaseException>(async () => await app.Driver.WriteAsync(_record, default));
        Assert.Null(await app.Driver.ReadAsync(_record.Key, default));
    }

    /// <summary>A connection that breaks proves nothing: neither that the database is right, nor that it isn't.</summary>
    [Fact]
    public async Task A_connection_that_breaks_leaves_it_undecided()
    {
        await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        var wire = new BrokenWire();
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), more: options => options.AddInterceptors(wire, new FalseCount(_ => 1)));
        wire.Refuse(ProviderError.MySql(2013));
        await app.StartAsync();
        wire.Refuse(ProviderError.MySql(2013));
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        await Assert.ThrowsAsync<UnreliableDatabaseException>(async () => await app.Driver.WriteAsync(_record.Next(), default));
    }

    [Fact]
    public async Task Nothing_is_left_of_it()
    {
        string database = await DatabaseAsync();
        await using TestApp app = TestApp.OnPostgres(database);
        await app.StartAsync();
        Assert.Equal(0L, await ExecuteAsync(database, "SELECT count(*) FROM sessions"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertCountRefusedAsync(Func<int, int> answer, string reason)
    {
        await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), more: options => options.AddInterceptors(new FalseCount(answer)));
        await AssertRefusedAsync(app, reason);
    }

    /// <summary>Each statement would be refused, with bytes of a session's key in the answer. Nothing is connected to.</summary>
    [Theory]
    [InlineData("Server=nowhere;AllowBatch=false", false)]
    [InlineData("Server=nowhere;Allow Batch=False", false)]
    [InlineData("Server=nowhere;allowbatch=true", true)]
    [InlineData("Server=nowhere", true)]
    public async Task A_connection_of_MySQL_that_takes_one_statement_a_command(string connection, bool isRight)
    {
        await using var app = new TestApp(builder => builder.AddDbDriver(options => options.UseMySQL(connection)));
        Exception? error = await Record.ExceptionAsync(app.StartAsync);
        Assert.Equal(isRight, error is not UnreliableDatabaseException);
        Assert.True(isRight || error!.Message.Contains("AllowBatch=false", StringComparison.Ordinal));
    }

    private async Task AssertRefusedAsync(string database, OnOpen? first, string reason)
    {
        await using TestApp app = TestApp.OnPostgres(database, more: options => options.AddInterceptors((IEnumerable<OnOpen>)(first is null ? [] : [first])));
        await AssertRefusedAsync(app, reason);
    }

    private async Task AssertRefusedAsync(TestApp app, string reason)
    {
        Assert.Contains(reason, (await Assert.ThrowsAsync<UnreliableDatabaseException>(app.StartAsync)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnreliableDatabaseException>(async () => await app.Driver.WriteAsync(_record, default));
        await Assert.ThrowsAsync<UnreliableDatabaseException>(async () => await app.Driver.WriteAsync(_record.Next(), default));
    }

    private async Task<string> DatabaseAsync()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnPostgres(database).CreatedAsync();
        return database;
    }

    private static Task<object?> ExecuteAsync(string database, string sql) => Sql.OnceAsync(new NpgsqlConnection(database), sql);

    private sealed class TransactionalContext : DbContext
    {
        public TransactionalContext(DbContextOptions<TransactionalContext> options)
            : base(options) => Database.BeginTransaction();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFuelSessions();
    }
}
