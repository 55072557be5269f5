using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W2] What the database rolled back for the sake of another transaction is tried again, also without a provider that retries.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ConflictTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly BrokenWire _wire = new();

    public static TheoryData<string> Conflicts =>
    [
        "postgres 40001", "postgres 40P01", "postgres 55P03",
        "mysql 1213", "mysql 1205", "mysql 1020",
        "sqlserver 1205", "sqlserver 1222", "sqlserver 3960", "sqlserver 41302",
        "sqlite 5", "sqlite 6",
    ];

    [Theory]
    [MemberData(nameof(Conflicts))]
    public async Task Every_operation_is_tried_again(string conflict)
    {
        await using TestApp app = await AppAsync();
        ISessionDriver driver = app.Driver;
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());

        Assert.True((await RefusedAsync(() => driver.WriteAsync(record, default))).IsWritten);
        Assert.True((await RefusedAsync(() => driver.WriteAsync(record.Next([1]), default))).IsWritten);
        Assert.True((await RefusedAsync(() => driver.TouchAsync(record.Key, 2, record.Expires.AddMinutes(1), default))).IsWritten);
        Assert.Equal(2, (await RefusedAsync(() => driver.ReadAsync(record.Key, default)))!.Version);
        Assert.Equal(2, (await RefusedAsync<SessionRecord?>(() => new(driver.Read(record.Key, default))))!.Version);
        Assert.True((await RefusedAsync(() => driver.DeleteAsync(record.Key, 2, default))).IsWritten);
        Assert.Equal(0, await RefusedAsync(() => ((ICollectExpired)driver).CollectExpiredAsync(10, default)));
        var keys = ((IKeepDataProtectionKeys)driver).DataProtectionKeys;
        _wire.Refuse(Error(conflict), times: 3);
        keys.StoreElement(new("key"), "key");
        Assert.Single(await RefusedAsync<IReadOnlyCollection<System.Xml.Linq.XElement>>(() => new(keys.GetAllElements())));

        async Task<T> RefusedAsync<T>(Func<ValueTask<T>> operation)
        {
            _wire.Refuse(Error(conflict), times: 3);
            T result = await operation();
            Assert.Equal(0, _wire.Left);
            return result;
        }
    }

    [Theory]
    [InlineData("postgres 23505")]
    [InlineData("postgres 57014")]
    [InlineData("mysql 1062")]
    [InlineData("mysql 2013")]
    [InlineData("sqlserver 2627")]
    [InlineData("sqlite 13")]
    public async Task Other_errors_are_not(string error)
    {
        await using TestApp app = await AppAsync();
        _wire.Refuse(Error(error));
        await Assert.ThrowsAsync<ProviderError>(async () => await app.Driver.ReadAsync(SessionKey.Create(), default));
    }

    [Fact]
    public async Task It_ends_with_the_token_and_says_what_took_so_long()
    {
        await using TestApp app = await AppAsync();
        using var cancellation = new CancellationTokenSource();
        _wire.Refuse(Error("postgres 40001"), times: 5);
        _wire.Refusing = left =>
        {
            if (left == 2)
            {
                cancellation.Cancel();
            }
        };
        Exception error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await app.Driver.ReadAsync(SessionKey.Create(), cancellation.Token));
        Assert.Equal(2, _wire.Left);
        Assert.Equal("40001: no", error.InnerException!.Message);
    }

    /// <summary>The token of a session's call ends with StoreTimeout; the key ring's calls have none.</summary>
    [Fact]
    public async Task It_ends_with_the_store_timeout_where_there_is_no_token()
    {
        await using TestApp app = await AppAsync(TimeSpan.FromMilliseconds(50));
        _wire.Refuse(Error("postgres 40001"), times: 100_000);
        Assert.Throws<ProviderError>(((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys.GetAllElements);
    }

    /// <summary>Two transactions write one row, and the second one must not: PostgreSQL says so by 40001.</summary>
    [Fact]
    public async Task A_serializable_database_is_as_good_as_any()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnPostgres(database + ";Options=-c default_transaction_isolation=serializable", _clock).CreatedAsync();
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);

        Assert.True((await MeanwhileAsync(() => app.Driver.WriteAsync(record.Next([1]), default).AsTask())).IsWritten);
        Assert.True((await MeanwhileAsync(() => app.Driver.TouchAsync(record.Key, 2, record.Expires.AddMinutes(1), default).AsTask())).IsWritten);
        Assert.True((await MeanwhileAsync(() => app.Driver.DeleteAsync(record.Key, 2, default).AsTask())).IsWritten);

        // Somebody has changed the row and commits only when the operation waits for it.
        async Task<T> MeanwhileAsync<T>(Func<Task<T>> operation)
        {
            await using var other = new NpgsqlConnection(database);
            await other.OpenAsync();
            await using NpgsqlTransaction transaction = await other.BeginTransactionAsync();
            await other.ScalarAsync("UPDATE sessions SET updated = updated + 1");
            Task<T> running = operation();
            await using var watcher = new NpgsqlConnection(database);
            await watcher.OpenAsync();
            while (await watcher.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is not 1L)
            {
                Assert.False(running.IsCompleted, "It did not wait for the other transaction.");
            }

            await transaction.CommitAsync();
            return await running;
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<TestApp> AppAsync(TimeSpan? timeout = null) => TestApp.OnSqlite(
        _folder.ConnectionString(),
        _clock,
        services => services.ConfigureAll<FuelSessionsOptions>(options => options.StoreTimeout = timeout ?? options.StoreTimeout),
        more: options => options.AddInterceptors(_wire)).CreatedAsync();

    private static ProviderError Error(string what) => what.Split(' ') switch
    {
        ["postgres", string state] => ProviderError.PostgreSql(state),
        ["mysql", string number] => ProviderError.MySql(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)),
        ["sqlserver", string number] => ProviderError.SqlServer(number),
        ["sqlite", string code] => ProviderError.Sqlite(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException(what),
    };
}
