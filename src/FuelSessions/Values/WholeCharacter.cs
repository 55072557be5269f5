using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Values;

/// <summary>Characters inside a value: half of a surrogate pair is refused, as <see cref="WholeText"/> refuses it in text.</summary>
internal sealed class WholeCharacter : JsonConverter<char>
{
    public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Single(reader.GetString());

    public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Single(reader.GetString());

    public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WriteStringValue([Checked(value)]);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WritePropertyName([Checked(value)]);

    private static char Single(string? text) => text is [char single] ? single : throw new JsonException("No single character.");

    private static char Checked(char value) =>
        char.IsSurrogate(value) ? throw new ArgumentException("The character is half of a surrogate pair and can't be stored without loss.", nameof(value)) : value;
}
