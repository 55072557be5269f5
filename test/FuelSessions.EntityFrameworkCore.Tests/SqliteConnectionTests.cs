using System.Collections.Concurrent;
using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>Which SQLite connections the driver works on: those that EF makes, without EF's functions, and the app's as they are.</summary>
public sealed class SqliteConnectionTests : IDisposable
{
    // One of the functions that EF declares on each connection it makes.
    private const string FunctionOfEf = "SELECT ef_add('1', '2')";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly SessionRecord _record;

    public SqliteConnectionTests() => _record = Support.Records.New(_clock.GetUtcNow());

    [Fact]
    public async Task The_drivers_own_has_none_of_EFs_functions()
    {
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString());
        SqliteException error = await Assert.ThrowsAsync<SqliteException>(() => AskAsync(app, FunctionOfEf));
        Assert.Contains("no such function", error.Message);
    }

    [Fact]
    public async Task That_of_an_apps_own_context_has_them()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString())));
        Assert.Equal("3.0", await AskAsync(app, FunctionOfEf));
    }

    [Fact]
    public async Task The_one_that_the_app_gives_is_used_as_it_is()
    {
        await using var given = new SqliteConnection(_folder.ConnectionString());
        await using var app = new TestApp(builder => builder.AddDbDriver(options => options.UseSqlite(given)), _clock);
        Assert.Same(given, await ConnectionAsync(app));
        await AssertWorksAsync(app);
    }

    [Fact]
    public async Task The_one_that_the_apps_interceptor_supplies_is_used_as_it_is()
    {
        var supplier = new Supplier(_folder.ConnectionString());
        await using TestApp app = TestApp.OnSqlite("Data Source=unused", _clock, more: options => options.AddInterceptors(supplier));
        Assert.Same(await ConnectionAsync(app), Assert.Single(supplier.Supplied));
        await AssertWorksAsync(app);
    }

    [Fact]
    public async Task The_apps_interceptor_may_add_functions_of_its_own()
    {
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), more: options => options.AddInterceptors(new WithAFunction()));
        Assert.Equal(42L, await AskAsync(app, "SELECT answer()"));
    }

    [Theory]
    [InlineData("", null, 30)]
    [InlineData(";Default Timeout=7", null, 7)]
    [InlineData(";Default Timeout=7", 9, 9)]
    public async Task Its_commands_have_the_timeout_that_the_app_sets(string inConnectionString, int? inOptions, int expected)
    {
        var timeouts = new Timeouts();
        await using var app = new TestApp(
            builder => builder.AddDbDriver(options => options
                .UseSqlite(_folder.ConnectionString() + inConnectionString, sqlite => sqlite.CommandTimeout(inOptions))
                .AddInterceptors(timeouts)),
            _clock);
        await AssertWorksAsync(app);
        Assert.Equal([expected], timeouts.Seen.Distinct());
    }

    [Fact]
    public async Task A_shared_database_in_memory_works()
    {
        string connectionString = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        await using var keptOpen = new SqliteConnection(connectionString);
        await keptOpen.OpenAsync();
        await using TestApp app = TestApp.OnSqlite(connectionString, _clock);
        await AssertWorksAsync(app);
    }

    [Fact]
    public async Task A_file_that_was_deleted_and_made_anew_is_the_one_that_is_used()
    {
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), _clock);
        await AssertWorksAsync(app);

        SqliteConnection.ClearAllPools();
        File.Delete(_folder.File());
        await app.CreatedAsync();
        Assert.Null(await app.Driver.ReadAsync(_record.Key, default));
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.Equal(1L, await AskAsync(app, "SELECT count(*) FROM sessions"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertWorksAsync(TestApp app)
    {
        await app.CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.True((await app.Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.Equal(2, (await app.Driver.ReadAsync(_record.Key, default))!.Version);
        Assert.Equal(2, app.Driver.Read(_record.Key, default)!.Version);
    }

    private static Task<DbConnection> ConnectionAsync(TestApp app) => OnContextAsync(app, context => Task.FromResult(context.Database.GetDbConnection()));

    private static Task<object?> AskAsync(TestApp app, string question) => OnContextAsync(app, async context =>
    {
        await context.Database.OpenConnectionAsync();
        await using DbCommand command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = question;
        return await command.ExecuteScalarAsync();
    });

    private static Task<T> OnContextAsync<T>(TestApp app, Func<DbContext, Task<T>> work) =>
        app.Services.GetRequiredService<LeasedDatabase>().RunAsync<SessionRow, T>(async (lease, _, _) => await work(lease.Context), default).AsTask();

    private sealed class Supplier(string connectionString) : DbConnectionInterceptor
    {
        internal ConcurrentQueue<SqliteConnection> Supplied { get; } = [];

        public override InterceptionResult<DbConnection> ConnectionCreating(
            ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result)
        {
            var connection = new SqliteConnection(connectionString);
            Supplied.Enqueue(connection);
            return InterceptionResult<DbConnection>.SuppressWithResult(connection);
        }
    }

    private sealed class WithAFunction : DbConnectionInterceptor
    {
        public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
        {
            ((SqliteConnection)result).CreateFunction("answer", () => 42L);
            return result;
        }
    }

    private sealed class Timeouts : DbCommandInterceptor
    {
        internal ConcurrentQueue<int> Seen { get; } = [];

        public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
        {
            Seen.Enqueue(result.CommandTimeout);
            return result;
        }
    }
}
