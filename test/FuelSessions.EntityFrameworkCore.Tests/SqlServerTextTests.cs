using System.Data;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>What SQL Server is sent, to the letter; nothing is sent anywhere.</summary>
public sealed class SqlServerTextTests : IAsyncLifetime
{
    // Whatever the server's user options say.
    private const string Counted = "SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; ";

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly CommandLog _commands = new(suppress: true);
    private TestApp _app = null!;
    private SessionRecord _record = null!;

    public Task InitializeAsync()
    {
        _record = Support.Records.New(_clock.GetUtcNow());
        _app = new TestApp(
            builder => builder.AddDbDriver(options => options
                .UseSqlServer("Server=nowhere", server => server.EnableRetryOnFailure())
                .AddInterceptors(_commands, new NoConnection())),
            _clock);
        _app.Services.GetRequiredService<LeasedDatabase>().Trust();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Reads()
    {
        const string Sql = "SELECT [expires], [payload] FROM [sessions] WHERE [session_key] = @session_key";
        Assert.Null(await _app.Driver.ReadAsync(_record.Key, default));
        AssertSent(Sql);
        Assert.Null(_app.Driver.Read(_record.Key, default));
        AssertSent(Sql);
    }

    [Fact]
    public async Task Inserts()
    {
        Assert.True((await _app.Driver.WriteAsync(_record, default)).IsWritten);
        AssertSent(
            Counted + "INSERT INTO [sessions] ([session_key], [created], [current_id], [expires], [payload], [previous_id], [principal], [updated], [version])"
            + " VALUES (@session_key, @created, @current_id, @expires, @payload, @previous_id, @principal, @updated, @version)");
    }

    [Fact]
    public async Task Updates()
    {
        Assert.True((await _app.Driver.WriteAsync(_record.Next(), default)).IsWritten);
        AssertSent(
            Counted + "UPDATE [sessions] SET [created] = @created, [current_id] = @current_id, [expires] = @expires, [payload] = @payload,"
            + " [previous_id] = @previous_id, [principal] = @principal, [updated] = @updated, [version] = @version"
            + " WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now");
    }

    /// <summary>SQL Server refuses an untyped null for a binary column.</summary>
    [Fact]
    public async Task Types_its_parameters()
    {
        await _app.Driver.WriteAsync(_record.Next(), default);
        Assert.Equal(DbType.Binary, _commands.LastParameters["@session_key"]);
        Assert.Equal(DbType.Binary, _commands.LastParameters["@previous_id"]);
        Assert.Equal(DbType.Binary, _commands.LastParameters["@payload"]);
        Assert.Equal(DbType.String, _commands.LastParameters["@principal"]);
        Assert.Equal(DbType.Int64, _commands.LastParameters["@now"]);
    }

    [Fact]
    public async Task Touches()
    {
        Assert.True((await _app.Driver.TouchAsync(_record.Key, _record.Version, _record.Expires, default)).IsWritten);
        AssertSent(Counted + "UPDATE [sessions] SET [expires] = @expires WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now AND [expires] < @expires");
    }

    [Fact]
    public async Task Deletes()
    {
        await _app.Driver.DeleteAsync(_record.Key, _record.Version, default);
        AssertSent(Counted + "DELETE FROM [sessions] WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now");
    }

    [Fact]
    public async Task Collects()
    {
        await ((ICollectExpired)_app.Driver).CollectExpiredAsync(100, default);
        AssertSent(
            Counted + "DELETE FROM [sessions] WHERE [session_key] IN"
            + " (SELECT TOP(@limit) [session_key] FROM [sessions] WHERE [expires] <= @now ORDER BY [expires]) AND [expires] <= @now");
    }

    [Fact]
    public void Keeps_keys()
    {
        IXmlRepository keys = ((IKeepDataProtectionKeys)_app.Driver).DataProtectionKeys;
        Assert.Empty(keys.GetAllElements());
        AssertSent("SELECT [xml] FROM [data_protection_keys]");
        Assert.Throws<UnreliableDatabaseException>(() => keys.StoreElement(new("key"), "key-1"));
        Assert.Equal(
            [Counted + "INSERT INTO [data_protection_keys] ([id], [friendly_name], [xml]) VALUES (@id, @friendly_name, @xml)", "SELECT [xml] FROM [data_protection_keys]"],
            _commands.Take());
    }

    [Fact]
    public async Task Creates_tables()
    {
        string[] sent = await _app.Services.GetRequiredService<LeasedDatabase>().RunAsync<SessionRow, string[]>(
            (context, _, _) => Task.FromResult(
            (string[])[
                .. TableCreation.Commands(context, SessionStatements.RowType<SessionRow>(context))
                    .Concat(TableCreation.Commands(context, SessionStatements.RowType<DataProtectionKeyRow>(context)))
                    .Select(command => Plain(command.CommandText)),
            ]),
            default);
        Assert.Equal(
            [
                """
                CREATE TABLE [sessions] (
                    [session_key] binary(16) NOT NULL,
                    [current_id] binary(16) NOT NULL,
                    [previous_id] binary(16) NULL,
                    [created] bigint NOT NULL,
                    [updated] bigint NOT NULL,
                    [expires] bigint NOT NULL,
                    [principal] nvarchar(256) NULL,
                    [version] bigint NOT NULL,
                    [payload] varbinary(max) NOT NULL,
                    CONSTRAINT [pk_sessions] PRIMARY KEY ([session_key])
                );
                """,
                "CREATE INDEX [ix_sessions_expires] ON [sessions] ([expires]);",
                "CREATE INDEX [ix_sessions_principal] ON [sessions] ([principal]);",
                """
                CREATE TABLE [data_protection_keys] (
                    [id] binary(16) NOT NULL,
                    [friendly_name] nvarchar(max) NULL,
                    [xml] nvarchar(max) NOT NULL,
                    CONSTRAINT [pk_data_protection_keys] PRIMARY KEY ([id])
                );
                """,
            ],
            sent);
    }

    private void AssertSent(string command) => Assert.Equal(Plain(command), Plain(Assert.Single(_commands.Take())));

    private static string Plain(string sql) => sql.ReplaceLineEndings("\n").Trim();
}
