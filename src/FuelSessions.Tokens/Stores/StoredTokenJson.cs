using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Tokens.Stores;

/// <summary>A stored token as JSON: <c>access_token</c>, <c>refresh_token</c>, times as ISO 8601, and so on.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredToken))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StoredTokenJson : JsonSerializerContext
{
    internal static byte[] Encode(StoredToken token) => JsonSerializer.SerializeToUtf8Bytes(token, Default.StoredToken);

    /// <summary>The extra fields as one text, for encryption; null if there are none.</summary>
    internal static string? EncodeExtra(IReadOnlyDictionary<string, string> extra) =>
        extra.Count == 0 ? null : JsonSerializer.Serialize(new Dictionary<string, string>(extra), Default.DictionaryStringString);

    /// <exception cref="StoredTokenFormatException">The text is none of that method.</exception>
    internal static Dictionary<string, string> DecodeExtra(string json, long version)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.DictionaryStringString) ?? [];
        }
        catch (JsonException error)
        {
            throw new StoredTokenFormatException("The extra fields of the stored token are not what was stored.", error, version);
        }
    }

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
