using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Statements;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[F2] A write whose shared commit may have been carried out stays in doubt, whatever it meets when it is tried by itself; no other one is.</summary>
public sealed class InDoubtTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(NotSupportedException))]
    public async Task Whatever_the_second_attempt_fails_with(Type failure)
    {
        await using TestApp app = await TestApp.OnSqlite(_folder.ConnectionString()).CreatedAsync();
        var database = app.Services.GetRequiredService<LeasedDatabase>();
        var held = new TaskCompletionSource<bool>();
        Task<bool> first = database.WriteAsync<SessionRow, bool>((_, _, _) => new ValueTask<bool>(held.Task), shape: null, default).AsTask();
        Task<bool> write = database.WriteAsync<SessionRow, bool>(
            async (lease, attempts, _) =>
            {
                if (attempts.AreInDoubt)
                {
                    throw (Exception)Activator.CreateInstance(failure, "The app is shutting down.")!;
                }

                // What comes after it can't be committed, and nobody knows why.
                return await PlainCommands.ExecuteAsync(lease, new PlainStatement("COMMIT", []), new NamedValues(), default) == 0;
            },
            WriteShape.SomeRows,
            default).AsTask();
        held.SetResult(true);
        Assert.True(await first);
        SessionStoreException error = await Assert.ThrowsAsync<SessionStoreException>(() => write);
        Assert.True(error.IsOutcomeUnknown);
        Assert.IsType(failure, error.InnerException);
    }

    [Theory]
    [InlineData(13, "database or disk is full", false)]
    [InlineData(10, "disk I/O error", true)]
    public async Task A_commit_that_SQLite_refuses_leaves_nothing_in_doubt(int code, string reason, bool mayBeStored)
    {
        await using var work = new Refused(new SqliteException($"SQLite Error {code}: '{reason}'.", code));
        await Assert.ThrowsAsync<SqliteException>(() => work.RunAsync([], default));
        Assert.Equal(mayBeStored, work.MayBeStored);
    }

    /// <summary>It was rolled back for certain: who is told otherwise can't merge with who was faster.</summary>
    [Fact]
    public async Task A_commit_that_readers_are_in_the_way_of_leaves_nothing_in_doubt()
    {
        // EF gives a file that it makes a write-ahead log, with which readers are in nobody's way.
        await File.WriteAllBytesAsync(_folder.File(), []);
        await using var app = new TestApp(
            builder => builder.AddDbDriver<ShopContext>(),
            configure: services => services.AddDbContext<ShopContext>(options => options.UseSqlite(_folder.ConnectionString())));
        await app.CreatedAsync();
        var database = app.Services.GetRequiredService<LeasedDatabase>();
        var held = new TaskCompletionSource<bool>();
        Task<bool> first = database.WriteAsync<SessionRow, bool>((_, _, _) => new ValueTask<bool>(held.Task), shape: null, default).AsTask();
        var row = new RowToWrite(Support.Records.New(FakeClock.AtPresent().GetUtcNow()), [1]);
        Task<bool> write = database.WriteAsync<SessionRow, bool>(
            async (lease, attempts, token) => attempts == Attempts.Together
                ? await SessionStatements.Of(lease).Insert.ExecuteAsync(lease, row.Values(0), token) == 1
                : attempts.AreInDoubt,
            WriteShape.SomeRows,
            default).AsTask();
        await using var reader = new SqliteConnection(_folder.ConnectionString());
        await reader.OpenAsync();
        await using SqliteTransaction reading = reader.BeginTransaction(deferred: true);
        await using SqliteCommand read = reader.CreateCommand();
        read.CommandText = "SELECT count(*) FROM shop_sessions";
        Assert.Equal(0L, await read.ExecuteScalarAsync());
        held.SetResult(true);
        Assert.True(await first);
        Assert.False(await write);
    }

    /// <summary>What only a disk could do.</summary>
    private sealed class Refused(SqliteException error) : SharedTransaction(lease: null!)
    {
        public override ValueTask DisposeAsync() => default;

        private protected override void Commit() => throw error;
    }
}
