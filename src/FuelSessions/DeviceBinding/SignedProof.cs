using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FuelSessions.Records;

namespace FuelSessions;

/// <summary>
/// What a browser signs with its device's key: a JWS in compact form (RFC 7515) of the type <c>dbsc+jwt</c>. Read strictly: one way to write it, no member twice, no
/// critical extension, no algorithm but the two [B2].
/// </summary>
internal sealed class SignedProof
{
    /// <summary>With an RSA key of 4096 bits and the longest authorization of ours it has some 3,000 characters.</summary>
    internal const int Longest = 8192;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly byte[] _message;
    private readonly byte[] _signature;

    private SignedProof(byte[] message, byte[] signature, DeviceKeyAlgorithm algorithm, DeviceKey? key, string challenge, string? authorization, string[]? audiences)
    {
        _message = message;
        _signature = signature;
        Algorithm = algorithm;
        Key = key;
        Challenge = challenge;
        Authorization = authorization;
        Audiences = audiences;
    }

    internal DeviceKeyAlgorithm Algorithm { get; }

    /// <summary>The key that the header brings, as with a registration; it proves nothing until it was found to have signed.</summary>
    internal DeviceKey? Key { get; }

    /// <summary>What was signed: the claim <c>jti</c>.</summary>
    internal string Challenge { get; }

    internal string? Authorization { get; }

    /// <summary>Whom it was signed for; null if it does not say.</summary>
    internal string[]? Audiences { get; }

    internal bool IsSignedBy(DeviceKey key) => key.Algorithm == Algorithm && key.Verifies(_message, _signature);

    /// <summary>Null for anything that is not exactly one.</summary>
    internal static SignedProof? Parse(ReadOnlySpan<char> text)
    {
        int first = text.IndexOf('.');
        int last = text.LastIndexOf('.');
        if (text.Length > Longest
            || first <= 0
            || last == first
            || Decode(text[..first]) is not { } header
            || Decode(text[(first + 1)..last]) is not { } payload
            || Decode(text[(last + 1)..]) is not { } signature)
        {
            return null;
        }

        try
        {
            using JsonDocument head = JsonDocument.Parse(header, Strict);
            using JsonDocument claims = JsonDocument.Parse(payload, Strict);
            return Read(head.RootElement, claims.RootElement, Encoding.ASCII.GetBytes(text[..last].ToString()), signature);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, not UTF-8, or half a surrogate pair in a text.
            return null;
        }
    }

    private static SignedProof? Read(JsonElement head, JsonElement claims, byte[] message, byte[] signature)
    {
        if (head.ValueKind != JsonValueKind.Object
            || claims.ValueKind != JsonValueKind.Object
            || !"dbsc+jwt".Equals(Text(head, "typ"), StringComparison.OrdinalIgnoreCase)
            || AlgorithmOf(Text(head, "alg")) is not { } algorithm
            || head.TryGetProperty("crit", out _)
            || Text(claims, "jti") is not { Length: > 0 } challenge)
        {
            return null;
        }

        DeviceKey? key = null;
        if (head.TryGetProperty("jwk", out JsonElement jwk) && (key = PublicKey.Read(jwk, algorithm)) is null)
        {
            return null;
        }

        string[]? audiences = null;
        if (claims.TryGetProperty("aud", out JsonElement aud))
        {
            JsonElement[] all = aud.ValueKind == JsonValueKind.Array ? [.. aud.EnumerateArray()] : [aud];
            audiences = [.. all.Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!)];
        }

        return new SignedProof(message, signature, algorithm, key, challenge, Text(claims, "authorization"), audiences);
    }

    internal static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Base64url as RFC 7515 has it: no padding, no white space, no stray bits, so that there is one text for the same bytes.</summary>
    internal static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.ContainsAnyExcept(SessionCookie.Base64UrlCharacters) || !Base64Url.IsValid(text))
        {
            return null;
        }

        byte[] bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes).AsSpan().SequenceEqual(text) ? bytes : null;
    }

    private static DeviceKeyAlgorithm? AlgorithmOf(string? name) => name switch
    {
        "ES256" => DeviceKeyAlgorithm.ES256,
        "RS256" => DeviceKeyAlgorithm.RS256,
        _ => null,
    };
}
