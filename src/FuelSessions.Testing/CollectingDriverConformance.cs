using FuelSessions.Drivers;
using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

/// <summary>
/// <see cref="SessionDriverConformance"/>, and what <see cref="ICollectExpired"/> promises on top of it: for drivers whose
/// store does not remove expired records by itself.
/// </summary>
/// <remarks>Left-overs of earlier tests are fine; while it runs, nobody else may collect from the same store.</remarks>
public abstract class CollectingDriverConformance : SessionDriverConformance
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private ICollectExpired Collector => Assert.IsAssignableFrom<ICollectExpired>(Driver);

    /// <summary>Expired records go, and are counted once; live ones stay as they are, each by its own time.</summary>
    [Fact]
    public async Task Collecting_removes_expired_records_only()
    {
        SessionRecord lasting = await StoredAsync(Long);
        SessionRecord[] brief = [await StoredAsync(Short), await StoredAsync(Short), await StoredAsync(Short)];
        SessionRecord decades = await StoredAsync(TimeSpan.FromDays(365 * 20));
        await LetTimePassAsync(Short);

        Assert.InRange(await CollectAllAsync(), brief.Length, int.MaxValue);
        Assert.Equal(0, await Collector.CollectExpiredAsync(100, CancellationToken.None));
        await AssertStoredAsync(lasting);
        await AssertStoredAsync(decades);
        foreach (SessionRecord record in brief)
        {
            await AssertAbsentAsync(record.Key);
        }
    }

    /// <summary>A record counts by the end that a touch or a later version gave it.</summary>
    [Fact]
    public async Task Collecting_judges_by_the_latest_end()
    {
        SessionRecord touched = await StoredAsync(Short);
        SessionRecord extended = await StoredAsync(Short);
        SessionRecord shortened = await StoredAsync(Long);
        DateTimeOffset end = touched.Expires + Long;
        Assert.True((await Driver.TouchAsync(touched.Key, touched.Version, end, CancellationToken.None)).IsWritten);
        Assert.True((await Driver.WriteAsync(Next(extended) with { Expires = end }, CancellationToken.None)).IsWritten);
        Assert.True((await Driver.WriteAsync(Next(shortened) with { Expires = touched.Expires }, CancellationToken.None)).IsWritten);
        await LetTimePassAsync(Short);

        Assert.InRange(await CollectAllAsync(), 1, int.MaxValue);
        await AssertStoredAsync(touched with { Expires = end });
        await AssertStoredAsync(Next(extended) with { Expires = end });
        await AssertAbsentAsync(shortened.Key);
    }

    /// <summary>One call removes as many as it may, and the next ones go on until nothing is left.</summary>
    [Fact]
    public async Task Collecting_honours_the_limit()
    {
        for (int number = 0; number < 5; number++)
        {
            await StoredAsync(Short);
            await StoredAsync(Long);
        }

        await LetTimePassAsync(Short);
        Assert.Equal(2, await Collector.CollectExpiredAsync(2, CancellationToken.None));
        Assert.Equal(2, await Collector.CollectExpiredAsync(2, CancellationToken.None));
        Assert.InRange(await CollectAllAsync(), 1, int.MaxValue);
        Assert.Equal(0, await Collector.CollectExpiredAsync(2, CancellationToken.None));
    }

    /// <summary>A cancelled collection throws and removes nothing.</summary>
    [Fact]
    public async Task A_cancelled_collection_removes_nothing()
    {
        await StoredAsync(Short);
        await LetTimePassAsync(Short);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Collector.CollectExpiredAsync(100, new CancellationToken(canceled: true)));
        Assert.InRange(await CollectAllAsync(), 1, int.MaxValue);
    }

    // Left-overs of earlier tests count as well; a driver that never comes to an end is stopped.
    private async Task<int> CollectAllAsync()
    {
        const int Limit = 1000;
        int total = 0;
        for (int call = 0; call < 1000; call++)
        {
            int removed = await Collector.CollectExpiredAsync(Limit, CancellationToken.None);
            Assert.InRange(removed, 0, Limit);
            total += removed;
            if (removed < Limit)
            {
                return total;
            }
        }

        throw new InvalidOperationException("The driver reports expired records again and again.");
    }
}
