using FuelSessions.Drivers;
using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

// A write is stored if it follows the stored version; else it learns what is stored, and changes nothing.
public abstract partial class SessionDriverConformance
{
    /// <summary>The next version takes the place of the one before.</summary>
    [Fact]
    public async Task A_write_that_follows_the_stored_version_wins()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        for (byte value = 1; value <= 5; value++)
        {
            record = Next(record, [value]) with { CurrentHash = new SecretHash(value), Updated = record.Updated.AddMilliseconds(1) };
            Assert.True((await Driver.WriteAsync(record, None)).IsWritten);
            await AssertStoredAsync(record);
        }
    }

    /// <summary>A write that comes too late gets the whole record that won, and changes nothing.</summary>
    [Fact]
    public async Task A_write_that_comes_too_late_learns_who_won()
    {
        SessionRecord read = await StoredAsync(SampleRecords.Bare(Now));
        SessionRecord winner = SampleRecords.Full(Now) with { Key = read.Key, Version = 2 };
        Assert.True((await Driver.WriteAsync(winner, None)).IsWritten);

        AssertLostTo(winner, await Driver.WriteAsync(Next(read, [7]), None));
        await AssertStoredAsync(winner);
    }

    /// <summary>The winner is reported with the end that a touch gave it.</summary>
    [Fact]
    public async Task The_winner_is_reported_with_its_touched_end()
    {
        SessionRecord stored = await StoredAsync(SampleRecords.Bare(Now));
        Assert.True((await Driver.TouchAsync(stored.Key, stored.Version, stored.Expires + Long, None)).IsWritten);
        AssertLostTo(stored with { Expires = stored.Expires + Long }, await Driver.WriteAsync(stored, None));
    }

    /// <summary>A version that skips one did not read what is stored.</summary>
    [Fact]
    public async Task A_write_that_skips_a_version_loses()
    {
        SessionRecord stored = await StoredAsync(SampleRecords.Full(Now));
        AssertLostTo(stored, await Driver.WriteAsync(stored with { Version = 3, Data = new byte[] { 7 } }, None));
        await AssertStoredAsync(stored);
    }

    /// <summary>Version 1 means that nothing may be there yet.</summary>
    [Fact]
    public async Task Creating_over_a_live_record_loses()
    {
        SessionRecord stored = await StoredAsync(SampleRecords.Full(Now));
        AssertLostTo(stored, await Driver.WriteAsync(SampleRecords.Bare(Now) with { Key = stored.Key }, None));
        await AssertStoredAsync(stored);

        SessionRecord second = Next(stored, [2]);
        Assert.True((await Driver.WriteAsync(second, None)).IsWritten);
        AssertLostTo(second, await Driver.WriteAsync(stored, None));
        await AssertStoredAsync(second);
    }

    /// <summary>A later version of nothing is Gone, and stores nothing.</summary>
    [Fact]
    public async Task A_write_to_a_missing_record_is_gone()
    {
        SessionRecord record = SampleRecords.Full(Now) with { Version = 2 };
        AssertGone(await Driver.WriteAsync(record, None));
        await AssertAbsentAsync(record.Key);
    }

    /// <summary>A destroyed session stays destroyed: a late write or touch does not bring it back.</summary>
    [Fact]
    public async Task A_deleted_record_stays_deleted()
    {
        SessionRecord stored = await StoredAsync(SampleRecords.Full(Now));
        Assert.True((await Driver.DeleteAsync(stored.Key, stored.Version, None)).IsWritten);
        await AssertAbsentAsync(stored.Key);
        AssertGone(await Driver.DeleteAsync(stored.Key, stored.Version, None));
        AssertGone(await Driver.WriteAsync(Next(stored), None));
        Assert.True((await Driver.TouchAsync(stored.Key, stored.Version, Now + Long, None)).IsGone);
        await AssertAbsentAsync(stored.Key);
    }

    /// <summary>A record is removed in the version that was read, whichever that is.</summary>
    [Fact]
    public async Task A_later_version_is_deleted_too()
    {
        SessionRecord stored = await StoredAsync(SampleRecords.Full(Now));
        SessionRecord second = Next(stored);
        Assert.True((await Driver.WriteAsync(second, None)).IsWritten);
        Assert.True((await Driver.DeleteAsync(second.Key, second.Version, None)).IsWritten);
        await AssertAbsentAsync(stored.Key);
    }

    /// <summary>What somebody else has stored meanwhile is not removed: it is what the answer holds.</summary>
    [Fact]
    public async Task Deleting_an_earlier_or_later_version_removes_nothing()
    {
        SessionRecord stored = await StoredAsync(SampleRecords.Full(Now));
        SessionRecord second = Next(stored, [2]);
        Assert.True((await Driver.WriteAsync(second, None)).IsWritten);
        AssertLostTo(second, await Driver.DeleteAsync(stored.Key, stored.Version, None));
        AssertLostTo(second, await Driver.DeleteAsync(stored.Key, second.Version + 1, None));
        await AssertStoredAsync(second);

        // Nor is it after a touch, which makes no version.
        Assert.True((await Driver.TouchAsync(second.Key, second.Version, second.Expires + Long, None)).IsWritten);
        Assert.True((await Driver.DeleteAsync(second.Key, second.Version, None)).IsWritten);
        await AssertAbsentAsync(second.Key);
    }

    /// <summary>Removing what is not there does nothing, once and again.</summary>
    [Fact]
    public async Task Deleting_a_missing_record_is_fine()
    {
        SessionRecord other = await StoredAsync(SampleRecords.Full(Now));
        SessionKey missing = SessionKey.Create();
        AssertGone(await Driver.DeleteAsync(missing, 1, None));
        AssertGone(await Driver.DeleteAsync(missing, 7, None));
        await AssertAbsentAsync(missing);
        await AssertStoredAsync(other);
    }
}
