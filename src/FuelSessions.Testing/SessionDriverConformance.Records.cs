using System.Text;
using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

// What is stored comes back, to the bit.
public abstract partial class SessionDriverConformance
{
    /// <summary>Every field survives.</summary>
    [Fact]
    public async Task Every_field_comes_back() => await AssertStoredAsync(await StoredAsync(SampleRecords.Full(Now)));

    /// <summary>What is null or empty stays so.</summary>
    [Fact]
    public async Task A_record_without_optional_fields_comes_back() => await AssertStoredAsync(await StoredAsync(SampleRecords.Bare(Now)));

    /// <summary>A field that was set and is no longer is not left over from the version before.</summary>
    [Fact]
    public async Task A_field_that_is_cleared_is_cleared()
    {
        SessionRecord full = await StoredAsync(SampleRecords.Full(Now));
        SessionRecord bare = SampleRecords.Bare(Now) with { Key = full.Key, Version = 2 };
        Assert.True((await Driver.WriteAsync(bare, None)).IsWritten);
        await AssertStoredAsync(bare);
    }

    /// <summary>Text survives beyond the basic multilingual plane, unnormalised, at the greatest length.</summary>
    [Fact]
    public async Task Any_Unicode_principal_comes_back()
    {
        string[] principals = ["", "Ada Lovelace", "Zoë", "Zoe\u0308", "日本語", "👩‍👩‍👧 \U0001F980 \U0010FFFD", "it's \"quoted\" \\ % _ \r\n\t", string.Concat(Enumerable.Repeat("\U00020000", 128))];
        foreach (string principal in principals)
        {
            await AssertStoredAsync(await StoredAsync(SampleRecords.Bare(Now) with { Principal = principal }));
        }
    }

    /// <summary>Data and flash are bytes and nothing else.</summary>
    [Fact]
    public async Task Any_bytes_come_back()
    {
        byte[][] blocks = [[], [0], [0, 0, 0], [0xFF], "\r\n"u8.ToArray(), "END\r\n"u8.ToArray(), Encoding.UTF8.GetPreamble(), SampleRecords.EveryByte()];
        foreach (byte[] data in blocks)
        {
            await AssertStoredAsync(await StoredAsync(SampleRecords.Bare(Now) with { Data = data }));
            await AssertStoredAsync(await StoredAsync(SampleRecords.Bare(Now) with { Flash = data }));
        }
    }

    /// <summary>A record of <see cref="LargestPayload"/> bytes survives, when it is new and as a later version.</summary>
    [Fact]
    public async Task A_large_record_comes_back()
    {
        SessionRecord large = await StoredAsync(SampleRecords.Full(Now) with { Data = SampleRecords.RandomBytes(LargestPayload) });
        await AssertStoredAsync(large);

        SessionRecord small = Next(large, [1]);
        Assert.True((await Driver.WriteAsync(small, None)).IsWritten);
        await AssertStoredAsync(small);

        SessionRecord again = Next(small, SampleRecords.RandomBytes(LargestPayload));
        Assert.True((await Driver.WriteAsync(again, None)).IsWritten);
        await AssertStoredAsync(again);
    }

    /// <summary>A key that was never stored is absent, whatever is stored beside it.</summary>
    [Fact]
    public async Task A_missing_record_is_absent()
    {
        await StoredAsync(SampleRecords.Full(Now));
        await AssertAbsentAsync(SessionKey.Create());
    }

    /// <summary>Keys that differ in one bit, the first or the last one, are different keys.</summary>
    [Fact]
    public async Task Records_do_not_disturb_each_other()
    {
        byte[] key = SessionKey.Create().ToByteArray();
        SessionRecord first = await StoredAsync(SampleRecords.Full(Now) with { Key = SessionKey.FromBytes(key) });
        key[^1] ^= 1;
        SessionRecord second = await StoredAsync(SampleRecords.Bare(Now) with { Key = SessionKey.FromBytes(key) });
        key[0] ^= 0x80;
        SessionRecord third = await StoredAsync(SampleRecords.Bare(Now) with { Key = SessionKey.FromBytes(key), Data = new byte[] { 3 } });

        SessionRecord changed = Next(first, [1, 1]);
        Assert.True((await Driver.WriteAsync(changed, None)).IsWritten);
        Assert.True((await Driver.TouchAsync(second.Key, second.Version, second.Expires + Long, None)).IsWritten);
        await Driver.DeleteAsync(third.Key, third.Version, None);

        await AssertStoredAsync(changed);
        await AssertStoredAsync(second with { Expires = second.Expires + Long });
        await AssertAbsentAsync(third.Key);
    }

    /// <summary>The synchronous read answers as the asynchronous one does.</summary>
    [Fact]
    public async Task The_synchronous_read_sees_the_same()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        RecordAssert.Same(record, Driver.Read(record.Key, None), ExpiresTolerance);

        SessionRecord changed = Next(record, [1]);
        Assert.True((await Driver.WriteAsync(changed, None)).IsWritten);
        Assert.True((await Driver.TouchAsync(changed.Key, changed.Version, record.Expires + Long, None)).IsWritten);
        RecordAssert.Same(changed with { Expires = record.Expires + Long }, Driver.Read(record.Key, None), ExpiresTolerance);

        await Driver.DeleteAsync(record.Key, changed.Version, None);
        Assert.Null(Driver.Read(record.Key, None));
    }
}
