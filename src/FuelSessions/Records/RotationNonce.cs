using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FuelSessions.Records;

/// <summary>128 fresh random bits per rotation, from which the next secret is derived [R1].</summary>
public readonly record struct RotationNonce(UInt128 Bits)
{
    /// <summary>A new nonce from the system's cryptographic random number generator.</summary>
    public static RotationNonce Create()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return new RotationNonce(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Never the nonce.</summary>
    public override string ToString() => "[nonce]";
}
