using System.Buffers.Binary;

namespace FuelSessions.Records;

/// <summary>
/// The first 128 bits of the SHA-256 of a secret. A secret has 128 random bits, so a longer hash would cost
/// space and add no strength.
/// </summary>
public readonly record struct SecretHash(UInt128 Bits)
{
    /// <summary>The size of a hash in bytes: 16.</summary>
    public const int Size = 16;

    /// <summary>The hash's 16 bytes, for a binary column.</summary>
    public byte[] ToByteArray()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return bytes;
    }

    /// <summary>Compares in constant time.</summary>
    public bool Equals(SecretHash other)
    {
        UInt128 difference = Bits ^ other.Bits;
        return ((ulong)difference | (ulong)(difference >> 64)) == 0;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => Bits.GetHashCode();

    /// <summary>Never the hash.</summary>
    public override string ToString() => "[hash]";
}
