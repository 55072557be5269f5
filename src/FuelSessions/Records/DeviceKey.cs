using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Records;

/// <summary>The public half of a device's key, and the one algorithm that it is used with [B2].</summary>
/// <param name="algorithm">Pinned: a key of one algorithm verifies nothing of another.</param>
/// <param name="bytes">ES256: x and y, 32 bytes each. RS256: the exponent in 4 bytes, and the modulus.</param>
internal sealed class DeviceKey(DeviceKeyAlgorithm algorithm, ReadOnlyMemory<byte> bytes)
{
    internal const int CoordinateSize = 32;
    internal const int ExponentSize = sizeof(uint);
    internal const int LeastModulus = 2048 / 8;
    internal const int MostModulus = 4096 / 8;

    internal DeviceKeyAlgorithm Algorithm { get; } = algorithm;

    internal ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Whether bytes of that length can be such a key; whether they are one, <see cref="Verifies"/> finds out.</summary>
    internal static bool HasForm(DeviceKeyAlgorithm algorithm, int size) => algorithm switch
    {
        DeviceKeyAlgorithm.ES256 => size == 2 * CoordinateSize,
        DeviceKeyAlgorithm.RS256 => size is >= ExponentSize + LeastModulus and <= ExponentSize + MostModulus,
        _ => false,
    };

    /// <summary>Whether this key has signed that. False also if it is no key at all, such as a point that is not on the curve.</summary>
    internal bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        ReadOnlySpan<byte> key = Bytes.Span;
        try
        {
            if (Algorithm == DeviceKeyAlgorithm.ES256)
            {
                using ECDsa ec = ECDsa.Create(new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new ECPoint { X = key[..CoordinateSize].ToArray(), Y = key[CoordinateSize..].ToArray() },
                });
                return signature.Length == 2 * CoordinateSize
                    && ec.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }

            using RSA rsa = RSA.Create(new RSAParameters { Exponent = Exponent().ToArray(), Modulus = key[ExponentSize..].ToArray() });
            return rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The key's JWK thumbprint (RFC 7638) with SHA-256, base64url: 43 characters. Follows from the key, so that it is not stored beside it.</summary>
    internal string Thumbprint()
    {
        ReadOnlySpan<byte> key = Bytes.Span;
        string jwk = Algorithm == DeviceKeyAlgorithm.ES256
            ? $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(key[..CoordinateSize])}}","y":"{{Base64Url.EncodeToString(key[CoordinateSize..])}}"}"""
            : $$"""{"e":"{{Base64Url.EncodeToString(Exponent())}}","kty":"RSA","n":"{{Base64Url.EncodeToString(key[ExponentSize..])}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(jwk)));
    }

    private ReadOnlySpan<byte> Exponent() => Bytes.Span[..ExponentSize].TrimStart((byte)0);
}
