namespace FuelSessions.Records;

/// <summary>
/// The binary form of a <see cref="DeviceBinding"/>: a byte for the algorithm, which also says how the rest is read; id, times and challenge; the
/// number of proofs and each of them; and what is left is the key.
/// </summary>
internal static class DeviceBindingFormat
{
    // The algorithm, how many proofs, and two times 16 bytes.
    private const int FixedSize = 1 + 1 + (2 * 16);

    internal static int SizeOf(DeviceBinding binding)
    {
        int size = FixedSize + SizeOf(binding.Offered) + SizeOf(binding.Confirmed) + SizeOf(binding.ChallengeEnds) + binding.Key.Bytes.Length;
        foreach (BoundProof proof in binding.Proofs)
        {
            size += SecretHash.Size + SizeOf(proof.Ends);
        }

        return size;
    }

    internal static void Write(DeviceBinding binding, Span<byte> destination)
    {
        var writer = new RecordWriter(destination);
        writer.Byte((byte)binding.Key.Algorithm);
        writer.Bits(binding.Id);
        writer.Time(binding.Offered);
        writer.Varint(Milliseconds(binding.Confirmed));
        writer.Bits(binding.Challenge);
        writer.Time(binding.ChallengeEnds);
        writer.Byte((byte)binding.Proofs.Length);
        foreach (BoundProof proof in binding.Proofs)
        {
            writer.Bits(proof.Hash.Bits);
            writer.Time(proof.Ends);
        }

        writer.Raw(binding.Key.Bytes.Span);
    }

    /// <exception cref="SessionRecordFormatException">Damaged, or of a later version.</exception>
    internal static DeviceBinding Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes, 0);
        var algorithm = (DeviceKeyAlgorithm)reader.Byte();
        UInt128 id = reader.Bits();
        DateTimeOffset offered = reader.Time();
        DateTimeOffset confirmed = reader.Time();
        UInt128 challenge = reader.Bits();
        DateTimeOffset challengeEnds = reader.Time();
        int count = reader.Byte();
        if (count > DeviceBinding.MostProofs)
        {
            throw RecordReader.Damaged();
        }

        var proofs = new BoundProof[count];
        for (int i = 0; i < proofs.Length; i++)
        {
            proofs[i] = new BoundProof(new SecretHash(reader.Bits()), reader.Time());
        }

        ReadOnlySpan<byte> key = bytes[reader.Rest()];
        return DeviceKey.HasForm(algorithm, key.Length)
            ? new DeviceBinding(
                id,
                new DeviceKey(algorithm, key.ToArray()),
                offered,
                confirmed == DateTimeOffset.UnixEpoch ? null : confirmed,
                challenge,
                challengeEnds,
                proofs)
            : throw RecordReader.Damaged();
    }

    // Nothing was confirmed in 1970.
    private static ulong Milliseconds(DateTimeOffset? time) => (ulong)(time?.ToUnixTimeMilliseconds() ?? 0);

    private static int SizeOf(DateTimeOffset? time) => RecordWriter.SizeOf(Milliseconds(time));
}
