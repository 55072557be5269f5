using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>Who forgot to create the tables is told which, and how.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MissingTableTests(PostgresServer server) : IDisposable
{
    private const string SessionsMissing =
        "The table 'sessions' of session driver 'db' does not exist. Create it at start-up with "
        + "`await app.Services.EnsureFuelSessionsCreatedAsync();`, or, with AddDbDriver<TContext>(), by a migration of the app's own that was "
        + "made after modelBuilder.AddFuelSessions() was added to OnModelCreating. (In Development it is created by itself.) "
        + "Where that is done, the connection leads to another database, schema or search path, or the database was replaced or emptied since: start the app again.";

    private readonly TempFolder _folder = new();
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    [Fact]
    public async Task On_sqlite() => await AssertToldAsync(TestApp.OnSqlite(_folder.ConnectionString()));

    [Fact]
    public async Task On_postgres() => await AssertToldAsync(TestApp.OnPostgres(await server.CreateDatabaseAsync()));

    [Fact]
    public async Task With_a_provider_that_retries() => await AssertToldAsync(new TestApp(
        builder => builder.AddDbDriver(options => options.UseNpgsql(
            server.SharedDatabaseAsync(nameof(MissingTableTests)).Result, postgres => postgres.EnableRetryOnFailure()))));

    /// <summary>They were made, and are gone.</summary>
    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=")]
    [InlineData("Data Source=shop;Mode=Memory;Cache=Shared")]
    [InlineData("Data Source=file::memory:;Pooling=False")]
    [InlineData("Data Source=file:shop?mode=memory;Pooling=False")]
    public async Task In_memory(string connectionString)
    {
        await using TestApp app = await TestApp.OnSqlite(connectionString).CreatedAsync();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.Driver.WriteAsync(_record, default));
        Assert.EndsWith("Where that is done, they ended with the connection that made them, as SQLite keeps this database in memory: name a file.", error.Message);
    }

    [Fact]
    public async Task With_the_apps_own_table_name()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString())));
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await app.Driver.ReadAsync(_record.Key, default));
        Assert.StartsWith("The table 'shop_sessions' of session driver 'db' does not exist.", error.Message);
    }

    [Fact]
    public async Task A_context_without_the_tables_in_its_model_is_named()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<BareContext>(),
            configure: services => services.AddDbContext<BareContext>(options => options.UseSqlite(_folder.ConnectionString())));
        const string Message = "BareContext knows nothing of FuelSessions' tables. Call modelBuilder.AddFuelSessions() in its OnModelCreating.";
        Assert.Equal(Message, (await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await app.Driver.ReadAsync(_record.Key, default))).Message);
        Assert.Equal(Message, (await Assert.ThrowsAsync<InvalidOperationException>(() => app.CreatedAsync())).Message);
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertToldAsync(TestApp app)
    {
        await using TestApp _ = app;
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
        ];
        foreach (Func<Task> operation in operations)
        {
            Assert.Equal(SessionsMissing, (await Assert.ThrowsAsync<InvalidOperationException>(operation)).Message);
        }

        string keys = Assert.Throws<InvalidOperationException>(
            () => ((IKeepDataProtectionKeys)driver).DataProtectionKeys.GetAllElements()).Message;
        Assert.StartsWith("The table 'data_protection_keys' of the Data Protection keys of session driver 'db' does not exist.", keys);
    }

    private sealed class BareContext(DbContextOptions<BareContext> options) : DbContext(options);
}
