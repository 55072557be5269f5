using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>The tables come where they are missing, beside whatever is there.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CreationTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    [Fact]
    public async Task Is_asked_for_twice_on_sqlite() => await AssertIdempotentAsync(TestApp.OnSqlite(_folder.ConnectionString()));

    [Fact]
    public async Task Is_asked_for_twice_on_postgres() => await AssertIdempotentAsync(TestApp.OnPostgres(await server.CreateDatabaseAsync()));

    [Fact]
    public async Task Makes_the_database_if_there_is_none() =>
        await AssertIdempotentAsync(TestApp.OnPostgres(server.ConnectionString(server.UnusedDatabaseName())));

    [Fact]
    public async Task Leaves_the_apps_tables_alone_on_sqlite()
    {
        await using var connection = new SqliteConnection(_folder.ConnectionString());
        await AssertBesideOthersAsync(connection, TestApp.OnSqlite(_folder.ConnectionString()));
    }

    [Fact]
    public async Task Leaves_the_apps_tables_alone_on_postgres()
    {
        string database = await server.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database);
        await AssertBesideOthersAsync(connection, TestApp.OnPostgres(database));
    }

    [Fact]
    public async Task Adds_the_one_table_that_is_missing()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        await SqliteAsync("DROP TABLE data_protection_keys");
        await app.CreatedAsync();
        await SqliteAsync("SELECT * FROM data_protection_keys");
    }

    /// <summary>As a pooler does with a statement that it does not want.</summary>
    [Fact]
    public async Task Tells_why_it_failed_though_the_connection_ended_with_it()
    {
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), more: options => options.AddInterceptors(new Ending()));
        SqliteException error = await Assert.ThrowsAsync<SqliteException>(app.CreatedAsync);
        Assert.Equal(Ending.Reason, error.Message);
    }

    /// <summary>Where the user has a schema of its own that is looked at first, as <c>"$user"</c> is by default, an empty one made there would take its place.</summary>
    [Fact]
    public async Task Makes_no_second_table_where_there_is_one_that_may_not_be_read()
    {
        string database = await server.CreateDatabaseAsync();
        await using (await TestApp.OnPostgres(database).CreatedAsync())
        {
        }

        string user = $"user_{Guid.NewGuid():N}";
        await using NpgsqlDataSource owner = NpgsqlDataSource.Create(database);
        await owner.CreateCommand($"CREATE ROLE {user} LOGIN; CREATE SCHEMA AUTHORIZATION {user}").ExecuteNonQueryAsync();
        await using TestApp app = TestApp.OnPostgres(new NpgsqlConnectionStringBuilder(database) { Username = user }.ConnectionString);
        PostgresException error = await Assert.ThrowsAsync<PostgresException>(app.CreatedAsync);
        Assert.Equal("permission denied for table sessions", error.MessageText);
    }

    [Fact]
    public async Task Runs_in_many_apps_at_once_on_sqlite() =>
        await AssertParallelAsync(() => TestApp.OnSqlite(_folder.ConnectionString()));

    [Fact]
    public async Task Runs_in_many_apps_at_once_on_postgres()
    {
        string database = await server.CreateDatabaseAsync();
        await AssertParallelAsync(() => TestApp.OnPostgres(database));
    }

    [Fact]
    public async Task Runs_in_many_apps_at_once_without_a_database()
    {
        string database = server.ConnectionString(server.UnusedDatabaseName());
        await AssertParallelAsync(() => TestApp.OnPostgres(database));
    }

    [Fact]
    public async Task Adds_to_the_database_of_an_apps_own_context()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString())));
        await SqliteAsync("CREATE TABLE orders (Id INTEGER)");
        await app.CreatedAsync();
        await AssertWorksAsync(app);
        await SqliteAsync("SELECT * FROM shop_sessions");
    }

    [Fact]
    public async Task Happens_by_itself_in_development()
    {
        await using TestApp sqlite = TestApp.OnSqlite(_folder.ConnectionString(), environment: "Development");
        await AssertWorksAsync(sqlite);
        await using TestApp postgres = TestApp.OnPostgres(
            server.ConnectionString(server.UnusedDatabaseName()), environment: "Development");
        await AssertWorksAsync(postgres);
    }

    [Fact]
    public async Task Happens_by_itself_for_a_synchronous_read_and_for_the_key_ring()
    {
        await using TestApp reading = TestApp.OnSqlite(_folder.ConnectionString("a.db"), environment: "Development");
        Assert.Null(reading.Driver.Read(_record.Key, default));
        await using TestApp keeping = TestApp.OnSqlite(_folder.ConnectionString("b.db"), environment: "Development");
        Assert.Empty(((Drivers.IKeepDataProtectionKeys)keeping.Driver).DataProtectionKeys.GetAllElements());
    }

    [Fact]
    public async Task Happens_again_when_someone_dropped_the_table_in_development()
    {
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), environment: "Development");
        await AssertWorksAsync(app);
        await SqliteAsync("DROP TABLE sessions");
        Assert.Null(await app.Driver.ReadAsync(_record.Key, default));
        await SqliteAsync("DROP TABLE sessions");
        Assert.Null(app.Driver.Read(_record.Key, default));
    }

    [Fact]
    public async Task Uses_the_configured_name()
    {
        await using TestApp app = await TestApp.OnSqlite(
            _folder.ConnectionString(),
            configure: services => services.Configure<FuelSessionsOptions>("db", options => options.Table = "visits")).CreatedAsync();
        await using TestApp other = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        await AssertWorksAsync(app);
        Assert.Null(await other.Driver.ReadAsync(_record.Key, default));
        await AssertWorksAsync(other);
        await SqliteAsync("SELECT * FROM visits");
    }

    [Fact]
    public async Task Says_what_is_missing_when_there_is_no_driver()
    {
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => services.EnsureFuelSessionsCreatedAsync());
        Assert.Equal("Session driver 'db' is not registered. Call AddFuelSessions().AddDbDriver(...).", error.Message);
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertIdempotentAsync(TestApp app)
    {
        await using TestApp _ = app;
        await app.CreatedAsync();
        await AssertWorksAsync(app);
        await app.CreatedAsync();
        Assert.NotNull(await app.Driver.ReadAsync(_record.Key, default));
    }

    private async Task AssertBesideOthersAsync(System.Data.Common.DbConnection connection, TestApp app)
    {
        await using TestApp _ = app;
        await connection.OpenAsync();
        await using System.Data.Common.DbCommand command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE customers (id bigint); INSERT INTO customers VALUES (7)";
        await command.ExecuteNonQueryAsync();
        await app.CreatedAsync();
        await AssertWorksAsync(app);
        command.CommandText = "SELECT id FROM customers";
        Assert.Equal(7L, await command.ExecuteScalarAsync());
    }

    private async Task AssertParallelAsync(Func<TestApp> create)
    {
        TestApp[] apps = [.. Enumerable.Range(0, 8).Select(_ => create())];
        using var start = new Barrier(apps.Length);
        await Task.WhenAll(apps.Select(app => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                app.CreatedAsync().GetAwaiter().GetResult();
            },
            TaskCreationOptions.LongRunning)));
        await AssertWorksAsync(apps[0]);
        foreach (TestApp app in apps)
        {
            Assert.NotNull(await app.Driver.ReadAsync(_record.Key, default));
            await app.DisposeAsync();
        }
    }

    private async Task AssertWorksAsync(TestApp app)
    {
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.NotNull(await app.Driver.ReadAsync(_record.Key, default));
        Assert.Empty(((Drivers.IKeepDataProtectionKeys)app.Driver).DataProtectionKeys.GetAllElements());
    }

    private async Task SqliteAsync(string sql)
    {
        await using var connection = new SqliteConnection(_folder.ConnectionString());
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Ending : DbCommandInterceptor
    {
        internal const string Reason = "No statement of that kind here.";

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (!command.CommandText.Contains("CREATE TABLE", StringComparison.OrdinalIgnoreCase))
            {
                return new(result);
            }

            command.Connection!.Close();
            throw new SqliteException(Reason, 1);
        }
    }
}
