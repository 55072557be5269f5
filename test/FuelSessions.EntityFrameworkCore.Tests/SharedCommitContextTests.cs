using System.Collections.Concurrent;
using System.Data.Common;
using System.Transactions;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>What an app does with its contexts and connections stays as it is where writes share a commit.</summary>
public sealed class SharedCommitContextTests : IDisposable
{
    private const int Writers = 8;

    // Which request it is, as an app's own code would know it.
    private static readonly AsyncLocal<string?> Request = new();

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly Gate _gate = new();

    [Fact]
    public async Task An_interceptor_sees_every_write_as_its_own_request_would_have_it()
    {
        var seen = new Requests();
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.AddInterceptors(_gate, seen)).CreatedAsync();
        await AssertWrittenAsync(app);
        Assert.Equal(Numbers(), seen.Seen.OfType<string>().Order());
        Assert.Equal(Writers, _gate.TakeInTransaction().Count(inTransaction => inTransaction));
    }

    [Fact]
    public async Task A_context_of_the_apps_writes_together_too()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            _clock,
            services => services.AddDbContextPool<ShopContext>(options => options.UseSqlite(_folder.ConnectionString()).AddInterceptors(_gate)));
        await app.CreatedAsync();
        await AssertWrittenAsync(app);
        Assert.Equal(Writers, _gate.TakeInTransaction().Count(inTransaction => inTransaction));
    }

    /// <summary>Each request another file: by what its context is made of, or by an interceptor as the connection opens.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_of_several_tenants_stay_apart(bool byInterceptor)
    {
        string[] tenants = ["north", "south"];
        foreach (string tenant in tenants)
        {
            await using TestApp alone = await TestApp.OnSqlite(_folder.ConnectionString(tenant), _clock).CreatedAsync();
        }

        await using TestApp app = byInterceptor
            ? TestApp.OnSqlite("Data Source=unused", _clock, more: options => options.AddInterceptors(_gate, new ByRequest(this)))
            : new TestApp(
                builder => builder.AddDbDriver<TenantContext>(),
                _clock,
                services => services.AddDbContext<TenantContext>(options => options.UseSqlite().AddInterceptors(_gate)).AddSingleton(_folder));
        Request.Value = "north";
        await app.Driver.WriteAsync(New(), default);
        SessionRecord[] records = [.. Enumerable.Range(0, Writers).Select(_ => New())];
        await WhileBusyAsync(app, number =>
        {
            Request.Value = tenants[number % 2];
            return app.Driver.WriteAsync(records[number], default).AsTask();
        });
        for (int number = 0; number < Writers; number++)
        {
            Request.Value = tenants[number % 2];
            Assert.NotNull(await app.Driver.ReadAsync(records[number].Key, default));
            Request.Value = tenants[(number + 1) % 2];
            Assert.Null(await app.Driver.ReadAsync(records[number].Key, default));
        }
    }

    /// <summary>A transaction of ours would be in the way of what the app does on it, and its own in the way of ours.</summary>
    [Fact]
    public async Task A_connection_that_the_app_gives_is_written_to_one_by_one()
    {
        await using var given = new SqliteConnection("Data Source=:memory:");
        await given.OpenAsync();
        await using var app = new TestApp(builder => builder.AddDbDriver(options => options.UseSqlite(given).AddInterceptors(_gate)), _clock);
        await app.CreatedAsync();
        await AssertWrittenAsync(app);
        Assert.DoesNotContain(true, _gate.TakeInTransaction());
    }

    [Fact]
    public async Task A_database_in_memory_works()
    {
        string connectionString = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        await using var keptOpen = new SqliteConnection(connectionString);
        await keptOpen.OpenAsync();
        await using TestApp app = await TestApp.OnSqlite(connectionString, _clock, more: options => options.AddInterceptors(_gate)).CreatedAsync();
        await AssertWrittenAsync(app);
    }

    [Fact]
    public async Task The_apps_own_transaction_on_the_file_is_waited_for_and_its_rollback_takes_nothing_along()
    {
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            _clock,
            services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString())));
        await app.CreatedAsync();
        await using AsyncServiceScope request = app.Services.CreateAsyncScope();
        ShopContext shop = request.ServiceProvider.GetRequiredService<ShopContext>();
        await using IDbContextTransaction transaction = await shop.Database.BeginTransactionAsync();
        await shop.Database.ExecuteSqlRawAsync("UPDATE shop_sessions SET version = 1");
        SessionRecord[] records = [.. Enumerable.Range(0, Writers).Select(_ => New())];
        Task<WriteResult>[] writes = [.. records.Select(record => app.Driver.WriteAsync(record, default).AsTask())];
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        await transaction.RollbackAsync();
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));
        Assert.All(await Task.WhenAll(records.Select(record => app.Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
    }

    [Fact]
    public async Task An_ambient_transaction_takes_no_part()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.AddInterceptors(_gate)).CreatedAsync();
        SessionRecord[] records = [.. Enumerable.Range(0, Writers).Select(_ => New())];
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await WhileBusyAsync(app, number => app.Driver.WriteAsync(records[number], default).AsTask());
            Assert.NotNull(Transaction.Current);
        }

        Assert.All(await Task.WhenAll(records.Select(record => app.Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
    }

    [Fact]
    public async Task A_context_that_is_in_a_transaction_of_its_own_is_left_to_itself()
    {
        await using TestApp plain = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();
        await using var app = new TestApp(
            builder => builder.AddDbDriver<CommittingContext>(),
            _clock,
            services => services.AddDbContext<CommittingContext>(options => options.UseSqlite(_folder.ConnectionString()).AddInterceptors(_gate)));
        app.Services.GetRequiredService<LeasedDatabase>().Trust();
        SessionRecord[] records = [.. Enumerable.Range(0, Writers).Select(_ => New())];
        await WhileBusyAsync(app, number => app.Driver.WriteAsync(records[number], default).AsTask());
        Assert.All(await Task.WhenAll(records.Select(record => plain.Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_the_one_that_is_written_to()
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock, more: options => options.AddInterceptors(_gate)).CreatedAsync();
        await AssertWrittenAsync(app);
        SqliteConnection.ClearAllPools();
        File.Delete(_folder.File());
        await app.CreatedAsync();
        await AssertWrittenAsync(app);
        Assert.Equal(Writers + 1L, await Sql.OnceAsync(new SqliteConnection(_folder.ConnectionString()), "SELECT count(*) FROM sessions"));
    }

    public void Dispose()
    {
        _gate.Open();
        _folder.Dispose();
    }

    private static string[] Numbers() => [.. Enumerable.Range(0, Writers).Select(number => $"{number}")];

    private SessionRecord New() => Support.Records.New(_clock.GetUtcNow());

    private async Task AssertWrittenAsync(TestApp app)
    {
        SessionRecord[] records = [.. Enumerable.Range(0, Writers).Select(_ => New())];
        await WhileBusyAsync(app, number =>
        {
            Request.Value = $"{number}";
            return app.Driver.WriteAsync(records[number], default).AsTask();
        });
        Assert.All(await Task.WhenAll(records.Select(record => app.Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
    }

    /// <summary>Begins them, each in a flow of its own, while a write is on its way.</summary>
    private async Task WhileBusyAsync(TestApp app, Func<int, Task<WriteResult>> write)
    {
        await app.Driver.DeleteAsync(SessionKey.Create(), 1, default);
        _gate.TakeInTransaction();
        Task held = _gate.HoldAsync();
        Task<WriteResult> before = app.Driver.WriteAsync(New(), default).AsTask();
        await held;
        Task<WriteResult>[] writes = [.. Enumerable.Range(0, Writers).Select(InItsOwnFlow)];
        _gate.Open();
        Assert.True((await before).IsWritten);
        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.IsWritten));

        async Task<WriteResult> InItsOwnFlow(int number) => await write(number);
    }

    private sealed class Requests : DbCommandInterceptor
    {
        internal ConcurrentQueue<string?> Seen { get; } = [];

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            Seen.Enqueue(Request.Value);
            return new(result);
        }
    }

    private sealed class ByRequest(SharedCommitContextTests tests) : DbConnectionInterceptor
    {
        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            connection.ConnectionString = tests._folder.ConnectionString(Request.Value!);
            return new(result);
        }
    }

    private sealed class TenantContext(DbContextOptions<TenantContext> options, TempFolder folder) : DbContext(options)
    {
        protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlite(folder.ConnectionString(Request.Value!));

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFuelSessions();
    }

    /// <summary>Begins a transaction as it is made, and commits it in the end.</summary>
    private sealed class CommittingContext : DbContext
    {
        public CommittingContext(DbContextOptions<CommittingContext> options)
            : base(options)
        {
            Database.OpenConnection();
            Database.UseTransaction(((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true));
        }

        public override async ValueTask DisposeAsync()
        {
            await Database.CommitTransactionAsync();
            await base.DisposeAsync();
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFuelSessions();
    }
}
