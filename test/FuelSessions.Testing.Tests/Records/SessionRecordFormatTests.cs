using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Testing.Tests.Records;

public sealed class SessionRecordFormatTests
{
    private static readonly DateTimeOffset Now = FakeClock.AtPresent().GetUtcNow();

    public static TheoryData<string> Shapes => ["bare", "new", "full", "empty blocks"];

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
    public void A_new_record_takes_44_bytes_beside_its_data() =>
        Assert.Equal(44 + 200, SessionRecordFormat.Encode(New() with { Data = new byte[200] }).Length);

    [Fact]
    public void Saved_again_it_takes_a_few_more()
    {
        SessionRecord saved = New() with { Version = 2, Updated = Now.AddSeconds(40) };
        Assert.InRange(SessionRecordFormat.Encode(saved).Length, 45, 50);
    }

    [Fact]
    public void Rotated_it_takes_three_more_values_of_16_bytes()
    {
        SessionRecord rotated = New() with
        {
            PreviousHash = new SecretHash(1),
            Nonce = new RotationNonce(2),
            SealedPrevious = 3,
        };
        Assert.Equal(44 + 48, SessionRecordFormat.Encode(rotated).Length);
    }

    [Fact]
    public void With_tokens_it_takes_two_more_and_a_byte()
    {
        SessionRecord record = New() with { TokenSecret = new StoredTokenSecret(new SecretHash(1), 2) };
        Assert.Equal(44 + 33, SessionRecordFormat.Encode(record).Length);
    }

    [Fact]
    public void Bound_to_a_device_it_takes_the_binding_its_length_and_a_byte()
    {
        DeviceBinding binding = SampleRecords.Binding(1);
        byte[] encoded = SessionRecordFormat.Encode(New() with { Binding = binding });
        Assert.Equal(44 + 1 + 1 + binding.Size, encoded.Length);
        Assert.True(binding.Size < 128);
        Assert.Equal(binding, DeviceBinding.FromBytes(binding.ToByteArray()));
        Assert.NotEqual(binding, SampleRecords.Binding(2));
    }

    [Theory]
    [InlineData(0, 0, "no algorithm")]
    [InlineData(0, 2, "a key that is too short for its algorithm")]
    [InlineData(36, 200, "more cookies than there are")]
    public void A_damaged_binding_is_refused(int at, byte value, string why)
    {
        byte[] bytes = SampleRecords.Binding(1).ToByteArray();
        bytes[at] = value;
        Assert.True(Record.Exception(() => DeviceBinding.FromBytes(bytes)) is SessionRecordFormatException, why);
        Assert.Throws<SessionRecordFormatException>(() => DeviceBinding.FromBytes(bytes.AsSpan(0, 40)));
        Assert.Throws<SessionRecordFormatException>(() => DeviceBinding.FromBytes([]));
    }

    [Fact]
    public void Signed_in_it_takes_what_the_sign_in_says_and_three_bytes()
    {
        SessionRecord named = New() with { Principal = "ada" };
        Assert.Equal(44 + 4, SessionRecordFormat.Encode(named).Length);
        Assert.Equal(44 + 4 + 3, SessionRecordFormat.Encode(named with { KeepsCookie = false }).Length);
        Assert.Equal(44 + 4 + 1 + 2 + 1 + 300, SessionRecordFormat.Encode(named with { KeepsCookie = false, Ticket = new byte[300] }).Length);
    }

    [Fact]
    public void What_is_said_of_an_owner_is_said_one_by_one()
    {
        SessionRecord record = New() with { Principal = "ada", Ticket = "ticket"u8.ToArray(), KeepsCookie = true };
        SessionRecord anonymous = record with { Principal = null };
        Assert.Equal((null, 6, true), (anonymous.Principal, anonymous.Ticket.Length, anonymous.KeepsCookie));
        SessionRecord passing = anonymous with { Ticket = default, KeepsCookie = null };
        Assert.Null(passing.Owner);
        RecordAssert.Same(record, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(record)), TimeSpan.Zero);
        RecordAssert.Same(passing, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(passing)), TimeSpan.Zero);
    }

    // A store compares the version where it is: behind two bytes, in as many as it says itself.
    [Theory]
    [InlineData(1, new byte[] { 1 })]
    [InlineData(127, new byte[] { 127 })]
    [InlineData(300, new byte[] { 0xAC, 2 })]
    public void The_version_is_behind_two_bytes(long version, byte[] expected)
    {
        foreach (SessionRecord record in (SessionRecord[])[SampleRecords.Bare(Now), SampleRecords.Full(Now)])
        {
            byte[] encoded = SessionRecordFormat.Encode(record with { Version = version });
            Assert.Equal(expected, encoded[2..(2 + expected.Length)]);
        }
    }

    [Theory]
    [InlineData(1UL, 2UL, 1UL << 32)]
    [InlineData(1UL, ulong.MaxValue, 3UL)]
    [InlineData(1UL << 63, 2UL, 3UL)]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue)]
    [InlineData(0UL, 0UL, 0UL)]
    public void Client_hashes_of_any_length_survive(ulong userAgent, ulong family, ulong ip)
    {
        SessionRecord record = New() with { UserAgentHash = userAgent, UserAgentFamilyHash = family, IpHash = ip };
        RecordAssert.Same(record, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(record)), TimeSpan.Zero);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(60_000)]
    [InlineData(3_600_000)]
    [InlineData(86_400_000)]
    [InlineData(5_400_000)]
    [InlineData(922_337_203_685_477)]
    public void Durations_of_any_unit_survive(long milliseconds)
    {
        SessionRecord record = New() with { Lifetime = TimeSpan.FromMilliseconds(milliseconds) };
        RecordAssert.Same(record, SessionRecordFormat.Decode(record.Key, SessionRecordFormat.Encode(record)), TimeSpan.Zero);
    }

    [Fact]
    public void Another_format_is_refused_by_name()
    {
        SessionRecord record = New();
        byte[] bytes = SessionRecordFormat.Encode(record);
        bytes[0] = (byte)((bytes[0] & 0x0F) | 0x70);
        string message = Assert.Throws<SessionRecordFormatException>(() => SessionRecordFormat.Decode(record.Key, bytes)).Message;
        Assert.Contains("format 7", message, StringComparison.Ordinal);
    }

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
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(0x10 | (bytes[0] & 0x0F));
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
            byte[] forged = bytes[..random.Next(6, bytes.Length + 1)];
            for (int changes = random.Next(1, 20); changes > 0; changes--)
            {
                forged[random.Next(1, forged.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
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

        return ~crc;
    }

    private static (SessionKey Key, byte[] Bytes) Encoded(string shape)
    {
        SessionRecord record = shape switch
        {
            "new" => New(),
            "full" => SampleRecords.Full(Now),
            "empty blocks" => SampleRecords.Full(Now) with { Data = default, Flash = default },
            _ => SampleRecords.Bare(Now),
        };
        return (record.Key, SessionRecordFormat.Encode(record));
    }

    // As the engine begins one: used for two hours, and a minute longer before a touch is due.
    private static SessionRecord New() => SampleRecords.Bare(Now, TimeSpan.FromHours(2)) with
    {
        Rotated = Now.AddMilliseconds(5),
        Updated = Now.AddMilliseconds(5),
        Confirmed = Now.AddMilliseconds(5),
        Expires = Now.AddMilliseconds(5).AddHours(2).AddMinutes(1),
        UserAgentHash = 0xFFFF_FFF1,
        UserAgentFamilyHash = 0xFFFF_FFF2,
        IpHash = 0xFFFF_FFF3,
    };

    // Assert.Throws takes the exact type: no other exception gets through.
    private static void AssertRefused(SessionKey key, byte[] bytes) =>
        Assert.Throws<SessionRecordFormatException>(() => SessionRecordFormat.Decode(key, bytes));

    private static SessionRecord RandomRecord(Random random)
    {
        bool device = random.Next(2) == 0;
        bool rotated = random.Next(2) == 0;
        DateTimeOffset when = Time(random);
        return new SessionRecord
        {
            Key = SessionKey.Create(),
            Version = random.NextInt64(1, 1L << random.Next(1, 63)),
            CurrentHash = new SecretHash(Bits(random)),
            PreviousHash = random.Next(2) == 0 ? new SecretHash(Bits(random)) : null,
            Nonce = rotated ? new RotationNonce(Bits(random)) : null,
            SealedPrevious = rotated ? Bits(random) : default,
            PreviousRevoked = random.Next(2) == 0,
            IsRotationDue = random.Next(2) == 0,
            TokenSecret = random.Next(2) == 0 ? new StoredTokenSecret(new SecretHash(Bits(random)), Bits(random)) : null,
            Epoch = random.Next(2) == 0 ? 0 : (uint)random.NextInt64(1L << random.Next(1, 33)),
            Created = Time(random),
            Rotated = when,
            Confirmed = random.Next(3) switch { 0 => null, 1 => when, _ => Time(random) },
            Updated = random.Next(2) == 0 ? when : Time(random),
            Expires = Time(random),
            Lifetime = TimeSpan.FromMilliseconds(random.NextInt64(1, 1L << random.Next(1, 40)) * (random.Next(2) == 0 ? 1 : 1000)),
            UserAgentHash = device ? Hash(random) : null,
            UserAgentFamilyHash = device ? Hash(random) : null,
            IpHash = random.Next(2) == 0 ? Hash(random) : null,
            Principal = random.Next(2) == 0 ? Text(random) : null,
            Binding = random.Next(2) == 0 ? SampleRecords.Binding((byte)random.Next(256)) : null,
            Ticket = random.Next(2) == 0 ? Bytes(random) : default,
            KeepsCookie = random.Next(3) switch { 0 => null, 1 => true, _ => false },
            SignedIn = random.Next(2) == 0 ? null : Time(random),
            RememberedUserAgent = random.Next(2) == 0 ? null : Text(random),
            RememberedAddress = random.Next(2) == 0 ? null : Text(random),
            Data = Bytes(random),
            Flash = Bytes(random),
        };
    }

    private static DateTimeOffset Time(Random random) => random.Next(4) == 0
        ? DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(-62_135_596_800_000, 253_402_300_800_000))
        : Now.AddMilliseconds(random.Next(-1_000_000, 1_000_000));

    private static UInt128 Bits(Random random) => new((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1);

    private static ulong Hash(Random random) => random.Next(2) == 0 ? (uint)random.NextInt64() : (ulong)random.NextInt64() << 1;

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
