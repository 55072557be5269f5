using System.Text.Json;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>A public key as JWK (RFC 7517, 7518).</summary>
internal static class PublicKey
{
    /// <summary>Null for what is no key for that algorithm.</summary>
    internal static DeviceKey? Read(JsonElement jwk, DeviceKeyAlgorithm algorithm)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        byte[]? bytes = algorithm == DeviceKeyAlgorithm.ES256 ? Elliptic(jwk) : Rsa(jwk);
        return bytes is not null && DeviceKey.HasForm(algorithm, bytes.Length) ? new DeviceKey(algorithm, bytes) : null;
    }

    private static byte[]? Elliptic(JsonElement jwk) =>
        SignedProof.Text(jwk, "kty") == "EC"
        && SignedProof.Text(jwk, "crv") == "P-256"
        && SignedProof.Decode(SignedProof.Text(jwk, "x")) is { Length: DeviceKey.CoordinateSize } x
        && SignedProof.Decode(SignedProof.Text(jwk, "y")) is { Length: DeviceKey.CoordinateSize } y
            ? [.. x, .. y]
            : null;

    // With an exponent of 1 anybody's text is a signature, an even one has no inverse, and a long one is a way to keep us busy.
    private static byte[]? Rsa(JsonElement jwk)
    {
        if (SignedProof.Text(jwk, "kty") != "RSA"
            || SignedProof.Decode(SignedProof.Text(jwk, "n")) is not [not 0, ..] modulus
            || SignedProof.Decode(SignedProof.Text(jwk, "e")) is not [not 0, ..] exponent
            || exponent.Length > DeviceKey.ExponentSize
            || (exponent[^1] & 1) == 0
            || exponent is [1])
        {
            return null;
        }

        byte[] bytes = new byte[DeviceKey.ExponentSize + modulus.Length];
        exponent.CopyTo(bytes, DeviceKey.ExponentSize - exponent.Length);
        modulus.CopyTo(bytes, DeviceKey.ExponentSize);
        return bytes;
    }
}
