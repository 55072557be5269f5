using System.Collections.Concurrent;
using FuelSessions.Drivers;
using FuelSessions.EntityFrameworkCore.OwnContext;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Databases;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>A SQLite file that is deleted, moved over, or led away from is left at once, whoever has it open: by writes alone and together, and by what goes through EF.</summary>
public sealed class ReplacedFileTests : IDisposable
{
    private const int Together = 12;

    private readonly TempFolder _folder = new();
    private readonly TempFolder _others = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly Gate _gate = new();

    public enum Way
    {
        Deleted,
        MovedOver,
        LinkTurned,
    }

    [Theory]
    [InlineData(Way.Deleted)]
    [InlineData(Way.MovedOver)]
    [InlineData(Way.LinkTurned)]
    public async Task What_is_written_after_that_is_in_the_new_file_and_nothing_of_it_in_the_old_one(Way way)
    {
        string path = await PathAsync(way);
        await using TestApp app = TestApp.OnSqlite($"Data Source={path}", _clock);
        await app.CreatedAsync();
        await WriteTogetherAsync(app, path);
        await using var old = new SqliteConnection($"Data Source={path};Pooling=False");
        await old.OpenAsync();
        Assert.Equal(Together, await CountAsync(old));

        await ReplaceAsync(way, path, app);
        SessionRecord[] records = [.. await WriteTogetherAsync(app, path), await WriteAsync(app)];
        Assert.Equal(Together, await CountAsync(old));
        await using var present = new SqliteConnection($"Data Source={path};Pooling=False");
        await present.OpenAsync();
        Assert.Equal(Together + 1L, await CountAsync(present));
        Assert.All(await Task.WhenAll(records.Select(record => app.Driver.ReadAsync(record.Key, default).AsTask())), Assert.NotNull);
    }

    /// <summary>Where a path leads is the provider's to say.</summary>
    [Theory]
    [InlineData("|DataDirectory|sessions.db")]
    [InlineData("sessions.db")]
    public async Task So_it_is_in_the_data_directory(string source)
    {
        string path = _folder.File();
        AppDomain.CurrentDomain.SetData("DataDirectory", Path.GetDirectoryName(path));
        try
        {
            await using TestApp app = TestApp.OnSqlite($"Data Source={source}", _clock);
            await app.CreatedAsync();
            await WriteAsync(app);
            await ReplaceAsync(Way.Deleted, path, app);
            await WriteAsync(app);
        }
        finally
        {
            AppDomain.CurrentDomain.SetData("DataDirectory", null);
        }

        await using var present = new SqliteConnection($"Data Source={path};Pooling=False");
        await present.OpenAsync();
        Assert.Equal(1L, await CountAsync(present));
    }

    /// <summary>Listing and the key ring go through EF, on connections of the provider's pool.</summary>
    [Theory]
    [InlineData(Way.Deleted)]
    [InlineData(Way.MovedOver)]
    [InlineData(Way.LinkTurned)]
    public async Task What_goes_through_EF_is_asked_of_the_new_file(Way way)
    {
        string path = await PathAsync(way);
        await using TestApp app = TestApp.OnSqlite($"Data Source={path}", _clock);
        await app.CreatedAsync();
        await app.Driver.WriteAsync(New() with { Principal = "ann" }, default);
        Assert.Single(await FindAsync(app));
        IXmlRepository keys = ((IKeepDataProtectionKeys)app.Driver).DataProtectionKeys;
        keys.StoreElement(new("key"), "one");

        await ReplaceAsync(way, path, app);
        Assert.Empty(await FindAsync(app));
        Assert.Empty(keys.GetAllElements());
        keys.StoreElement(new("key"), "another");
        Assert.Single(keys.GetAllElements());
        await app.Driver.WriteAsync(New() with { Principal = "ann" }, default);
        Assert.Single(await FindAsync(app));
    }

    /// <summary>All of it goes through EF then.</summary>
    [Fact]
    public async Task Who_looks_at_commands_sees_them_go_to_the_new_file()
    {
        string path = await PathAsync(Way.MovedOver);
        await using TestApp app = TestApp.OnSqlite($"Data Source={path}", _clock, more: options => options.AddInterceptors(_gate));
        await app.CreatedAsync();
        await WriteTogetherAsync(app, path);
        await ReplaceAsync(Way.MovedOver, path, app);
        _gate.TakeInTransaction();
        await WriteTogetherAsync(app, path);
        Assert.Equal([false, .. Enumerable.Repeat(true, Together - 1)], _gate.TakeInTransaction());
        await using var present = new SqliteConnection($"Data Source={path};Pooling=False");
        await present.OpenAsync();
        Assert.Equal(Together, await CountAsync(present));
    }

    /// <summary>As its tables were not made, nothing can be written; it must not be taken for the one that was there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_is_gone_takes_nothing_and_tables_are_made_in_the_next_one(bool isEmpty)
    {
        await using TestApp app = TestApp.OnSqlite(_folder.ConnectionString(), _clock);
        await app.CreatedAsync();
        await WriteTogetherAsync(app, _folder.File());
        Delete(_folder.File());
        if (isEmpty)
        {
            await File.WriteAllBytesAsync(_folder.File(), []);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(app));
        await app.CreatedAsync();
        await WriteAsync(app);
        await using var present = new SqliteConnection(_folder.ConnectionString() + ";Pooling=False");
        await present.OpenAsync();
        Assert.Equal(1L, await CountAsync(present));
    }

    /// <summary>It is turned to and fro while many write: each write is in one file, and in that which was there when it began or at some time since.</summary>
    [Fact]
    public async Task A_link_that_is_turned_while_many_write_splits_nothing()
    {
        const int Turns = 40;
        string path = await PathAsync(Way.LinkTurned);
        await using TestApp app = TestApp.OnSqlite($"Data Source={path}", _clock);
        await app.CreatedAsync();
        await WriteTogetherAsync(app, path);
        int turn = 0;
        int begun = 0;
        ConcurrentQueue<(SessionRecord Record, int Began, int Ended)> written = [];
        Task[] writers = [.. Enumerable.Range(0, Together).Select(_ => Task.Run(WriteUntilTheEndAsync))];
        for (int next = 1; next <= Turns; next++)
        {
            // Odd while it is being turned, as nobody can know then.
            Interlocked.Increment(ref turn);
            Link(path, next % 2 == 0 ? _folder.File() : _others.File());
            Interlocked.Increment(ref turn);
            int before = Volatile.Read(ref begun);
            while (Volatile.Read(ref begun) < before + Together)
            {
                await Task.Yield();
            }
        }

        Volatile.Write(ref turn, -1);
        await Task.WhenAll(writers);
        HashSet<string>[] files = [await KeysAsync(_folder.File()), await KeysAsync(_others.File())];
        Assert.All(written, write =>
        {
            bool[] isThere = [.. files.Select(file => file.Contains(write.Record.Key.ToHex()))];
            Assert.NotEqual(isThere[0], isThere[1]);
            Assert.True(write.Began != write.Ended || write.Began % 2 == 1 || isThere[write.Began / 2 % 2], "A write that the link was not turned during is in the other file.");
        });
        Assert.Equal(written.Count, files.Sum(file => file.Count) - Together);

        async Task WriteUntilTheEndAsync()
        {
            while (Volatile.Read(ref turn) is >= 0 and int began)
            {
                Interlocked.Increment(ref begun);
                SessionRecord record = await WriteAsync(app);
                written.Enqueue((record, began, Volatile.Read(ref turn)));
            }
        }
    }

    /// <summary>A write that comes between the beginning of a transaction and its first statement is taken along, and has come after the file was replaced.</summary>
    [Fact]
    public async Task A_transaction_on_a_file_that_is_replaced_before_its_first_write_takes_none()
    {
        string path = await PathAsync(Way.LinkTurned);
        await using TestApp app = TestApp.OnSqlite($"Data Source={path}", _clock);
        await app.CreatedAsync();
        using (ContextLease lease = app.Services.GetRequiredService<KeptContexts<FuelSessionsDbContext>>().Lease())
        {
            await using SharedWork work = await SharedWork.BeginAsync(lease, DatabasePlace.Of(lease), default);
            Link(path, _others.File());
            await Assert.ThrowsAsync<InvalidOperationException>(() => work.RunAsync([], default));
            Assert.False(work.MayBeStored);
        }

        await WriteAsync(app);
        Assert.Single(await KeysAsync(_others.File()));
    }

    /// <summary>What came before it and after it would be in two files.</summary>
    [Fact]
    public async Task A_transaction_that_has_begun_on_a_file_which_is_then_replaced_ends_there()
    {
        string path = await PathAsync(Way.LinkTurned);
        await using TestApp app = TestApp.OnSqlite($"Data Source={path}", _clock);
        await app.CreatedAsync();
        await WriteTogetherAsync(app, path);
        SessionRecord[] records = [New(), New(), New()];
        var writing = new SharedWrites(app);
        Task<bool>[] writes = await writing.MeanwhileAsync(
            lease => SharedWrites.InsertAsync(lease, records[0]),
            lease =>
            {
                Link(path, _others.File());
                return SharedWrites.InsertAsync(lease, records[1]);
            },
            lease => SharedWrites.InsertAsync(lease, records[2]));
        Assert.All(await Task.WhenAll(writes), Assert.True);
        HashSet<string> stored = await KeysAsync(_folder.File());
        Assert.All(records, record => Assert.Contains(record.Key.ToHex(), stored));
        Assert.Empty(await KeysAsync(_others.File()));
    }

    public void Dispose()
    {
        _gate.Open();
        _folder.Dispose();
        _others.Dispose();
    }

    private static async Task<long> CountAsync(SqliteConnection connection) => (long)(await connection.ScalarAsync("SELECT count(*) FROM sessions"))!;

    private static async Task<HashSet<string>> KeysAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT lower(hex(session_key)) FROM sessions";
        await using SqliteDataReader reader = await command.ExecuteReaderAsync();
        HashSet<string> keys = [];
        while (await reader.ReadAsync())
        {
            keys.Add(reader.GetString(0));
        }

        return keys;
    }

    private static async Task<IReadOnlyList<SessionRecord>> FindAsync(TestApp app) => await ((IFindByPrincipal)app.Driver).FindByPrincipalAsync("ann", default);

    private static void Delete(string file)
    {
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        File.Delete(file);
    }

    /// <summary>In one step.</summary>
    private static void Link(string path, string target)
    {
        File.CreateSymbolicLink(path + ".next", target);
        File.Move(path + ".next", path, overwrite: true);
    }

    /// <summary>Makes the other file too, which nobody has open then.</summary>
    private async Task<string> PathAsync(Way way)
    {
        await using TestApp other = await TestApp.OnSqlite(_others.ConnectionString() + ";Pooling=False", _clock).CreatedAsync();
        if (way != Way.LinkTurned)
        {
            return _folder.File();
        }

        string link = _folder.File("link.db");
        Link(link, _folder.File());
        return link;
    }

    private async Task ReplaceAsync(Way way, string path, TestApp app)
    {
        switch (way)
        {
            case Way.Deleted:
                Delete(path);
                await app.CreatedAsync();
                break;
            case Way.MovedOver:
                File.Delete(path + "-wal");
                File.Delete(path + "-shm");
                File.Move(_others.File(), path, overwrite: true);
                break;
            default:
                Link(path, _others.File());
                break;
        }
    }

    private SessionRecord New() => Support.Records.New(_clock.GetUtcNow());

    private async Task<SessionRecord> WriteAsync(TestApp app)
    {
        SessionRecord record = New();
        Assert.True((await app.Driver.WriteAsync(record, default)).IsWritten);
        return record;
    }

    /// <summary>All but the first one share a commit, as that one waits for the file.</summary>
    private async Task<SessionRecord[]> WriteTogetherAsync(TestApp app, string path)
    {
        await using var other = new SqliteConnection($"Data Source={path};Pooling=False");
        await other.OpenAsync();
        SqliteTransaction transaction = other.BeginTransaction();
        Task<SessionRecord>[] writes = [.. Enumerable.Range(0, Together).Select(_ => WriteAsync(app))];
        await transaction.RollbackAsync();
        return await Task.WhenAll(writes);
    }
}
