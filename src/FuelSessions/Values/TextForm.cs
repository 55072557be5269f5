using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Values;

/// <summary>A type that the serialiser does not know, as the text that says all of it.</summary>
internal sealed class TextForm<T>(Func<T, string?> write, Func<string, T> read) : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? read(text) : default;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (write(value) is { } text)
        {
            Unicode.ThrowIfBroken(text, "The text", nameof(value));
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
