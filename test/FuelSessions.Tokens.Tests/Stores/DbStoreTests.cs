using System.Data.Common;
using System.Transactions;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>What is particular to tokens in a database: the table, its cleaning, the app's own context and transactions.</summary>
[Collection(StoresOnPostgres.Name)]
public sealed class DbStoreTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly IDataProtectionProvider _protection = new EphemeralDataProtectionProvider();
    private readonly LogRecorder _logs = new();

    [Fact]
    public async Task A_missing_table_is_told_of_on_sqlite() => await AssertToldAsync(new TokenSessionOptions().UseDb(db => db.UseSqlite(_folder.Sqlite)));

    [Fact]
    public async Task A_missing_table_is_told_of_on_postgres()
    {
        string database = await server.CreateDatabaseAsync();
        await AssertToldAsync(new TokenSessionOptions().UseDb(db => db.UseNpgsql(database, postgres => postgres.EnableRetryOnFailure())));
    }

    [Fact]
    public async Task The_table_is_made_where_it_is_asked_for_and_only_there()
    {
        string database = await server.CreateDatabaseAsync();
        StoredTokenManager manager = Manager(new TokenSessionOptions().UseDb(db => db.UseNpgsql(database), "my_tokens"), Host("Production"));
        await using ServiceProvider services = new ServiceCollection().AddSingleton<ITokenManagers>(new Managers(manager)).BuildServiceProvider();
        await services.EnsureTokenSessionsCreatedAsync();
        await services.EnsureTokenSessionsCreatedAsync();
        await manager.SetAsync(Client.Token("1"), Client.Key());
        Assert.Equal(1L, await Sql.OnceAsync(new Npgsql.NpgsqlConnection(database), "SELECT count(*) FROM my_tokens"));
        Assert.Equal(1L, await Sql.OnceAsync(new Npgsql.NpgsqlConnection(database), "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"));
    }

    [Fact]
    public async Task An_app_makes_the_tables_of_all_its_clients_at_start_up()
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        foreach (string client in new[] { "podio", "github" })
        {
            builder.Services.AddTokenSession(client, options =>
            {
                options.ClientId = "client";
                options.TokenEndpoint = new Uri("https://provider.example/token");
                options.DataProtection = _protection;
                options.UseDb(db => db.UseSqlite(_folder.Sqlite), $"{client}_tokens");
            });
        }

        using IHost host = builder.Build();
        var sessions = host.Services.GetRequiredService<TokenSessionFactory>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => sessions.CreateAsync("podio"));
        await host.EnsureTokenSessionsCreatedAsync();
        Assert.False((await sessions.CreateAsync("podio")).IsAuthenticated);
        Assert.False((await sessions.CreateAsync("github")).IsAuthenticated);
        Assert.Equal(2L, await Sql.OnceAsync(new SqliteConnection(_folder.Sqlite), "SELECT count(*) FROM sqlite_master WHERE name IN ('podio_tokens', 'github_tokens')"));
    }

    [Fact]
    public async Task Without_such_a_client_there_is_no_table_to_make() => Assert.Equal(
        "No token session keeps its tokens in a database. Call UseDb(...) on its options.",
        (await Assert.ThrowsAsync<InvalidOperationException>(() => new ServiceCollection().BuildServiceProvider().EnsureTokenSessionsCreatedAsync())).Message);

    [Fact]
    public async Task In_development_the_table_is_made_at_the_first_use_and_again_if_someone_drops_it()
    {
        StoredTokenManager manager = Manager(new TokenSessionOptions().UseDb(db => db.UseSqlite(_folder.Sqlite)), Host("Development"));
        await manager.SetAsync(Client.Token("1"), Client.Key());
        await Sql.OnceAsync(new SqliteConnection(_folder.Sqlite), "DROP TABLE oauth_tokens");
        Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
    }

    [Fact]
    public async Task A_token_whose_refresh_token_ends_first_stays_as_long_as_the_API_takes_it()
    {
        StoredTokenManager manager = Sqlite();
        DateTimeOffset now = _clock.GetUtcNow();
        await manager.SetAsync(new OAuthToken { AccessToken = "a", RefreshToken = "b", ExpiresAt = now.AddHours(3), RefreshTokenExpiresAt = now.AddMinutes(30) }, Client.Key("long"));

        _clock.Advance(TimeSpan.FromHours(2));
        await manager.SetAsync(OAuthToken.Empty, Client.Key("y"));
        Assert.Equal("a", (await manager.GetAsync(Client.Key("long"))).AccessToken);
        _clock.Advance(TimeSpan.FromHours(2));
        await manager.SetAsync(OAuthToken.Empty, Client.Key("y"));
        Assert.Equal(0L, await RowsAsync());
    }

    [Fact]
    public async Task Rows_that_have_ended_are_removed_at_most_once_an_hour()
    {
        StoredTokenManager manager = Sqlite();
        DateTimeOffset now = _clock.GetUtcNow();
        await manager.SetAsync(Client.Token("lasts"), Client.Key("lasts"));
        await manager.SetAsync(new OAuthToken { AccessToken = "a", ExpiresAt = now.AddMinutes(10) }, Client.Key("short"));
        await manager.SetAsync(new OAuthToken { AccessToken = "a", RefreshToken = "b", ExpiresAt = now.AddMinutes(10), RefreshTokenExpiresAt = now.AddDays(1) }, Client.Key("day"));

        _clock.Advance(TimeSpan.FromMinutes(30));
        await manager.SetAsync(Client.Token("x"), Client.Key("x"));
        Assert.Equal(4L, await RowsAsync());
        _clock.Advance(TimeSpan.FromMinutes(31));
        await manager.SetAsync(OAuthToken.Empty, Client.Key("y"));
        Assert.Equal(3L, await RowsAsync());
        _clock.Advance(TimeSpan.FromDays(1));
        await manager.SetAsync(OAuthToken.Empty, Client.Key("y"));
        Assert.Equal(2L, await RowsAsync());
        Assert.Equal("access-lasts", (await manager.GetAsync(Client.Key("lasts"))).AccessToken);
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task The_apps_transaction_does_not_take_a_token_with_it()
    {
        string database = await server.CreateDatabaseAsync();
        StoredTokenManager manager = Manager(new TokenSessionOptions().UseDb(db => db.UseNpgsql(database, postgres => postgres.EnableRetryOnFailure())));
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await manager.SetAsync(Client.Token("1"), Client.Key());
        }

        Assert.Equal("access-1", (await manager.GetAsync(Client.Key())).AccessToken);
    }

    [Fact]
    public async Task The_apps_own_context_can_have_the_table()
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddDbContext<ShopContext>(db => db.UseSqlite(_folder.Sqlite))
            .AddSingleton<IHostEnvironment>(new NamedEnvironment("Production"))
            .BuildServiceProvider(validateScopes: true);
        await using (AsyncServiceScope scope = services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync();
        }

        StoredTokenManager manager = Manager(new TokenSessionOptions().UseDb<ShopContext>(), services);
        await manager.SetAsync(Client.Token("1"), Client.Key());
        Assert.True(await manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), Client.Key()));
        Assert.Equal("access-2", (await manager.GetAsync(Client.Key())).AccessToken);
        Assert.Equal(1L, await Sql.OnceAsync(new SqliteConnection(_folder.Sqlite), "SELECT count(*) FROM shop_tokens"));
    }

    [Fact]
    public async Task A_context_without_the_table_in_its_model_is_named()
    {
        await using ServiceProvider services = new ServiceCollection().AddDbContext<BareContext>(db => db.UseSqlite(_folder.Sqlite)).BuildServiceProvider();
        StoredTokenManager manager = Manager(new TokenSessionOptions().UseDb<BareContext>(), services);
        Assert.Equal(
            "BareContext knows nothing of FuelSessions' tables. Call modelBuilder.AddTokenSessions() in its OnModelCreating.",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => manager.GetAsync(Client.Key()))).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_whose_answer_was_lost_is_repeated_and_counts_once(bool stored)
    {
        var wire = new BreakingWire();
        StoredTokenManager manager = Manager(new TokenSessionOptions().UseDb(db => db
            .UseSqlite(_folder.Sqlite)
            .AddInterceptors(wire)
            .ReplaceService<IExecutionStrategyFactory, RetryingFactory>()));
        await manager.SetAsync(OAuthToken.Empty, Client.Key());

        wire.Break(stored);
        Assert.True(await manager.TryReplaceAsync(OAuthToken.Empty, Client.Token("1"), Client.Key()));
        wire.Break(stored);
        Assert.True(await manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), Client.Key()));
        Assert.Equal("access-2", (await manager.GetAsync(Client.Key())).AccessToken);
        wire.Break(stored);
        Assert.True(await manager.TryReplaceAsync(Client.Token("2"), OAuthToken.Empty, Client.Key()));
        Assert.Equal(0L, await RowsAsync());
        Assert.Equal(3, wire.Broken);
    }

    [Fact]
    public async Task A_time_that_is_none_counts_as_no_token_and_is_replaced()
    {
        StoredTokenManager manager = Sqlite();
        await manager.SetAsync(Client.Token("1", _clock.GetUtcNow()), Client.Key());
        await Sql.OnceAsync(new SqliteConnection(_folder.Sqlite), "UPDATE oauth_tokens SET expires_at = 9223372036854775807");
        Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
        Assert.Single(_logs.Lines, line => line.Id == 301);
        await manager.SetAsync(Client.Token("2"), Client.Key());
        Assert.Equal("access-2", (await manager.GetAsync(Client.Key())).AccessToken);
    }

    public void Dispose() => _folder.Dispose();

    private StoredTokenManager Sqlite() => Manager(new TokenSessionOptions().UseDb(db => db.UseSqlite(_folder.Sqlite)));

    private StoredTokenManager Manager(TokenSessionOptions options, IServiceProvider? services = null) =>
        Client.Manager(options, _clock, _protection, _logs, services);

    private Task<object?> RowsAsync() => Sql.OnceAsync(new SqliteConnection(_folder.Sqlite), "SELECT count(*) FROM oauth_tokens");

    private static ServiceProvider Host(string environment) =>
        new ServiceCollection().AddSingleton<IHostEnvironment>(new NamedEnvironment(environment)).BuildServiceProvider();

    private async Task AssertToldAsync(TokenSessionOptions options)
    {
        const string Message =
            "The table 'oauth_tokens' of the token sessions does not exist. Create it at start-up with "
            + "`await app.Services.EnsureTokenSessionsCreatedAsync();`, or, with UseDb<TContext>(), by a migration of the app's own that was "
            + "made after modelBuilder.AddTokenSessions() was added to OnModelCreating. (In Development it is created by itself.) "
            + "Where that is done, the connection leads to another database, schema or search path, or the database was replaced or emptied since: start the app again.";
        await using ServiceProvider services = Host("Production");
        StoredTokenManager manager = Manager(options, services);
        Assert.Equal(Message, (await Assert.ThrowsAsync<InvalidOperationException>(() => manager.GetAsync(Client.Key()))).Message);
        foreach ((long version, StoredToken? next) in new[] { (0L, new StoredToken(1, "a", null, null, null, null, null, null)), (1L, new StoredToken(2, "a", null, null, null, null, null, null)), (1L, null) })
        {
            Assert.Equal(Message, (await Assert.ThrowsAsync<InvalidOperationException>(async () => await manager.Store.TryWriteAsync(Client.Key(), version, next, default))).Message);
        }
    }

    private sealed record Managers(params ITokenSessionManager[] Each) : ITokenManagers
    {
        public IEnumerable<ITokenSessionManager> All => Each;
    }

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTokenSessions("shop_tokens");
    }

    private sealed class BareContext(DbContextOptions<BareContext> options) : DbContext(options);

    private sealed class LostConnection() : DbException("The connection was lost.");

    private sealed class RetryingFactory(ExecutionStrategyDependencies dependencies) : IExecutionStrategyFactory
    {
        public IExecutionStrategy Create() => new Retrying(dependencies);
    }

    private sealed class Retrying(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.Zero)
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is LostConnection;

        protected override TimeSpan? GetNextDelay(Exception lastException) => ExceptionsEncountered.Count < MaxRetryCount ? TimeSpan.Zero : null;
    }

    /// <summary>Loses the next write, or its answer.</summary>
    private sealed class BreakingWire : DbCommandInterceptor
    {
        private bool _before;
        private bool _after;

        internal int Broken { get; private set; }

        internal void Break(bool afterwards) => (_before, _after) = (!afterwards, afterwards);

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            Loses(ref _before) ? throw new LostConnection() : new(result);

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
            Loses(ref _after) ? throw new LostConnection() : new(result);

        private bool Loses(ref bool armed)
        {
            bool loses = armed;
            armed = false;
            Broken += loses ? 1 : 0;
            return loses;
        }
    }
}
