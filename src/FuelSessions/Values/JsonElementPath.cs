using System.Text.Json;
using System.Text.Json.Nodes;
using FuelSessions.Records;

namespace FuelSessions.Values;

/// <summary>Finds, sets and removes an element inside a variable's JSON [W4].</summary>
internal static class JsonElementPath
{
    /// <summary>Deeper than any value that can be stored below any path.</summary>
    internal const int MaxDepth = 1000;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <summary>The part of <paramref name="json"/> that the path leads to, without building a tree. Of two of one name in a map the first counts.</summary>
    /// <param name="endedAt">The scalar at which the path ended early, and the result is true; otherwise none.</param>
    /// <exception cref="SessionRecordFormatException">It is no JSON, or a name in it is no Unicode.</exception>
    internal static bool TryFind(ReadOnlyMemory<byte> json, ReadOnlySpan<string> parts, out ReadOnlyMemory<byte> element, out JsonTokenType endedAt)
    {
        try
        {
            return TryFindStored(json, parts, out element, out endedAt);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw JsonTree.Damaged(error);
        }
    }

    private static bool TryFindStored(ReadOnlyMemory<byte> json, ReadOnlySpan<string> parts, out ReadOnlyMemory<byte> element, out JsonTokenType endedAt)
    {
        endedAt = JsonTokenType.None;
        if (parts.IsEmpty)
        {
            element = json;
            return true;
        }

        element = default;
        var reader = new Utf8JsonReader(json.Span, ReaderOptions);
        reader.Read();
        foreach (string part in parts)
        {
            bool found;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    found = MoveToProperty(ref reader, part);
                    break;
                case JsonTokenType.StartArray:
                    found = VariablePath.TryIndex(part, out int index) && MoveToIndex(ref reader, index);
                    break;
                case JsonTokenType.Null:
                    return false;
                default:
                    endedAt = reader.TokenType;
                    return true;
            }

            if (!found)
            {
                Steps.Take((int)reader.BytesConsumed);
                return false;
            }
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        Steps.Take((int)reader.BytesConsumed);
        element = json[start..(int)reader.BytesConsumed];
        return true;
    }

    /// <summary>The same in a tree.</summary>
    internal static bool TryFind(JsonNode? tree, ReadOnlySpan<string> parts, out JsonNode? element, out JsonTokenType endedAt)
    {
        endedAt = JsonTokenType.None;
        element = tree;
        foreach (string part in parts)
        {
            Steps.Take(1);
            if (element is JsonValue scalar)
            {
                endedAt = scalar.GetValueKind() switch
                {
                    JsonValueKind.String => JsonTokenType.String,
                    JsonValueKind.Number => JsonTokenType.Number,
                    _ => JsonTokenType.True,
                };
                return true;
            }

            if (!TryChild(element, part, out element))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Sets the element and gives the changed tree back. What is no container on the way becomes a map; a list that is
    /// addressed by a name becomes a map of its indexes, as a PHP array does.
    /// </summary>
    /// <param name="lenient">
    /// In a merge the list may have become shorter meanwhile: an index past its end appends. Otherwise it is an error.
    /// </param>
    /// <param name="path">All of it, for the error: its text is made for that alone.</param>
    internal static JsonNode Set(JsonNode? tree, ReadOnlySpan<string> parts, ReadOnlySpan<byte> json, bool lenient, in VariablePath path)
    {
        string part = parts[0];
        if (tree is JsonArray list)
        {
            if (VariablePath.TryIndex(part, out int index))
            {
                SetInList(list, index, parts, json, lenient, in path);
                return list;
            }

            tree = ToMap(list);
        }

        JsonObject map = tree as JsonObject ?? [];
        JsonNode? old = map[part];
        JsonNode? value = Child(old, parts, json, lenient, in path);
        if (value is null || !ReferenceEquals(old, value))
        {
            map[part] = value;
        }

        return map;
    }

    /// <summary>Removes the element if the path leads to one; removing from a list closes the gap.</summary>
    internal static bool Remove(JsonNode? tree, ReadOnlySpan<string> parts)
    {
        for (; parts.Length > 1; parts = parts[1..])
        {
            if (!TryChild(tree, parts[0], out tree))
            {
                return false;
            }
        }

        switch (tree)
        {
            case JsonObject map:
                return map.Remove(parts[0]);
            case JsonArray list when VariablePath.TryIndex(parts[0], out int index) && index < list.Count:
                Steps.Take(list.Count - index);
                list.RemoveAt(index);
                return true;
            default:
                return false;
        }
    }

    private static bool TryChild(JsonNode? tree, string part, out JsonNode? child)
    {
        child = null;
        if (tree is JsonArray list && VariablePath.TryIndex(part, out int index) && index < list.Count)
        {
            child = list[index];
            return true;
        }

        return tree is JsonObject map && map.TryGetPropertyValue(part, out child);
    }

    private static void SetInList(JsonArray list, int index, ReadOnlySpan<string> parts, ReadOnlySpan<byte> json, bool lenient, in VariablePath path)
    {
        if (index < list.Count)
        {
            JsonNode? old = list[index];
            JsonNode? value = Child(old, parts, json, lenient, in path);
            if (value is null || !ReferenceEquals(old, value))
            {
                list[index] = value;
            }
        }
        else if (index == list.Count || lenient)
        {
            list.Add(Child(null, parts, json, lenient, in path));
        }
        else
        {
            throw new ArgumentOutOfRangeException(
                nameof(path),
                $"Session variable '{FlashName.Own(path).Text}' addresses index {parts[0]} of a list with {list.Count} elements; the next free index is {list.Count}.");
        }
    }

    private static JsonNode? Child(JsonNode? old, ReadOnlySpan<string> parts, ReadOnlySpan<byte> json, bool lenient, in VariablePath path) =>
        parts.Length == 1 ? JsonTree.Parse(json) : Set(old, parts[1..], json, lenient, in path);

    // Each element is moved once: taken from the front one by one, all that follow would move each time.
    private static JsonObject ToMap(JsonArray list)
    {
        JsonNode?[] elements = [.. list];
        list.Clear();
        Steps.Take(elements.Length);
        JsonObject map = [];
        for (int index = 0; index < elements.Length; index++)
        {
            map.Add(index.ToString(System.Globalization.CultureInfo.InvariantCulture), elements[index]);
        }

        return map;
    }

    private static bool MoveToProperty(ref Utf8JsonReader reader, string name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool MoveToIndex(ref Utf8JsonReader reader, int index)
    {
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
