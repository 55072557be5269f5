using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FuelSessions.Engine;

/// <summary>One variable's value as JSON: its bytes, and a tree only once an element inside it was changed.</summary>
internal sealed class Variable(ReadOnlyMemory<byte> json, long stamp)
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ReadOnlyMemory<byte>? _json = json;
    private JsonNode? _tree;

    /// <summary>The record version that set it; 0: the one about to be written. Tells a flash variable from a later one of its name.</summary>
    internal long Stamp { get; set; } = stamp;

    internal ReadOnlyMemory<byte> Json => _json ??= Render();

    internal void Set(ReadOnlySpan<string> parts, ReadOnlySpan<byte> json, bool lenient, string path)
    {
        _tree = JsonElementPath.Set(_tree ?? JsonElementPath.Parse(Json.Span), parts, json, lenient, path);
        _json = null;
    }

    internal void Remove(ReadOnlySpan<string> parts)
    {
        _tree ??= JsonElementPath.Parse(Json.Span);
        if (JsonElementPath.Remove(_tree, parts))
        {
            _json = null;
        }
    }

    private ReadOnlyMemory<byte> Render()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        _tree!.WriteTo(writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
