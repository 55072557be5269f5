using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;

namespace FuelSessions.Redis.Tests;

/// <summary>A record's form in Redis, without a server.</summary>
public sealed class StoredSessionTests
{
    private const int EndSize = 6;

    private readonly SessionRecord _record = Sample.New();

    [Fact]
    public void A_changed_byte_is_refused_unless_it_is_a_later_end()
    {
        byte[] stored = StoredSession.Encode(_record);
        for (int position = 0; position < stored.Length; position++)
        {
            for (int change = 1; change < 256; change++)
            {
                byte whole = stored[position];
                stored[position] ^= (byte)change;

                // A touch could have written it; the server ends the session at its own time.
                if (position < EndSize && stored[position] > whole && EndOf(stored) <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
                {
                    SessionRecord read = StoredSession.Decode(_record.Key, stored);
                    Assert.Equal(_record with { Expires = DateTimeOffset.FromUnixTimeMilliseconds(EndOf(stored)), Data = read.Data, Flash = read.Flash }, read);
                }
                else
                {
                    Assert.Throws<SessionRecordFormatException>(() => StoredSession.Decode(_record.Key, stored));
                }

                stored[position] = whole;
            }
        }

        Assert.Equal(_record.Expires, StoredSession.Decode(_record.Key, stored).Expires);
    }

    [Fact]
    public void Another_length_is_refused()
    {
        byte[] stored = StoredSession.Encode(_record);
        for (int length = 0; length < stored.Length; length++)
        {
            Assert.Throws<SessionRecordFormatException>(() => StoredSession.Decode(_record.Key, stored[..length]));
        }

        for (int added = 1; added < 64; added++)
        {
            Assert.Throws<SessionRecordFormatException>(() => StoredSession.Decode(_record.Key, [.. stored, .. new byte[added]]));
        }
    }

    // Redis' allocator has a size of 48 bytes, of which a key's name takes four itself.
    [Fact]
    public void A_name_fits_into_48_bytes() => Assert.InRange(StoredSession.Name("fuel:session:"u8, _record.Key).Length, 1, 44);

    [Fact]
    public void Six_bytes_are_added_to_the_record() =>
        Assert.Equal(SessionRecordFormat.Encode(_record).Length + EndSize, StoredSession.Encode(_record).Length);

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_384)]
    [InlineData(long.MaxValue)]
    public void The_version_is_where_the_script_looks_for_it(long version)
    {
        byte[] stored = StoredSession.Encode(_record with { Version = version });
        byte[] compared = StoredSession.Version(version);
        Assert.Equal(compared, stored[(EndSize + 2)..(EndSize + 2 + compared.Length)]);
    }

    [Fact]
    public void No_version_is_one_zero_byte() => Assert.Equal([0], StoredSession.Version(0));

    private static long EndOf(byte[] stored) => stored[..EndSize].Aggregate(0L, (end, value) => (end << 8) | value);
}
