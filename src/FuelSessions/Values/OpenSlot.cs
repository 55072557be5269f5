using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Values;

/// <summary>
/// What a member, an element or a map's value of declared type <c>object</c> holds, which JSON alone tells: text, truth values, numbers,
/// lists and maps. The kinds of numbers are told apart by how they are written (<see cref="OpenNumber"/>).
/// </summary>
internal sealed class OpenSlot : JsonConverter<object>
{
    /// <summary>What the value would come back as, if not as what it is; else null. Lists and maps are looked into by who asks.</summary>
    internal static string? ChangesInto(object value) => value switch
    {
        string or bool or List<object?> or Dictionary<string, object?> => null,
        _ when OpenNumber.IsKept(value) => null,
        double or float => "text",
        Enum => "a number",
        System.Collections.IDictionary => "a Dictionary<string, object?>",
        System.Collections.IEnumerable => "a List<object?>",
        _ => "text or a Dictionary<string, object?>",
    };

    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return OpenNumber.Read(ref reader);
            case JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True;
            case JsonTokenType.StartArray:
                List<object?> list = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Read(ref reader, typeToConvert, options));
                }

                return list;
            case JsonTokenType.StartObject:
                Dictionary<string, object?> map = new(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    map[name] = Read(ref reader, typeToConvert, options);
                }

                return map;
            default:
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case string text:
                Unicode.ThrowIfBroken(text, "The text", nameof(value));
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case not null when OpenNumber.IsKept(value):
                OpenNumber.Write(writer, value);
                break;
            case not null when value.GetType() != typeof(object):
                JsonSerializer.Serialize(writer, value, options.GetTypeInfo(value.GetType()));
                break;
            default:
                throw new NotSupportedException("An 'object' that is nothing else has nothing to store.");
        }
    }

    public override object ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (value is not string name)
        {
            throw new NotSupportedException($"A key of type '{value.GetType()}' where 'object' is declared would come back as text.");
        }

        Unicode.ThrowIfBroken(name, "The text", nameof(value));
        writer.WritePropertyName(name);
    }
}
