using System.Text.Json;
using System.Text.Json.Nodes;

namespace FuelSessions.Values;

/// <summary>Text in a tree of JSON, which its own writer writes: it puts U+FFFD for half of a surrogate pair.</summary>
internal static class TreeText
{
    internal static bool IsBroken(JsonNode? node) => node switch
    {
        JsonObject map => map.Any(static property => Unicode.IndexOfBroken(property.Key) >= 0 || IsBroken(property.Value)),
        JsonArray list => list.Any(IsBroken),
        JsonValue value => value.GetValueKind() == JsonValueKind.String && (value.TryGetValue(out string? text) ? Unicode.IndexOfBroken(text) >= 0
            : value.TryGetValue(out char character) && char.IsSurrogate(character)),
        _ => false,
    };
}
