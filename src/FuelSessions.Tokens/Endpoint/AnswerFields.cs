using System.Text.Json;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>
/// The fields of a JSON object that a provider sent, found in one step each. Of two of one name the last counts. A name or text that is no Unicode is
/// as good as not there: it must not cost a user the token beside it.
/// </summary>
internal readonly struct AnswerFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    /// <param name="json">The object. Of anything else there are no fields.</param>
    internal AnswerFields(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty field in json.EnumerateObject())
        {
            if (Unicode(field, static field => field.Name) is { } name)
            {
                _fields[name] = field.Value;
            }
        }
    }

    internal IEnumerable<KeyValuePair<string, JsonElement>> All => _fields;

    /// <summary>What is in a field, if that is an object.</summary>
    internal AnswerFields In(string name) => new(_fields.GetValueOrDefault(name));

    internal bool IsObject(string name) => _fields.GetValueOrDefault(name).ValueKind == JsonValueKind.Object;

    /// <summary>A text; null if there is none of that name.</summary>
    internal string? Text(string name) => _fields.GetValueOrDefault(name) is { ValueKind: JsonValueKind.String } value ? Unicode(value, static value => value.GetString()) : null;

    /// <summary>A text, or a number as it is written.</summary>
    internal string? TextOrNumber(string name) =>
        _fields.GetValueOrDefault(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(name);

    /// <summary>The texts of a list; none if there is no list of that name.</summary>
    internal string[] Texts(string name) => _fields.GetValueOrDefault(name) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Where(static value => value.ValueKind == JsonValueKind.String).Select(static value => Unicode(value, static text => text.GetString())).OfType<string>()]
        : [];

    /// <summary>A text as it is, anything else as JSON; null for null.</summary>
    internal static string? Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Unicode(value, static value => value.GetString()),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => Unicode(value, static value => value.GetRawText()),
    };

    private static string? Unicode<T>(T json, Func<T, string?> read)
    {
        try
        {
            return read(json);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
