using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Values;

/// <summary>Text anywhere in a value: where the serialiser would put U+FFFD for half of a surrogate pair, it is refused.</summary>
internal sealed class WholeText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Checked(value));

    private static string Checked(string text)
    {
        Unicode.ThrowIfBroken(text, "The text", nameof(text));
        return text;
    }
}
