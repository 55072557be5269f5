using System.Transactions;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>Sessions in the app's own context, apart from what the app does with it.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AppContextTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task Comes_from_a_factory_of_any_lifetime(ServiceLifetime lifetime) =>
        await AssertWorksAsync(services => services.AddDbContextFactory<ShopContext>(OnSqlite, lifetime));

    [Fact]
    public async Task Comes_from_a_pooled_factory() => await AssertWorksAsync(services => services.AddPooledDbContextFactory<ShopContext>(OnSqlite));

    [Fact]
    public async Task Comes_from_a_pool() => await AssertWorksAsync(services => services.AddDbContextPool<ShopContext>(OnSqlite));

    [Fact]
    public async Task Comes_from_a_scope() => await AssertWorksAsync(services => services.AddDbContext<ShopContext>(OnSqlite));

    [Fact]
    public async Task Comes_from_a_scope_that_only_ends_asynchronously()
    {
        var ended = new List<object>();
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>().PersistDataProtectionKeys(),
            configure: services => services
                .AddScoped(_ => new EndsAsynchronously(ended))
                .AddDbContext<ShopContext>((scope, options) => _ = (scope.GetRequiredService<EndsAsynchronously>(), options.UseSqlite(_folder.ConnectionString()))));
        await app.CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.Empty(((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys.GetAllElements());
        Assert.True(ended.Count > 2);
    }

    [Fact]
    public async Task A_name_that_another_index_of_the_apps_has_taken_is_told_at_once()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(_folder.ConnectionString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE UNIQUE INDEX one_each ON sessions (principal)";
            command.ExecuteNonQuery();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Assert.True((await app.Driver.WriteAsync(_record with { Principal = "ann" }, patience.Token)).IsWritten);
        SessionRecord another = Support.Records.New(_record.Created) with { Principal = "ann" };
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(async () => await app.Driver.WriteAsync(another, patience.Token));
        Assert.Contains("UNIQUE constraint failed: sessions.principal", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsOutcomeUnknown);
    }

    [Fact]
    public async Task Is_never_the_requests_own()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(OnSqlite));
        await using AsyncServiceScope request = app.Services.CreateAsyncScope();
        ShopContext shop = request.ServiceProvider.GetRequiredService<ShopContext>();
        await shop.Database.EnsureCreatedAsync();
        shop.Orders.Add(new Order { Article = "not saved yet" });
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.True((await app.Driver.WriteAsync(_record.Next(), default)).IsWritten);
        Assert.Single(shop.ChangeTracker.Entries());
        Assert.Equal(0, await shop.Orders.CountAsync());
    }

    [Fact]
    public async Task A_rollback_of_the_apps_transaction_leaves_the_session()
    {
        string database = await server.CreateDatabaseAsync();
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(
                options => options.UseNpgsql(database, postgres => postgres.EnableRetryOnFailure())));
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await app.CreatedAsync();
            Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
            Assert.NotNull(app.Driver.Read(_record.Key, default));
            Assert.NotNull(Transaction.Current);
        }

        Assert.NotNull(await app.Driver.ReadAsync(_record.Key, default));
    }

    [Fact]
    public async Task Works_with_a_model_per_tenant()
    {
        string database = await server.CreateDatabaseAsync();
        await using var app = new TestApp(
            builder => builder.AddDbDriver<TenantContext>(),
            configure: services => services.AddDbContext<TenantContext>(options => options
                .UseNpgsql(database)
                .ReplaceService<IModelCacheKeyFactory, TenantModelKey>()));
        foreach (string tenant in (string[])["north", "south"])
        {
            TenantContext.Tenant.Value = tenant;
            await app.CreatedAsync();
            Assert.Null(await app.Driver.ReadAsync(_record.Key, default));
            Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
            Assert.NotNull(app.Driver.Read(_record.Key, default));
            Assert.True((await app.Driver.WriteAsync(_record.Next(), default)).IsWritten);
        }
    }

    [Fact]
    public async Task Works_with_conversions_of_the_apps_own()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ConvertingContext>(),
            configure: services => services.AddDbContext<ConvertingContext>(OnSqlite));
        await app.CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.True((await app.Driver.WriteAsync(_record.Next([1, 2]), default)).IsWritten);
        Assert.Equal([1, 2], (await app.Driver.ReadAsync(_record.Key, default))!.Data.ToArray());
        Assert.Equal(_record.Expires, app.Driver.Read(_record.Key, default)!.Expires);
    }

    [Fact]
    public async Task A_context_with_migrations_gets_its_tables_from_those_alone()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<MigratedContext>(),
            configure: services => services.AddDbContext<MigratedContext>(options => options.UseSqlite(_folder.ConnectionString())),
            environment: "Development");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await app.Driver.ReadAsync(_record.Key, default));
        Assert.Contains("'sessions'", error.Message);
        Assert.Contains("migration", error.Message);
    }

    [Fact]
    public async Task Can_be_configured_from_the_apps_services()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver((services, options) => options.UseSqlite(services.GetRequiredService<Settings>().ConnectionString)),
            configure: services => services.AddSingleton(new Settings(_folder.ConnectionString())));
        await app.CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
    }

    [Fact]
    public async Task A_later_registration_replaces_an_earlier_one()
    {
        await using var app = new TestApp(
            builder => builder
                .AddDbDriver(options => options.UseNpgsql("Host=nowhere.invalid"))
                .AddDbDriver<ShopContext>()
                .AddDbDriver(options => options.UseSqlite(_folder.ConnectionString())));
        await app.CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
    }

    public void Dispose() => _folder.Dispose();

    private void OnSqlite(DbContextOptionsBuilder options) => options.UseSqlite(_folder.ConnectionString());

    private async Task AssertWorksAsync(Action<IServiceCollection> register)
    {
        await using var app = new TestApp(builder => builder.AddDbDriver<ShopContext>(), configure: register);
        await app.CreatedAsync();
        for (int round = 0; round < 3; round++)
        {
            SessionRecord record = Support.Records.New(_record.Created);
            Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
            Assert.NotNull(app.Driver.Read(record.Key, default));
            Assert.NotNull(await app.Driver.ReadAsync(record.Key, default));
        }
    }

    private sealed record Settings(string ConnectionString);

    private sealed class ConvertingContext(DbContextOptions<ConvertingContext> options) : DbContext(options)
    {
        protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
        {
            conventions.Properties<long>().HaveConversion<double>();
            conventions.Properties<byte[]>().HaveConversion<string>();
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFuelSessions();
    }

    private sealed class TenantContext(DbContextOptions<TenantContext> options) : DbContext(options)
    {
        internal static readonly AsyncLocal<string> Tenant = new();

        internal string Schema { get; } = Tenant.Value!;

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(Schema).AddFuelSessions();
    }

    private sealed class TenantModelKey : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => ((context as TenantContext)?.Schema, designTime);
    }

    private sealed class EndsAsynchronously(List<object> ended) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            ended.Add(this);
            return default;
        }
    }
}
