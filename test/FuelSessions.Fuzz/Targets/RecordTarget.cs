using System.Buffers.Binary;
using System.Numerics;
using FuelSessions.Drivers;
using FuelSessions.Fuzz.Running;
using FuelSessions.Records;
using FuelSessions.Redis;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// Stored records, as every driver reads them, and the ends that drivers keep beside them. An input: in which form (one byte), the session's key,
/// the bytes.
/// </summary>
internal sealed class RecordTarget : FuzzTarget
{
    private const int Head = 1 + SessionKey.Size;
    private const int ChecksumSize = sizeof(uint);

    internal override string Name => "records";

    internal override int BytesPerByte => 12;

    internal override IEnumerable<byte[]> Seeds =>
        from form in new byte[] { 0, 1, 2 }
        from record in Samples()
        select (byte[])[form, .. record.Key.ToByteArray(), .. form == 1 ? StoredSession.Encode(record) : form == 2 ? End(record) : SessionRecordFormat.Encode(record)];

    // So that what is behind the checksum is reached: who writes to the store can forge one.
    internal override void Mend(InputBuffer input)
    {
        int start = Head + (input.Length > 0 && input.Span[0] % 3 == 1 ? 6 : 0);
        if (input.Length > start + ChecksumSize && input.Span[0] % 3 != 2)
        {
            uint crc = Crc(Crc(uint.MaxValue, input.Span[1..Head]), input.Span[start..^ChecksumSize]);
            BinaryPrimitives.WriteUInt32LittleEndian(input.Span[^ChecksumSize..], ~crc);
        }
    }

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        if (input.Length < Head)
        {
            return 0;
        }

        SessionKey key = SessionKey.FromBytes(input.Span[1..Head]);
        byte[] stored = input[Head..].ToArray();
        return (input.Span[0] % 3) switch
        {
            0 => Record(key, stored, Decode(key, stored)),
            1 => Record(key, stored, DecodeRedis(key, stored)),
            _ => EndOf(key, stored),
        };
    }

    private static int Record(SessionKey key, byte[] stored, SessionRecord? record)
    {
        if (record is null)
        {
            return 1;
        }

        // Whatever could be read can be written, and is read as the same again.
        byte[] encoded = SessionRecordFormat.Encode(record);
        Promise.That(Same(record, SessionRecordFormat.Decode(key, encoded)), "a record that was read is not the same once it was written and read again");
        Promise.That(StoredSession.Encode(record).Length == encoded.Length + 6, "the redis form is the record and an end");

        byte[] otherKey = key.ToByteArray();
        otherKey[stored.Length % otherKey.Length] ^= 1;
        Promise.That(IsRefused(SessionKey.FromBytes(otherKey), encoded), "a record is read under another key");
        encoded[stored[^1] % encoded.Length] ^= (byte)(1 << (stored[^2] % 8));
        Promise.That(IsRefused(key, encoded), "a record with another bit is read");
        Promise.That(IsRefused(key, encoded.AsMemory(0, encoded.Length - 1)), "a record that was cut short is read");
        return Outcome.Of(record.Principal is null, record.Flash.IsEmpty, record.Nonce is null, record.PreviousHash is null, record.Confirmed is null, record.UserAgentHash > uint.MaxValue, record.Epoch == 0, record.Data.IsEmpty, record.Binding?.Confirmed is null, record.Binding?.Size / 64, record.Ticket.IsEmpty, record.KeepsCookie);
    }

    private SessionRecord? Decode(SessionKey key, byte[] stored)
    {
        Meter.Start();
        try
        {
            return SessionRecordFormat.Decode(key, stored);
        }
        catch (SessionRecordFormatException)
        {
            return null;
        }
        finally
        {
            Meter.Stop();
        }
    }

    private SessionRecord? DecodeRedis(SessionKey key, byte[] stored)
    {
        Meter.Start();
        try
        {
            return StoredSession.Decode(key, stored);
        }
        catch (SessionRecordFormatException)
        {
            return null;
        }
        finally
        {
            Meter.Stop();
        }
    }

    private static int EndOf(SessionKey key, byte[] stored)
    {
        if (stored.Length < FileHeader.Size || !FileHeader.TryRead(stored, key, out DateTimeOffset end))
        {
            return 2;
        }

        byte[] written = new byte[FileHeader.Size];
        FileHeader.Write(written, key, end);
        Promise.That(written.AsSpan().SequenceEqual(stored.AsSpan(0, FileHeader.Size)), "a file's end is written in more than one way");
        return 3;
    }

    private static bool IsRefused(SessionKey key, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            SessionRecordFormat.Decode(key, bytes);
            return false;
        }
        catch (SessionRecordFormatException)
        {
            return true;
        }
    }

    private static bool Same(SessionRecord one, SessionRecord other) =>
        one with { Data = default, Flash = default, Ticket = default } == other with { Data = default, Flash = default, Ticket = default }
        && one.Data.Span.SequenceEqual(other.Data.Span)
        && one.Flash.Span.SequenceEqual(other.Flash.Span)
        && one.Ticket.Span.SequenceEqual(other.Ticket.Span);

    private static byte[] End(SessionRecord record)
    {
        byte[] end = new byte[FileHeader.Size];
        FileHeader.Write(end, record.Key, record.Expires);
        return end;
    }

    private static IEnumerable<SessionRecord> Samples()
    {
        SessionRecord plain = SampleRecords.Plain;
        yield return plain;
        yield return plain with
        {
            Version = 300,
            Rotated = plain.Created.AddMinutes(5),
            Updated = plain.Created.AddMinutes(6),
            Confirmed = plain.Created.AddMinutes(7),
            PreviousHash = new SecretHash(987654321),
            Nonce = new RotationNonce(UInt128.MaxValue / 3),
            SealedPrevious = UInt128.MaxValue / 7,
            PreviousRevoked = true,
            IsRotationDue = true,
            Epoch = 2,
            UserAgentHash = 1,
            UserAgentFamilyHash = ulong.MaxValue,
            IpHash = 7,
            Principal = "ann",
            Ticket = "ticket"u8.ToArray(),
            KeepsCookie = false,
            Data = VariablesTarget.Sample,
            Flash = VariablesTarget.Sample,
        };
        yield return plain with { Principal = "ann", Binding = ProofTarget.Binding(confirmed: plain.Created) };
        yield return plain with { Binding = ProofTarget.Binding(confirmed: null), Data = VariablesTarget.Sample };
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
