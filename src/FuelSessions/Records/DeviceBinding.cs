namespace FuelSessions.Records;

/// <summary>
/// The part of a record that binds its session to a device (Device Bound Session Credentials): the public half of the device's key, the challenge that it is to sign next, and hashes of
/// the bound cookies that are good. Apart from the variables: clearing those leaves it, and it ends with the record or with a revoking rotation.
/// Who reads it learns nothing that proves the session or the device.
/// </summary>
public sealed class DeviceBinding : IEquatable<DeviceBinding>
{
    // Those of lost answers and of requests on their way; a browser refreshes once in some minutes.
    internal const int MostProofs = 4;

    internal DeviceBinding(UInt128 id, DeviceKey key, DateTimeOffset offered, DateTimeOffset? confirmed, UInt128 challenge, DateTimeOffset challengeEnds, params BoundProof[] proofs)
    {
        Id = id;
        Key = key;
        Offered = offered;
        Confirmed = confirmed;
        Challenge = challenge;
        ChallengeEnds = challengeEnds;
        Proofs = proofs;
    }

    /// <summary>Which binding of the session it is: each registration makes another one. What a browser's binding is called follows from it.</summary>
    internal UInt128 Id { get; }

    internal DeviceKey Key { get; }

    /// <summary>Until when the offer was good that it came of. An earlier offer makes no other binding any more [B1].</summary>
    internal DateTimeOffset Offered { get; }

    /// <summary>
    /// When the browser first showed that it knows of the binding; null until then. Times have millisecond precision and are UTC.
    /// </summary>
    public DateTimeOffset? Confirmed { get; }

    /// <summary>What the device signs next.</summary>
    internal UInt128 Challenge { get; }

    internal DateTimeOffset ChallengeEnds { get; }

    /// <summary>The latest last.</summary>
    internal BoundProof[] Proofs { get; }

    /// <summary>The thumbprint of the device's key (RFC 7638, SHA-256, base64url, 43 characters). Another device has another one; it proves nothing.</summary>
    public string Thumbprint => Key.Thumbprint();

    /// <summary>How many bytes <see cref="ToByteArray"/> has: some 140 with an elliptic key, some 340 with an RSA key of 2048 bits.</summary>
    public int Size => DeviceBindingFormat.SizeOf(this);

    /// <summary>For drivers that store a record's parts.</summary>
    public byte[] ToByteArray()
    {
        byte[] bytes = new byte[Size];
        DeviceBindingFormat.Write(this, bytes);
        return bytes;
    }

    /// <summary>What <see cref="ToByteArray"/> gave.</summary>
    /// <exception cref="SessionRecordFormatException">The bytes are none, or damaged.</exception>
    public static DeviceBinding FromBytes(ReadOnlySpan<byte> bytes) => DeviceBindingFormat.Read(bytes);

    /// <summary>Whether it holds the same.</summary>
    public bool Equals(DeviceBinding? other) => other is not null && (ReferenceEquals(this, other) || ToByteArray().AsSpan().SequenceEqual(other.ToByteArray()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DeviceBinding);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Challenge, Confirmed);

    /// <summary>Never the key, nor what is signed.</summary>
    public override string ToString() => "[device binding]";

    /// <summary>Whether that is the value of a bound cookie that is good.</summary>
    internal bool IsProvedBy(SessionSecret value, DateTimeOffset now)
    {
        SecretHash hash = value.Hash();
        bool isProved = false;
        foreach (BoundProof proof in Proofs)
        {
            isProved |= now < proof.Ends && proof.Hash.Equals(hash);
        }

        return isProved;
    }

    internal DeviceBinding ConfirmedAt(DateTimeOffset now) => With(now, Challenge, ChallengeEnds, Proofs);

    internal DeviceBinding Challenged(UInt128 challenge, DateTimeOffset ends) => With(Confirmed, challenge, ends, Proofs);

    /// <summary>After the device has signed the challenge, which is used up with it.</summary>
    internal DeviceBinding Refreshed(SessionSecret bound, UInt128 challenge, DateTimeOffset ends, DateTimeOffset now)
    {
        BoundProof[] good = [.. Proofs.Where(proof => now < proof.Ends), new BoundProof(bound.Hash(), ends)];
        return With(Confirmed ?? now, challenge, ends, good.Length > MostProofs ? good[^MostProofs..] : good);
    }

    private DeviceBinding With(DateTimeOffset? confirmed, UInt128 challenge, DateTimeOffset challengeEnds, BoundProof[] proofs) =>
        new(Id, Key, Offered, confirmed, challenge, challengeEnds, proofs);
}
