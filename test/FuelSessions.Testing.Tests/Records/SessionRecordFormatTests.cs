using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Records;

public sealed class SessionRecordFormatTests
{
    private static readonly DateTimeOffset Now = new FakeClock().GetUtcNow();

    public static TheoryData<string> Shapes => ["bare", "full", "empty blocks"];

    [Fact]
    public void Random_records_survive()
    {
        var random = new Random(20);
        for (int number = 0; number < 5000; number++)
        {
            SessionRecord record = RandomRecord(random);
            RecordAssert.Same(record, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(record)), TimeSpan.Zero);
        }
    }

    [Fact]
    public void Extreme_records_survive()
    {
        DateTimeOffset last = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        SessionRecord record = SampleRecords.Full(Now) with
        {
            Version = long.MaxValue,
            Created = DateTimeOffset.MinValue,
            Rotated = last,
            Updated = DateTimeOffset.MinValue,
            Expires = last,
            Confirmed = last,
            Lifetime = TimeSpan.FromDays(365 * 100),
            Principal = string.Concat(Enumerable.Repeat("\U0010FFFD", 128)),
        };
        RecordAssert.Same(record, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(record)), TimeSpan.Zero);
        SessionRecord reversed = record with { Created = last, Rotated = DateTimeOffset.MinValue };
        RecordAssert.Same(reversed, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(reversed)), TimeSpan.Zero);
    }

    [Fact]
    public void Encoding_appends_to_what_is_there()
    {
        SessionRecord record = SampleRecords.Full(Now);
        var output = new ArrayBufferWriter<byte>();
        output.Write("before"u8);
        SessionRecordFormat.Encode(record, output);
        RecordAssert.Same(record, SessionRecordFormat.Decode(record.Key, output.WrittenMemory[6..]), TimeSpan.Zero);
    }

    [Fact]
    public void A_record_without_data_is_small() =>
        Assert.InRange(SessionRecordFormat.Encode(SampleRecords.Bare(Now)).Length, 30, 100);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_changed_byte_is_refused(string shape)
    {
        (SessionKey key, byte[] bytes) = Encoded(shape);
        for (int position = 0; position < bytes.Length; position++)
        {
            for (int change = 1; change < 256; change++)
            {
                bytes[position] ^= (byte)change;
                AssertRefused(key, bytes);
                bytes[position] ^= (byte)change;
            }
        }

        SessionRecordFormat.Decode(key, bytes);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shorter_length_is_refused(string shape)
    {
        (SessionKey key, byte[] bytes) = Encoded(shape);
        for (int length = 0; length < bytes.Length; length++)
        {
            AssertRefused(key, bytes[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_longer_length_is_refused(string shape)
    {
        (SessionKey key, byte[] bytes) = Encoded(shape);
        for (int added = 1; added < 64; added++)
        {
            AssertRefused(key, [.. bytes, .. new byte[added]]);
            AssertRefused(key, [.. bytes, .. bytes[..Math.Min(added, bytes.Length)]]);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_tail_that_never_reached_the_disk_is_refused(string shape)
    {
        (SessionKey key, byte[] bytes) = Encoded(shape);
        for (int whole = 0; whole < bytes.Length - 1; whole++)
        {
            byte[] torn = [.. bytes];
            Array.Clear(torn, whole, torn.Length - whole);
            AssertRefused(key, torn);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_record_copied_under_another_key_is_refused(string shape)
    {
        (SessionKey key, byte[] bytes) = Encoded(shape);
        byte[] other = key.ToByteArray();
        other[^1] ^= 1;
        AssertRefused(SessionKey.FromBytes(other), bytes);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(21);
        SessionKey key = SessionKey.Create();
        for (int number = 0; number < 20_000; number++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 2)
            {
                (bytes[0], bytes[1]) = (0xF5, 1);
            }

            AssertRefused(key, bytes);
        }
    }

    // Whoever can write to the store can write checksums too.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Damage_under_a_forged_checksum_is_refused_or_read_but_never_another_error(string shape)
    {
        var random = new Random(22);
        (SessionKey key, byte[] bytes) = Encoded(shape);
        int refused = 0;
        for (int number = 0; number < 100_000; number++)
        {
            byte[] forged = bytes[..random.Next(7, bytes.Length + 1)];
            for (int changes = random.Next(1, 20); changes > 0; changes--)
            {
                forged[random.Next(2, forged.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(forged.AsSpan(^4..), Checksum(key, forged.AsSpan(..^4)));
            try
            {
                SessionRecordFormat.Decode(key, forged);
            }
            catch (SessionRecordFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 99_999);
    }

    private static uint Checksum(SessionKey key, ReadOnlySpan<byte> content)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in (byte[])[.. key.ToByteArray(), .. content])
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    private static (SessionKey Key, byte[] Bytes) Encoded(string shape)
    {
        SessionRecord record = shape switch
        {
            "full" => SampleRecords.Full(Now),
            "empty blocks" => SampleRecords.Full(Now) with { Data = default, Flash = default },
            _ => SampleRecords.Bare(Now),
        };
        return (record.Key, SessionRecordFormat.Encode(record));
    }

    // Assert.Throws takes the exact type: no other exception gets through.
    private static void AssertRefused(SessionKey key, byte[] bytes) =>
        Assert.Throws<SessionRecordFormatException>(() => SessionRecordFormat.Decode(key, bytes));

    private static SessionRecord RandomRecord(Random random)
    {
        bool device = random.Next(2) == 0;
        bool rotated = random.Next(2) == 0;
        return new SessionRecord
        {
            Key = SessionKey.Create(),
            Version = random.NextInt64(1, 1L << random.Next(1, 63)),
            CurrentHash = new SecretHash(Bits(random)),
            PreviousHash = random.Next(2) == 0 ? new SecretHash(Bits(random)) : null,
            Nonce = rotated ? new RotationNonce(Bits(random)) : null,
            SealedPrevious = rotated ? Bits(random) : default,
            Epoch = (uint)random.NextInt64(1L << random.Next(1, 33)),
            Created = Time(random),
            Rotated = Time(random),
            Confirmed = random.Next(2) == 0 ? Time(random) : null,
            Updated = Time(random),
            Expires = Time(random),
            Lifetime = TimeSpan.FromMilliseconds(random.NextInt64(1, 1L << random.Next(1, 40))),
            UserAgentHash = device ? (ulong)random.NextInt64() << 1 : null,
            UserAgentFamilyHash = device ? (ulong)random.NextInt64() << 1 : null,
            IpHash = random.Next(2) == 0 ? (ulong)random.NextInt64() << 1 : null,
            Principal = random.Next(2) == 0 ? Text(random) : null,
            Data = Bytes(random),
            Flash = Bytes(random),
        };
    }

    private static DateTimeOffset Time(Random random) => random.Next(4) == 0
        ? DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(-62_135_596_800_000, 253_402_300_800_000))
        : Now.AddMilliseconds(random.Next(-1_000_000, 1_000_000));

    private static UInt128 Bits(Random random) => new((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1);

    private static byte[] Bytes(Random random)
    {
        byte[] bytes = new byte[random.Next(4) switch { 0 => 0, 1 => random.Next(130), 2 => random.Next(20_000), _ => 127 }];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (int number = random.Next(40); number > 0; number--)
        {
            int point = random.Next(4) == 0 ? random.Next(0x10000, 0x110000) : random.Next(0xD800);
            text.Append(new Rune(point));
        }

        return text.ToString();
    }
}
