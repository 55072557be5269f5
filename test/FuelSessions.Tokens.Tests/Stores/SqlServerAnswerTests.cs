using FuelSessions.Tests.Databases;
using FuelSessions.Tokens.Stores;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>
/// [F9] What SQL Server's user options and triggers do to the writes of tokens. On the server that FUELSESSIONS_SQLSERVER leads to, in tables of each test's own; the
/// project file leaves it out where that is not set.
/// </summary>
public sealed class SqlServerAnswerTests : IAsyncLifetime
{
    private readonly string _table = $"oauth_tokens_{Guid.NewGuid():N}";

    private static string Server => Environment.GetEnvironmentVariable("FUELSESSIONS_SQLSERVER")
        ?? throw new InvalidOperationException("These tests were built for a SQL Server. Set FUELSESSIONS_SQLSERVER to its connection string.");

    [Theory]
    [InlineData("SET NOCOUNT ON")]
    [InlineData("SET IMPLICIT_TRANSACTIONS ON")]
    [InlineData("SET NOCOUNT ON; SET IMPLICIT_TRANSACTIONS ON")]
    public async Task User_options_change_nothing(string options)
    {
        StoredTokenManager plain = await AnswersOfDb.ManagerAsync(db => db.UseSqlServer(Server), table: _table);
        StoredTokenManager manager = await AnswersOfDb.ManagerAsync(db => db.UseSqlServer(Server), new OnOpen(options), _table);
        await ((ILookAtStart)manager.Store).LookAsync(default);
        await manager.SetAsync(Client.Token("1"), Client.Key());
        Assert.Equal("access-1", (await plain.GetAsync(Client.Key())).AccessToken);
        Assert.True(await manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), Client.Key()));
        Assert.False(await plain.TryReplaceAsync(Client.Token("1"), Client.Token("3"), Client.Key()));
        await plain.SetAsync(OAuthToken.Empty, Client.Key());
        Assert.Same(OAuthToken.Empty, await manager.GetAsync(Client.Key()));
    }

    [Theory]
    [InlineData("INSTEAD OF INSERT AS SET NOCOUNT ON", "it has inserted a row")]
    [InlineData("INSTEAD OF UPDATE AS SET NOCOUNT ON", "it has replaced a row")]
    public Task A_trigger_that_discards_is_refused(string trigger, string reason) => AnswersOfDb.AssertRefusedAsync(
        db => db.UseSqlServer(Server),
        null,
        () => Sql.OnceAsync(new SqlConnection(Server), $"CREATE TRIGGER t_{_table} ON {_table} {trigger}"),
        reason,
        _table);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Sql.OnceAsync(new SqlConnection(Server), $"DROP TABLE IF EXISTS {_table}");
}
