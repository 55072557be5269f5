using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using FuelSessions.Tokens.EntityFrameworkCore;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MySql.Data.MySqlClient;
using Npgsql;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>[F9] What databases answer to the writes of tokens, on SQLite and PostgreSQL.</summary>
[Collection(StoresOnPostgres.Name)]
public sealed class DbAnswerTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(-1, "did not say how many rows a statement has changed (it answered -1)")]
    [InlineData(0, "it has replaced a row, and says that it changed 0")]
    [InlineData(1, "it had no row to replace, and says that it changed 1")]
    public Task False_counts_are_refused(int count, string reason) =>
        AssertRefusedAsync(db => db.UseSqlite(_folder.Sqlite), new FalseCount(_ => count), null, reason);

    [Fact]
    public async Task A_transaction_that_nobody_commits_is_refused()
    {
        string database = await server.CreateDatabaseAsync();
        await AssertRefusedAsync(db => db.UseNpgsql(database), new OnOpen("BEGIN"), null, "the next connection sees nothing of that");
    }

    [Theory]
    [InlineData("CREATE RULE discard AS ON INSERT TO oauth_tokens DO INSTEAD NOTHING", "it has inserted a row (rows changed: 0)")]
    [InlineData("CREATE RULE discard AS ON UPDATE TO oauth_tokens DO INSTEAD NOTHING", "it has replaced a row (rows changed: 0)")]
    [InlineData("CREATE RULE discard AS ON DELETE TO oauth_tokens DO INSTEAD NOTHING", "it has deleted a row (rows changed: 0)")]
    [InlineData(
        "CREATE FUNCTION change() RETURNS trigger AS 'BEGIN NEW.scope = lower(NEW.scope); NEW.access_token = left(NEW.access_token, 100); RETURN NEW; END' LANGUAGE plpgsql;"
        + " CREATE TRIGGER t BEFORE INSERT ON oauth_tokens FOR EACH ROW EXECUTE FUNCTION change()",
        "what is stored is not what was written")]
    public async Task A_table_that_discards_or_changes_is_refused(string sql, string reason)
    {
        string database = await server.CreateDatabaseAsync();
        await AssertRefusedAsync(db => db.UseNpgsql(database), null, () => Sql.OnceAsync(new NpgsqlConnection(database), sql), reason);
    }

    [Fact]
    public async Task A_rule_that_comes_later_is_found_at_the_write()
    {
        string database = await server.CreateDatabaseAsync();
        StoredTokenManager manager = await AnswersOfDb.ManagerAsync(db => db.UseNpgsql(database));
        await ((ILookAtStart)manager.Store).LookAsync(default);
        await Sql.OnceAsync(new NpgsqlConnection(database), "CREATE RULE discard AS ON INSERT TO oauth_tokens DO INSTEAD NOTHING");
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => manager.SetAsync(Client.Token("1"), Client.Key()));
    }

    /// <summary>A host that is started tries it out, as an app does.</summary>
    [Fact]
    public async Task An_app_on_it_does_not_start()
    {
        await AnswersOfDb.ManagerAsync(db => db.UseSqlite(_folder.Sqlite));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Services.AddTokenSession(Client.Name, options =>
        {
            options.ClientId = "client";
            options.TokenEndpoint = new Uri("https://provider.example/token");
            options.DataProtection = new EphemeralDataProtectionProvider();
            options.UseDb(db => db.UseSqlite(_folder.Sqlite).AddInterceptors(new FalseCount(_ => 1)));
        });
        using IHost host = builder.Build();
        InvalidOperationException error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.StartAsync());
        Assert.StartsWith("The database of the token sessions can't be relied on", error.Message);
    }

    [Theory]
    [InlineData("08006", true)]
    [InlineData("57P01", true)]
    [InlineData("25006", false)]
    public async Task A_write_without_an_answer_is_told_as_such(string state, bool isUnknown)
    {
        var wire = new BrokenWire();
        StoredTokenManager manager = await AnswersOfDb.ManagerAsync(db => db.UseSqlite(_folder.Sqlite), wire);
        await manager.SetAsync(Client.Token("1"), Client.Key());
        wire.RefuseWrites(ProviderError.PostgreSql(state));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => manager.SetAsync(Client.Token("2"), Client.Key()));
        Assert.Equal(isUnknown, error is SessionStoreException { IsOutcomeUnknown: true });
        Assert.Equal(isUnknown, error.Message.Contains("may be stored all the same", StringComparison.Ordinal));
        Assert.Equal("access-1", (await manager.GetAsync(Client.Key())).AccessToken);
    }

    public static TheoryData<string> Conflicts => ["postgres 40001", "mysql 1213", "sqlserver 1205", "sqlite 5"];

    /// <summary>[W2] Nothing of it is stored, and the next attempt may succeed.</summary>
    [Theory]
    [MemberData(nameof(Conflicts))]
    public async Task What_lost_against_another_transaction_is_tried_again(string conflict)
    {
        var wire = new BrokenWire();
        StoredTokenManager manager = await AnswersOfDb.ManagerAsync(db => db.UseSqlite(_folder.Sqlite), wire);
        Exception error = conflict switch
        {
            "postgres 40001" => ProviderError.PostgreSql("40001"),
            "mysql 1213" => ProviderError.MySql(1213),
            "sqlserver 1205" => ProviderError.SqlServer("1205"),
            _ => ProviderError.Sqlite(5),
        };
        Func<Task>[] writes =
        [
            () => manager.SetAsync(Client.Token("1"), Client.Key()),
            async () => Assert.True(await manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), Client.Key())),
            () => manager.SetAsync(OAuthToken.Empty, Client.Key()),
        ];
        foreach (Func<Task> write in writes)
        {
            wire.Refuse(error, times: 2);
            wire.RefuseWrites(error, times: 2);
            await write();
            Assert.Equal((0, 0), (wire.Left, wire.WritesLeft));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static Task AssertRefusedAsync(Action<DbContextOptionsBuilder> use, IInterceptor? interceptor, Func<Task>? before, string reason) =>
        AnswersOfDb.AssertRefusedAsync(use, interceptor, before, reason);
}

/// <summary>[F9] The same on MariaDB.</summary>
[Collection(StoresOnMariaDb.Name)]
public sealed class DbAnswersOfMariaDb(MariaDbServer server)
{
    [Fact]
    public async Task A_transaction_that_nobody_commits_is_refused()
    {
        string database = await server.CreateDatabaseAsync();
        await AnswersOfDb.AssertRefusedAsync(db => db.UseMySQL(database), new OnOpen("START TRANSACTION"), null, "the next connection sees nothing of that");
    }

    [Fact]
    public async Task A_trigger_that_changes_is_refused()
    {
        string database = await server.CreateDatabaseAsync();
        await AnswersOfDb.AssertRefusedAsync(
            db => db.UseMySQL(database),
            null,
            () => Sql.OnceAsync(
                new MySqlConnection(database), "CREATE TRIGGER cut BEFORE INSERT ON oauth_tokens FOR EACH ROW SET NEW.access_token = LEFT(NEW.access_token, 100)"),
            "what is stored is not what was written");
    }

    [Fact]
    public async Task A_session_without_autocommit_stores_what_it_acknowledges_and_reads_what_others_store()
    {
        string database = await server.CreateDatabaseAsync();
        StoredTokenManager plain = await AnswersOfDb.ManagerAsync(db => db.UseMySQL(database));
        StoredTokenManager manager = await AnswersOfDb.ManagerAsync(db => db.UseMySQL(database + ";Connection Timeout=16"), new OnOpen("SET autocommit = 0"));
        await manager.SetAsync(Client.Token("1"), Client.Key());
        Assert.Equal("access-1", (await plain.GetAsync(Client.Key())).AccessToken);
        Assert.Equal("access-1", (await manager.GetAsync(Client.Key())).AccessToken);
        await plain.SetAsync(Client.Token("2"), Client.Key());
        Assert.Equal("access-2", (await manager.GetAsync(Client.Key())).AccessToken);
    }
}

/// <summary>Managers of tokens in a database that answers strangely.</summary>
internal static class AnswersOfDb
{
    private static readonly IDataProtectionProvider Protection = new EphemeralDataProtectionProvider();

    internal static async Task<StoredTokenManager> ManagerAsync(Action<DbContextOptionsBuilder> use, IInterceptor? interceptor = null, string table = TokensDbContext.DefaultTable)
    {
        StoredTokenManager plain = Manager(use, null, table);
        await ((DbTokenStore)plain.Store).EnsureCreatedAsync(default);
        return interceptor is null ? plain : Manager(use, interceptor, table);
    }

    /// <summary>As the app starts, and at each write.</summary>
    internal static async Task AssertRefusedAsync(
        Action<DbContextOptionsBuilder> use, IInterceptor? interceptor, Func<Task>? before, string reason, string table = TokensDbContext.DefaultTable)
    {
        StoredTokenManager manager = await ManagerAsync(use, interceptor, table);
        await (before?.Invoke() ?? Task.CompletedTask);
        manager = Manager(use, interceptor, table);
        Exception? error = null;
        for (int looks = 0; error is null && looks < 5; looks++)
        {
            // A look that takes too long, on a machine that has other things to do, decides nothing.
            error = await Record.ExceptionAsync(() => ((ILookAtStart)manager.Store).LookAsync(default));
        }

        InvalidOperationException refusal = Assert.IsAssignableFrom<InvalidOperationException>(error);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("The database of the token sessions can't be relied on", refusal.Message);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => manager.SetAsync(Client.Token("1"), Client.Key()));
        Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
    }

    private static StoredTokenManager Manager(Action<DbContextOptionsBuilder> use, IInterceptor? interceptor, string table) => Client.Manager(
        new TokenSessionOptions().UseDb(db =>
        {
            use(db);
            db.AddInterceptors((IEnumerable<IInterceptor>)(interceptor is null ? [] : [interceptor]));
        }, table),
        FakeClock.AtPresent(),
        Protection,
        services: new ServiceCollection().AddSingleton<IHostEnvironment>(new NamedEnvironment("Production")).BuildServiceProvider());
}
