using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FuelSessions.Records;

/// <summary>128 bits that change at each rotation and prove that their holder owns the session. Never stored, never logged.</summary>
internal sealed class SessionSecret
{
    internal const int Size = 16;

    private readonly UInt128 _bits;

    // The hash's two halves, once they are known: a request compares it several times, and a browser's next request brings the same one. Whoever
    // computes them at the same time comes to the same.
    private UInt128 _stored;
    private UInt128 _unstored;
    private bool _isHashed;

    private SessionSecret(UInt128 bits) => _bits = bits;

    internal static SessionSecret Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return FromBytes(bytes);
    }

    internal static SessionSecret FromBytes(ReadOnlySpan<byte> bytes) => FromBits(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    internal static SessionSecret FromBits(UInt128 bits) => new(bits);

    internal void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);

    /// <summary>
    /// The secret that follows this one in a rotation with that nonce [R1]: who proves the previous secret can
    /// be handed the current one again, though the store holds neither.
    /// </summary>
    internal SessionSecret Next(RotationNonce nonce) => new(Mac(nonce, forward: true));

    /// <summary>
    /// Hides the previous secret so that only the holder of this one can see it again. Applying it twice gives
    /// the input back.
    /// </summary>
    internal UInt128 SealPrevious(UInt128 previous, RotationNonce nonce) => previous ^ Mac(nonce, forward: false);

    internal UInt128 SealPrevious(SessionSecret previous, RotationNonce nonce) => SealPrevious(previous._bits, nonce);

    internal SessionSecret OpenPrevious(UInt128 sealedPrevious, RotationNonce nonce) => new(SealPrevious(sealedPrevious, nonce));

    /// <summary>Hides the secret that the session's tokens carry, so that only the holder of this one can see it again [C6].</summary>
    internal StoredTokenSecret SealTokenSecret(SessionSecret tokens) => new(tokens.Hash(), tokens._bits ^ Mac("token secret"u8));

    internal SessionSecret OpenTokenSecret(StoredTokenSecret stored) => new(stored.Sealed ^ Mac("token secret"u8));

    /// <summary>The token secret of a record that has none: requests that need one at the same time come to the same.</summary>
    internal SessionSecret DeriveTokenSecret() => new(Mac("first token secret"u8));

    internal SecretHash Hash()
    {
        EnsureHashed();
        return new SecretHash(_stored);
    }

    /// <summary>A key that nobody knows but who has this secret: the half of the hash that is not stored.</summary>
    internal UInt128 DerivedKey()
    {
        EnsureHashed();
        return _unstored;
    }

    /// <summary>What was hashed under that key last: a browser says the same of itself in its next request.</summary>
    internal KeyedHash? LastHashed { get; set; }

    /// <summary>Compares in constant time.</summary>
    internal bool Equals(SessionSecret? other)
    {
        if (other is null)
        {
            return false;
        }

        UInt128 difference = _bits ^ other._bits;
        return ((ulong)difference | (ulong)(difference >> 64)) == 0;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SessionSecret);

    /// <summary>Any bits will do: they are random.</summary>
    public override int GetHashCode() => _bits.GetHashCode();

    /// <summary>Never the secret.</summary>
    public override string ToString() => "[redacted]";

    private UInt128 Mac(RotationNonce nonce, bool forward)
    {
        Span<byte> message = stackalloc byte[Size + 1];
        message.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(message, nonce.Bits);
        return Mac(forward ? message[..Size] : message);
    }

    // What it is for is told by the message's length: 16, 17, 12 or 18 bytes.
    private UInt128 Mac(ReadOnlySpan<byte> message)
    {
        Span<byte> buffer = stackalloc byte[Size + HMACSHA256.HashSizeInBytes];
        WriteTo(buffer);
        HMACSHA256.HashData(buffer[..Size], message, buffer[Size..]);
        return BinaryPrimitives.ReadUInt128BigEndian(buffer[Size..]);
    }

    private void EnsureHashed()
    {
        if (!Volatile.Read(ref _isHashed))
        {
            ComputeHash();
        }
    }

    private void ComputeHash()
    {
        Span<byte> buffer = stackalloc byte[Size + SHA256.HashSizeInBytes];
        WriteTo(buffer);
        SHA256.HashData(buffer[..Size], buffer[Size..]);
        (_stored, _unstored) = (BinaryPrimitives.ReadUInt128BigEndian(buffer[Size..]), BinaryPrimitives.ReadUInt128BigEndian(buffer[(Size + Size)..]));
        Volatile.Write(ref _isHashed, true);
    }
}
