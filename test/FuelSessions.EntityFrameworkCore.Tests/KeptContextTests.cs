using System.Data;
using System.Data.Common;
using FuelSessions.EntityFrameworkCore.Schema;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>A context of the driver's own serves the next operation as it is, if no more than its connection was used; else it is cleared up, or ends.</summary>
public sealed class KeptContextTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.OnSqlite(_folder.ConnectionString(), _clock).CreatedAsync();

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_whose_connection_was_used_is_kept_with_it()
    {
        SessionRecord record = Support.Records.New(_clock.GetUtcNow());
        Assert.True((await _app.Driver.WriteAsync(record, default)).IsWritten);
        ContextLease before = await OnLeaseAsync(lease => lease);
        Assert.NotNull(await _app.Driver.ReadAsync(record.Key, default));
        Assert.True((await _app.Driver.WriteAsync(record.Next(), default)).IsWritten);
        ContextLease after = await OnLeaseAsync(lease => lease);
        Assert.Same(before, after);
        Assert.Equal(ConnectionState.Closed, after.Connection.State);
    }

    [Fact]
    public async Task One_that_was_changed_is_cleared_up()
    {
        int unchanged = await OnLeaseAsync(lease => lease.CommandTimeout);
        await OnLeaseAsync(lease =>
        {
            lease.Context.Database.SetCommandTimeout(unchanged + 1);
            lease.Context.Add(new DataProtectionKeyRow { Id = [1], FriendlyName = "", Xml = "" });
            return lease;
        });
        Assert.Equal(unchanged, await OnLeaseAsync(lease => lease.CommandTimeout));
        Assert.False(await OnLeaseAsync(lease => lease.Context.ChangeTracker.HasChanges()));
    }

    [Fact]
    public async Task One_whose_connection_was_left_open_is_not_kept()
    {
        DbConnection left = await OnLeaseAsync(lease =>
        {
            lease.Connection.Open();
            return lease.Connection;
        });
        Assert.Equal(ConnectionState.Closed, left.State);
        Assert.Equal(ConnectionState.Closed, await OnLeaseAsync(lease => lease.Connection.State));
    }

    private ValueTask<T> OnLeaseAsync<T>(Func<ContextLease, T> work) =>
        _app.Services.GetRequiredService<LeasedDatabase>().RunAsync<SessionRow, T>((lease, _, _) => ValueTask.FromResult(work(lease)), default);
}
