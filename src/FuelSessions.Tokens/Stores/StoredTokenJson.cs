using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Tokens.Stores;

/// <summary>A stored token as JSON: <c>access_token</c>, <c>refresh_token</c>, times as ISO 8601, and so on.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredToken))]
internal sealed partial class StoredTokenJson : JsonSerializerContext
{
    internal static byte[] Encode(StoredToken token) => JsonSerializer.SerializeToUtf8Bytes(token, Default.StoredToken);

    /// <exception cref="StoredTokenFormatException">The text is no stored token.</exception>
    internal static StoredToken Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.StoredToken) is { Version: > 0, Ref: null or { Type: not null, Id: not null } } token
                ? token
                : throw new StoredTokenFormatException($"{json.Length} stored bytes are not a token.");
        }
        catch (JsonException error)
        {
            throw new StoredTokenFormatException($"{json.Length} stored bytes are not a token.", error);
        }
    }

    /// <summary>The version of what is stored; 0 if there is nothing, or nothing that can be made out.</summary>
    internal static long VersionOf(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? 0 : Decode(json).Version;
        }
        catch (StoredTokenFormatException)
        {
            return 0;
        }
    }
}
