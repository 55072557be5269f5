using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>
/// [F9] What is particular to SQL Server: what its user options and triggers do to counts and commits, its isolation levels. On the server that FUELSESSIONS_SQLSERVER leads
/// to, in tables of each test's own; the project file leaves it out where that is not set.
/// </summary>
public sealed class SqlServerTests : IAsyncLifetime
{
    private readonly string _table = $"sessions_{Guid.NewGuid():N}";
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    private static string Server => Environment.GetEnvironmentVariable("FUELSESSIONS_SQLSERVER")
        ?? throw new InvalidOperationException("These tests were built for a SQL Server. Set FUELSESSIONS_SQLSERVER to its connection string.");

    /// <summary>As the server's user options, or an app's interceptor, would have it.</summary>
    [Theory]
    [InlineData("SET NOCOUNT ON")]
    [InlineData("SET IMPLICIT_TRANSACTIONS ON")]
    [InlineData("SET NOCOUNT ON; SET IMPLICIT_TRANSACTIONS ON")]
    [InlineData("SET XACT_ABORT ON")]
    [InlineData("SET QUOTED_IDENTIFIER OFF")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED")]
    public async Task User_options_change_nothing(string options)
    {
        await using TestApp app = await App(new OnOpen(options)).CreatedAsync();
        await using TestApp other = App();
        await app.StartAsync();
        ISessionDriver driver = app.Driver;
        Assert.True((await driver.WriteAsync(_record, default)).IsWritten);
        Assert.NotNull((await driver.WriteAsync(_record, default)).Winner);
        Assert.Equal(1, (await other.Driver.ReadAsync(_record.Key, default))!.Version);
        Assert.True((await driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.NotNull((await driver.WriteAsync(_record.Next([2]), default)).Winner);
        Assert.Equal([1], (await driver.ReadAsync(_record.Key, default))!.Data.ToArray());
        Assert.True((await other.Driver.WriteAsync(_record.Next([1]).Next([3]), default)).IsWritten);
        Assert.Equal([3], (await driver.ReadAsync(_record.Key, default))!.Data.ToArray());
        Assert.True((await driver.TouchAsync(_record.Key, 3, _record.Expires.AddMinutes(1), default)).IsWritten);
        Assert.True((await driver.DeleteAsync(_record.Key, 3, default)).IsWritten);
        Assert.Null(await other.Driver.ReadAsync(_record.Key, default));
        var keys = ((IKeepDataProtectionKeys)driver).DataProtectionKeys;
        string name = Guid.NewGuid().ToString();
        keys.StoreElement(new("key", name), name);
        Assert.Contains(((IKeepDataProtectionKeys)other.Driver).DataProtectionKeys.GetAllElements(), element => element.Value == name);
    }

    [Theory]
    [InlineData("AFTER UPDATE AS SET NOCOUNT ON")]
    [InlineData("AFTER INSERT, UPDATE, DELETE AS SET NOCOUNT ON; UPDATE data_protection_keys SET xml = xml WHERE 1 = 0")]
    public async Task A_trigger_that_counts_nothing_is_right(string trigger)
    {
        await using TestApp app = await App().CreatedAsync();
        await ExecuteAsync($"CREATE TRIGGER t_{_table} ON {_table} {trigger}");
        await app.StartAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.True((await app.Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.NotNull((await app.Driver.WriteAsync(_record.Next([2]), default)).Winner);
    }

    [Theory]
    [InlineData("INSTEAD OF INSERT AS SET NOCOUNT ON", "it has inserted a row")]
    [InlineData("INSTEAD OF UPDATE AS SET NOCOUNT ON", "it has replaced a row")]
    [InlineData("INSTEAD OF DELETE AS SET NOCOUNT ON", "it has deleted a row")]
    public async Task A_trigger_that_discards_is_refused(string trigger, string reason)
    {
        await using (await App().CreatedAsync())
        {
        }

        await ExecuteAsync($"CREATE TRIGGER t_{_table} ON {_table} {trigger}");
        await using TestApp app = App();
        Assert.Contains(reason, (await Assert.ThrowsAsync<UnreliableDatabaseException>(app.StartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_that_nobody_commits_is_refused()
    {
        await using (await App().CreatedAsync())
        {
        }

        await using TestApp app = App(new OnOpen("BEGIN TRANSACTION"));
        await Assert.ThrowsAsync<UnreliableDatabaseException>(app.StartAsync);
    }

    [Fact]
    public async Task A_save_that_waits_for_a_lock_ends_with_its_token_and_is_told_as_unknown()
    {
        await using TestApp app = await App().CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        await using var other = new SqlConnection(Server);
        await other.OpenAsync();
        await other.ScalarAsync($"BEGIN TRANSACTION; UPDATE {_table} SET version = version");
        using var cancellation = new CancellationTokenSource();
        Task<WriteResult> write = app.Driver.WriteAsync(_record.Next([1]), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        await other.CloseAsync();
        Assert.InRange((await app.Driver.ReadAsync(_record.Key, default))!.Version, 1, 2);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => ExecuteAsync($"DROP TABLE IF EXISTS {_table}");

    private TestApp App(params OnOpen[] onOpen) => new(
        builder => builder.AddDbDriver(options => options.UseSqlServer(Server).AddInterceptors(onOpen)),
        configure: services => services.ConfigureAll<FuelSessionsOptions>(options => options.Table = _table));

    private static Task ExecuteAsync(string sql) => Sql.OnceAsync(new SqlConnection(Server), sql);
}
