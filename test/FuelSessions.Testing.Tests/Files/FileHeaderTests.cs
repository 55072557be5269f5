using FuelSessions.Drivers;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Files;

public sealed class FileHeaderTests
{
    private static readonly SessionKey Key = SessionKey.FromBytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

    public static TheoryData<long> Times => [0, 1, 1_700_000_000_000, 4_102_444_800_000, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()];

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_comes_back(long time)
    {
        Assert.True(FileHeader.TryRead(Header(time), Key, out DateTimeOffset expires));
        Assert.Equal(time, expires.ToUnixTimeMilliseconds());
    }

    // The checksum is linear: what it notices for one key and time it notices for all.
    [Theory]
    [MemberData(nameof(Times))]
    public void Every_changed_byte_is_noticed(long time)
    {
        byte[] header = Header(time);
        for (int position = 0; position < header.Length; position++)
        {
            for (int change = 1; change < 256; change++)
            {
                header[position] ^= (byte)change;
                Assert.False(FileHeader.TryRead(header, Key, out _));
                header[position] ^= (byte)change;
            }
        }
    }

    [Fact]
    public void A_header_of_another_session_is_noticed()
    {
        byte[] other = Key.ToByteArray();
        other[^1] ^= 1;
        Assert.False(FileHeader.TryRead(Header(1_700_000_000_000), SessionKey.FromBytes(other), out _));
    }

    [Fact]
    public void Nothing_but_zeros_is_no_header() => Assert.False(FileHeader.TryRead(new byte[FileHeader.Size], Key, out _));

    [Fact]
    public void What_ended_before_1970_has_ended()
    {
        byte[] header = new byte[FileHeader.Size];
        FileHeader.Write(header, Key, DateTimeOffset.MinValue);
        Assert.True(FileHeader.TryRead(header, Key, out DateTimeOffset expires));
        Assert.Equal(DateTimeOffset.UnixEpoch, expires);
    }

    private static byte[] Header(long time)
    {
        byte[] header = new byte[FileHeader.Size];
        FileHeader.Write(header, Key, DateTimeOffset.FromUnixTimeMilliseconds(time));
        return header;
    }
}
