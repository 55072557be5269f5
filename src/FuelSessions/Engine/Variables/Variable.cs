using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FuelSessions.Records;

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

    /// <summary>Gives the variable a stamp if it has none, and tells how many bytes <see cref="Encode"/> will write.</summary>
    internal int EncodedSize(string name, long stamp)
    {
        if (Stamp == 0)
        {
            Stamp = stamp;
        }

        int nameSize = Encoding.UTF8.GetByteCount(name);
        int valueSize = Json.Length;
        return RecordWriter.SizeOf((ulong)Stamp) + RecordWriter.SizeOf((ulong)nameSize) + nameSize + RecordWriter.SizeOf((ulong)valueSize) + valueSize;
    }

    internal void Encode(ref RecordWriter writer, string name)
    {
        int nameSize = Encoding.UTF8.GetByteCount(name);
        writer.Varint((ulong)Stamp);
        writer.Varint((ulong)nameSize);
        writer.Text(name, nameSize);
        writer.Block(Json.Span);
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
