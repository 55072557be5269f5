using System.Data.Common;
using System.Net.Sockets;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Conventions;
using FuelSessions.Tests.Databases;
using FuelSessions.Tests.Servers;
using Microsoft.EntityFrameworkCore;
using MySql.Data.MySqlClient;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>What is particular to MySQL's family: names of errors, how rows are counted, what a session of the server may be set to.</summary>
[Collection(MariaDbCollection.Name)]
public sealed class MariaDbTests(MariaDbServer server)
{
    private readonly FirstError _refused = new();
    private readonly SessionRecord _record = Support.Records.New(FakeClock.AtPresent().GetUtcNow());

    public static TheoryData<string> Conventions => ConventionContext.NamesWithoutSchemas;

    [Theory]
    [MemberData(nameof(Conventions))]
    public async Task Conventions_do_not_reach_the_driver(string convention)
    {
        string database = await server.CreateDatabaseAsync();
        await ConventionTests.AssertWorksAsync(convention, options => options.UseMySQL(database));
    }

    [Fact]
    public async Task The_database_and_its_tables_are_made_once()
    {
        string database = server.ConnectionString(server.UnusedDatabaseName());
        await using TestApp app = await TestApp.OnMariaDb(database).CreatedAsync();
        await app.CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        await app.CreatedAsync();
        Assert.NotNull(await app.Driver.ReadAsync(_record.Key, default));
    }

    [Fact]
    public async Task A_missing_table_is_named()
    {
        await using TestApp app = TestApp.OnMariaDb(await server.CreateDatabaseAsync());
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.Driver.WriteAsync(_record, default));
        Assert.StartsWith("The table 'sessions' of session driver 'db' does not exist.", error.Message);
    }

    [Fact]
    public async Task The_key_ring_keeps_any_text()
    {
        await using TestApp app = await TestApp.OnMariaDb(await server.CreateDatabaseAsync()).CreatedAsync();
        var keys = ((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys;
        var element = new System.Xml.Linq.XElement("key", new System.Xml.Linq.XAttribute("name", "\U0001F980 <&>\\'"), new string('ü', 100_000));
        keys.StoreElement(element, "the same name");
        keys.StoreElement(element, "the same name");
        keys.StoreElement(element, null!);
        Assert.Equal(3, keys.GetAllElements().Count);
        Assert.All(keys.GetAllElements(), stored => Assert.True(System.Xml.Linq.XNode.DeepEquals(element, stored)));
    }

    /// <summary>The client counts rows that a condition finds or rows that really change; a write of ours changes what it finds.</summary>
    [Theory]
    [InlineData("UseAffectedRows=true")]
    [InlineData("UseAffectedRows=false")]
    public async Task Rows_may_be_counted_either_way(string setting)
    {
        await using TestApp app = await TestApp.OnMariaDb($"{await server.CreateDatabaseAsync()};{setting}").CreatedAsync();
        ISessionDriver driver = app.Driver;
        Assert.True((await driver.WriteAsync(_record, default)).IsWritten);
        Assert.NotNull((await driver.WriteAsync(_record, default)).Winner);
        Assert.True((await driver.WriteAsync(_record.Next(), default)).IsWritten);
        Assert.NotNull((await driver.WriteAsync(_record.Next(), default)).Winner);
        Assert.True((await driver.TouchAsync(_record.Key, 2, _record.Expires, default)).IsWritten);
        Assert.True((await driver.TouchAsync(_record.Key, 2, _record.Expires.AddMinutes(1), default)).IsWritten);
        Assert.Equal(WriteResult.Written, await driver.DeleteAsync(_record.Key, 2, default));
        Assert.True((await driver.WriteAsync(_record.Next(), default)).IsGone);
    }

    /// <summary>Every byte, and as much as a session may have: what is not stored whole must not be taken for stored.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("ANSI_QUOTES")]
    [InlineData("NO_BACKSLASH_ESCAPES")]
    [InlineData("ORACLE")]
    [InlineData("TRADITIONAL,EMPTY_STRING_IS_NULL,PAD_CHAR_TO_FULL_LENGTH")]
    public async Task Any_content_comes_back(string mode)
    {
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(number => (byte)(number * 7))];
        string database = await server.CreateDatabaseAsync();

        // Made before: Oracle's mode knows no BEGIN, which the client sends for a migration.
        await using (await TestApp.OnMariaDb(database).CreatedAsync())
        {
        }

        await using TestApp app = TestApp.OnMariaDb(database, more: options => options.AddInterceptors(new OnOpen($"SET sql_mode = '{mode}'")));
        await app.StartAsync();
        Assert.True((await app.Driver.WriteAsync(_record with { Data = content, Principal = "O'Hara \\ \U0001F980" }, default)).IsWritten);
        SessionRecord stored = (await app.Driver.ReadAsync(_record.Key, default))!;
        Assert.Equal(content, stored.Data.ToArray());
        Assert.Equal("O'Hara \\ \U0001F980", stored.Principal);
    }

    /// <summary>A default of the server, or what the app has left on a connection of the same pool, which this client does not reset.</summary>
    [Fact]
    public async Task A_session_without_autocommit_stores_what_it_acknowledges()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = TestApp.OnMariaDb(database, more: options => options.AddInterceptors(new OnOpen("SET autocommit = 0")));
        await app.CreatedAsync();
        await app.StartAsync();
        await using TestApp other = TestApp.OnMariaDb(database);
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.Equal(1, (await other.Driver.ReadAsync(_record.Key, default))!.Version);
        Assert.True((await app.Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.NotNull((await app.Driver.WriteAsync(_record.Next([2]), default)).Winner);
        Assert.Equal([1], (await other.Driver.ReadAsync(_record.Key, default))!.Data.ToArray());
        Assert.True((await app.Driver.TouchAsync(_record.Key, 2, _record.Expires.AddMinutes(1), default)).IsWritten);
        Assert.True((await app.Driver.DeleteAsync(_record.Key, 2, default)).IsWritten);
        Assert.Null(await other.Driver.ReadAsync(_record.Key, default));
    }

    /// <summary>A read would begin a transaction there, and the connection go back to the pool with it.</summary>
    [Fact]
    public async Task A_session_without_autocommit_reads_what_others_store()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnMariaDb(database, more: options => options.AddInterceptors(new OnOpen("SET autocommit = 0"))).CreatedAsync();
        await using TestApp other = TestApp.OnMariaDb(database + ";Connection Timeout=16");
        Assert.True((await other.Driver.WriteAsync(_record, default)).IsWritten);
        Assert.Equal(1, (await app.Driver.ReadAsync(_record.Key, default))!.Version);
        Assert.True((await other.Driver.WriteAsync(_record.Next([1]), default)).IsWritten);
        Assert.Equal(2, (await app.Driver.ReadAsync(_record.Key, default))!.Version);
        Assert.True((await other.Driver.WriteAsync(_record.Next([1]).Next([2]), default)).IsWritten);
        Assert.Equal(3, app.Driver.Read(_record.Key, default)!.Version);
    }

    [Fact]
    public async Task A_transaction_that_nobody_commits_is_refused_as_the_app_starts()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp plain = await TestApp.OnMariaDb(database).CreatedAsync();
        await using TestApp app = TestApp.OnMariaDb(database, more: options => options.AddInterceptors(new OnOpen("START TRANSACTION")));
        Assert.Contains("the next connection sees nothing of that", (await Assert.ThrowsAsync<UnreliableDatabaseException>(app.StartAsync)).Message, StringComparison.Ordinal);
    }

    /// <summary>The server gives up waiting for a lock after a second here; the write goes on until it is free.</summary>
    [Fact]
    public async Task A_write_outlasts_the_servers_wait_for_a_lock()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnMariaDb(
            database, more: options => options.AddInterceptors(new OnOpen("SET innodb_lock_wait_timeout = 1"), _refused)).CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        await using var other = new MySqlConnection(database);
        await other.OpenAsync();
        await using DbTransaction transaction = await other.BeginTransactionAsync();
        await other.ScalarAsync("SELECT 1 FROM sessions FOR UPDATE");
        Task<WriteResult> write = app.Driver.WriteAsync(_record.Next([1]), default).AsTask();
        await _refused.First;
        await transaction.RollbackAsync();
        Assert.True((await write).IsWritten);
    }

    [Fact]
    public async Task A_write_that_waits_for_a_lock_can_be_cancelled()
    {
        string database = await server.CreateDatabaseAsync();
        await using TestApp app = await TestApp.OnMariaDb(database).CreatedAsync();
        Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        await using (var other = new MySqlConnection(database))
        {
            await other.OpenAsync();
            await using DbTransaction transaction = await other.BeginTransactionAsync();
            await other.ScalarAsync("SELECT 1 FROM sessions FOR UPDATE");

            using var cancellation = new CancellationTokenSource();
            Task<WriteResult> write = app.Driver.WriteAsync(_record.Next([1]), cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        }

        Assert.Equal(1, (await app.Driver.ReadAsync(_record.Key, default))!.Version);
    }

    /// <summary>Nothing of it was executed, so that nobody need ask what became of it.</summary>
    [Fact]
    public async Task What_is_larger_than_a_packet_is_refused()
    {
        string database = await server.CreateDatabaseAsync();
        await using var root = new MySqlConnection(database);
        await root.OpenAsync();
        object? before = await root.ScalarAsync("SELECT @@global.max_allowed_packet");
        await root.ScalarAsync("SET GLOBAL max_allowed_packet = 65536");
        try
        {
            await using TestApp app = await TestApp.OnMariaDb(database).CreatedAsync();
            SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(async () => await app.Driver.WriteAsync(_record with { Data = new byte[100_000] }, default));
            Assert.Contains("max_allowed_packet", error.Message, StringComparison.Ordinal);
            Assert.False(error.IsOutcomeUnknown);
            Assert.True((await app.Driver.WriteAsync(_record, default)).IsWritten);
        }
        finally
        {
            await root.ScalarAsync($"SET GLOBAL max_allowed_packet = {before}");
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error()
    {
        // Port 1 is reserved, and nobody listens there.
        await using TestApp app = TestApp.OnMariaDb("Server=127.0.0.1;Port=1;User ID=nobody;Database=none;SslMode=Disabled");
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () => await app.Driver.WriteAsync(_record, default));
        Assert.IsType<SocketException>(error.GetBaseException());
    }
}
