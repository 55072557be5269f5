using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

// What was cancelled before it began does nothing.
public abstract partial class SessionDriverConformance
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    /// <summary>A cancelled read, of either kind, throws.</summary>
    [Fact]
    public async Task A_cancelled_read_throws()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        await AssertCancelledAsync(async () => await Driver.ReadAsync(record.Key, Cancelled));
        await AssertCancelledAsync(() => Task.FromResult(Driver.Read(record.Key, Cancelled)));
    }

    /// <summary>A cancelled write stores nothing: neither a new record nor a later version.</summary>
    [Fact]
    public async Task A_cancelled_write_stores_nothing()
    {
        SessionRecord unborn = SampleRecords.Full(Now);
        await AssertCancelledAsync(async () => await Driver.WriteAsync(unborn, Cancelled));
        await AssertAbsentAsync(unborn.Key);

        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        await AssertCancelledAsync(async () => await Driver.WriteAsync(Next(record, [1]), Cancelled));
        await AssertStoredAsync(record);
    }

    /// <summary>A cancelled touch moves nothing.</summary>
    [Fact]
    public async Task A_cancelled_touch_moves_nothing()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        await AssertCancelledAsync(async () => await Driver.TouchAsync(record.Key, record.Version, record.Expires + Long, Cancelled));
        await AssertStoredAsync(record);
    }

    /// <summary>A cancelled delete removes nothing.</summary>
    [Fact]
    public async Task A_cancelled_delete_removes_nothing()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        await AssertCancelledAsync(async () => await Driver.DeleteAsync(record.Key, record.Version, Cancelled));
        await AssertStoredAsync(record);
    }

    private static Task AssertCancelledAsync(Func<Task> operation) => Assert.ThrowsAnyAsync<OperationCanceledException>(operation);
}
