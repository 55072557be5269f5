using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

// A record whose time is over is absent for every operation, and a touch moves that time forward only.
public abstract partial class SessionDriverConformance
{
    /// <summary>It can't be read from the moment on at which it ends.</summary>
    [Fact]
    public async Task An_expired_record_can_not_be_read()
    {
        SessionRecord record = await StoredAsync(Short);
        await AssertStoredAsync(record);
        await LetTimePassAsync(Short);
        await AssertAbsentAsync(record.Key);
    }

    /// <summary>A write to it is Gone, even with the right version, and does not bring it back.</summary>
    [Fact]
    public async Task An_expired_record_can_not_be_written()
    {
        SessionRecord record = await StoredAsync(Short);
        await LetTimePassAsync(Short);
        AssertGone(await Driver.WriteAsync(Next(record) with { Expires = Now + Long }, None));
        await AssertAbsentAsync(record.Key);
    }

    /// <summary>A touch does not bring it back.</summary>
    [Fact]
    public async Task An_expired_record_can_not_be_touched()
    {
        SessionRecord record = await StoredAsync(Short);
        await LetTimePassAsync(Short);
        Assert.True((await Driver.TouchAsync(record.Key, record.Version, Now + Long, None)).IsGone);
        await AssertAbsentAsync(record.Key);
    }

    /// <summary>It is deleted like one that is not there.</summary>
    [Fact]
    public async Task An_expired_record_can_be_deleted()
    {
        SessionRecord record = await StoredAsync(Short);
        await LetTimePassAsync(Short);
        AssertGone(await Driver.DeleteAsync(record.Key, record.Version, None));
        await AssertAbsentAsync(record.Key);
    }

    /// <summary>It is not in the way of a new record under its key, and nothing of it shows in that one.</summary>
    [Fact]
    public async Task An_expired_record_makes_way_for_a_new_one()
    {
        SessionRecord old = await StoredAsync(SampleRecords.Full(Now) with { Expires = Now + Short });
        await LetTimePassAsync(Short);
        SessionRecord record = await StoredAsync(SampleRecords.Bare(Now) with { Key = old.Key });
        await AssertStoredAsync(record);
    }

    /// <summary>Each record is judged by its own time, not by a setting of the driver.</summary>
    [Fact]
    public async Task Each_record_ends_at_its_own_time()
    {
        SessionRecord brief = await StoredAsync(Short);
        SessionRecord lasting = await StoredAsync(Long);
        SessionRecord decades = await StoredAsync(TimeSpan.FromDays(365 * 20));
        await LetTimePassAsync(Short);
        await AssertAbsentAsync(brief.Key);
        await AssertStoredAsync(lasting);
        await AssertStoredAsync(decades);
    }

    /// <summary>A touch keeps a record alive, and changes nothing but its end.</summary>
    [Fact]
    public async Task A_touch_extends_a_record()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now) with { Expires = Now + Short });
        DateTimeOffset end = Now + Long;
        Assert.True((await Driver.TouchAsync(record.Key, record.Version, end, None)).IsWritten);
        await AssertStoredAsync(record with { Expires = end });
        await LetTimePassAsync(Short);
        await AssertStoredAsync(record with { Expires = end });
    }

    /// <summary>A record that ends later already is left alone, and the answer is that it lives.</summary>
    [Fact]
    public async Task A_touch_never_shortens()
    {
        SessionRecord record = await StoredAsync(Long);
        Assert.True((await Driver.TouchAsync(record.Key, record.Version, Now + Short, None)).IsWritten);
        await AssertStoredAsync(record);
        await LetTimePassAsync(Short);
        await AssertStoredAsync(record);
    }

    /// <summary>Who read before the touch can still write after it.</summary>
    [Fact]
    public async Task A_touch_is_no_new_version()
    {
        SessionRecord record = await StoredAsync(Long);
        Assert.True((await Driver.TouchAsync(record.Key, record.Version, record.Expires + Long, None)).IsWritten);
        SessionRecord next = Next(record, [1]) with { Expires = record.Expires + Long + Long };
        Assert.True((await Driver.WriteAsync(next, None)).IsWritten, "The write lost against a touch.");
        await AssertStoredAsync(next);
    }

    /// <summary>Unlike a touch, a write may bring the end nearer: its record is what is stored, end included.</summary>
    [Fact]
    public async Task A_write_sets_the_end_even_to_an_earlier_one()
    {
        SessionRecord record = await StoredAsync(Long);
        SessionRecord brief = Next(record, [1]) with { Expires = Now + Short };
        Assert.True((await Driver.WriteAsync(brief, None)).IsWritten);
        await AssertStoredAsync(brief);
        await LetTimePassAsync(Short);
        await AssertAbsentAsync(record.Key);
    }

    /// <summary>A touch of nothing says so and stores nothing.</summary>
    [Fact]
    public async Task Touching_a_missing_record_is_gone()
    {
        SessionKey missing = SessionKey.Create();
        AssertGone(await Driver.TouchAsync(missing, 1, Now + Long, None));
        await AssertAbsentAsync(missing);
    }

    /// <summary>A touch that comes too late gets the whole record that won, and leaves its end alone.</summary>
    [Fact]
    public async Task A_touch_that_comes_too_late_learns_who_won()
    {
        SessionRecord read = await StoredAsync(SampleRecords.Bare(Now));
        SessionRecord winner = SampleRecords.Full(Now) with { Key = read.Key, Version = 2 };
        Assert.True((await Driver.WriteAsync(winner, None)).IsWritten);

        AssertLostTo(winner, await Driver.TouchAsync(read.Key, read.Version, winner.Expires + Long, None));
        await AssertStoredAsync(winner);
        AssertLostTo(winner, await Driver.TouchAsync(read.Key, read.Version, Now + Short, None));
        Assert.True((await Driver.TouchAsync(winner.Key, winner.Version, winner.Expires + Long, None)).IsWritten, "A later version was not touched by who had read it.");
        await AssertStoredAsync(winner with { Expires = winner.Expires + Long });
    }
}
