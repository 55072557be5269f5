using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using FuelSessions.Records;

namespace FuelSessions.Values;

/// <summary>Stored JSON as a tree that can be changed.</summary>
internal static class JsonTree
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = JsonElementPath.MaxDepth, AllowDuplicateProperties = false };

    /// <exception cref="SessionRecordFormatException">It is no JSON, or a text in it is no Unicode.</exception>
    internal static JsonNode? Parse(ReadOnlySpan<byte> json)
    {
        Steps.Take(json.Length);
        try
        {
            JsonNode? tree = JsonNode.Parse(json, nodeOptions: null, Strict);
            ThrowIfNoUnicode(json);
            return tree;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return ParseLeniently(json);
        }
    }

    internal static SessionRecordFormatException Damaged(Exception error) => new($"A session variable holds what can't be read as JSON: {error.Message}");

    // An app's own JSON may hold a name twice, and the framework's trees can't. The first counts, as where no tree is made.
    private static JsonNode? ParseLeniently(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonElementPath.MaxDepth });
            JsonElement element = JsonElement.ParseValue(ref reader);
            ThrowIfNoUnicode(json);
            return reader.Read() ? throw new JsonException("There is more behind it.") : Node(element);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Damaged(error);
        }
    }

    // A tree looks at its texts when it is written out, which is too late to refuse the change; and bytes that are no UTF-8 would be others then.
    private static void ThrowIfNoUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("It is not UTF-8.");
        }

        if (json.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonElementPath.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String && reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }
    }

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                JsonObject map = [];
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    map.TryAdd(property.Name, Node(property.Value));
                }

                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            default:
                return element.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(element);
        }
    }
}
