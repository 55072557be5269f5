using System.Buffers.Binary;
using FuelSessions.Configuration;
using FuelSessions.Engine;
using FuelSessions.Fuzz.Running;
using FuelSessions.Records;

namespace FuelSessions.Fuzz.Targets;

/// <summary>
/// The cookie driver's records as they are packed: what stands behind the seal, which whoever has the keys can make up. An input: the session's key,
/// in which form (one byte), and the bytes. However few they are, they unpack to no more than fits into cookies.
/// </summary>
internal sealed class PackedRecordTarget : FuzzTarget
{
    private const int Head = SessionKey.Size;
    private const int LargestContent = FuelSessionsOptionsRules.MostInCookies + 4096;

    internal override string Name => "packed-records";

    internal override int BytesPerByte => 16;

    // What it says that it unpacks to, and the record that is decoded from that.
    internal override int FixedBytes => 3 * LargestContent;

    internal override IEnumerable<byte[]> Seeds =>
        from record in Samples()
        from compresses in new[] { false, true }
        select (byte[])[.. record.Key.ToByteArray(), .. RecordPacking.Pack(record, compresses)];

    // So that what is behind the size is reached.
    internal override void Mend(InputBuffer input)
    {
        if (input.Length <= Head + 1 + sizeof(int))
        {
            return;
        }

        // One that is neither is refused at once.
        input.Span[Head] = input.Span[Head] % 4 == RecordPacking.Plain ? RecordPacking.Plain : RecordPacking.Compressed;
        int size = BinaryPrimitives.ReadInt32BigEndian(input.Span[(Head + 1)..]);
        BinaryPrimitives.WriteInt32BigEndian(input.Span[(Head + 1)..], size & 0x7FFF);
    }

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        if (input.Length <= Head)
        {
            return 0;
        }

        SessionKey key = SessionKey.FromBytes(input.Span[..Head]);
        byte kind = input.Span[Head];
        ReadOnlyMemory<byte>? content;
        SessionRecord? record = null;
        Meter.Start();
        try
        {
            content = RecordPacking.Unpack(kind, input[(Head + 1)..]);
            record = content is { } found ? SessionRecordFormat.Decode(key, found) : null;
        }
        catch (SessionRecordFormatException)
        {
            return 1;
        }
        finally
        {
            Meter.Stop();
        }

        if (record is null)
        {
            return 2;
        }

        Promise.That(kind == RecordPacking.Plain || content!.Value.Length <= LargestContent, "more is unpacked than fits into cookies");
        foreach (bool compresses in new[] { false, true })
        {
            byte[] packed = RecordPacking.Pack(record, compresses);
            Promise.That(packed.Length <= content!.Value.Length + 1, "packed, a record is larger than it is");
            Promise.That(RecordPacking.Unpack(packed[0], packed.AsMemory(1)) is { } again && again.Span.SequenceEqual(content.Value.Span), "a record is another one once it was packed again");
        }

        return Outcome.Of(kind, content!.Value.Length / 1024, record.Flash.IsEmpty);
    }

    private static IEnumerable<SessionRecord> Samples()
    {
        foreach (int size in new[] { 0, 2_000, FuelSessionsOptionsRules.MostInCookies - 100 })
        {
            yield return SampleRecords.Plain with { Version = 1 + size, Data = SampleRecords.Text(size) };
        }
    }
}
