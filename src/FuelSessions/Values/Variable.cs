using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FuelSessions.Records;

namespace FuelSessions.Values;

/// <summary>One variable: its name, and its value as JSON, which is bytes, and a tree only once an element inside it was changed.</summary>
internal class Variable(string name, ReadOnlyMemory<byte> json, long stamp)
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ReadOnlyMemory<byte> _json = json;
    private JsonNode? _tree;

    internal string Name => name;

    /// <summary>The record version that set it; 0: the one about to be written. Tells a flash variable from a later one of its name.</summary>
    internal long Stamp { get; set; } = stamp;

    internal ReadOnlyMemory<byte> Json => IsWrittenOut ? _json : _json = Render(_tree);

    // What was changed in the tree leaves no bytes behind.
    private bool IsWrittenOut => _tree is null || !_json.IsEmpty;

    /// <summary>The element that the path leads to. True with a token: the path ended early, at a scalar of that kind.</summary>
    /// <param name="asTree">Whether more will be looked for, for which it pays to have a tree.</param>
    internal bool TryFind(ReadOnlySpan<string> parts, out ReadOnlyMemory<byte> json, out JsonTokenType endedAt, bool asTree = false)
    {
        if (IsWrittenOut && (parts.IsEmpty || !asTree))
        {
            return JsonElementPath.TryFind(_json, parts, out json, out endedAt);
        }

        // The element alone, not the whole: a change to each of many elements would write out all of them each time.
        _tree ??= JsonTree.Parse(Json.Span);
        json = default;
        if (!JsonElementPath.TryFind(_tree, parts, out JsonNode? element, out endedAt))
        {
            return false;
        }

        json = endedAt != JsonTokenType.None ? default : parts.IsEmpty ? Json : Render(element);
        return true;
    }

    /// <summary>Sets it as a whole.</summary>
    internal void Set(ReadOnlyMemory<byte> json)
    {
        _json = json;
        _tree = null;
        Stamp = 0;
    }

    internal void Set(in VariablePath path, ReadOnlySpan<byte> json, bool lenient)
    {
        _tree = JsonElementPath.Set(_tree ?? JsonTree.Parse(Json.Span), path.Rest, json, lenient, in path);
        _json = default;
        Stamp = 0;
    }

    internal void Remove(ReadOnlySpan<string> parts)
    {
        _tree ??= JsonTree.Parse(Json.Span);
        if (JsonElementPath.Remove(_tree, parts))
        {
            _json = default;
        }
    }

    /// <summary>Gives the variable a stamp if it has none, and tells how many bytes <see cref="Encode"/> will write.</summary>
    internal int EncodedSize(long stamp)
    {
        if (Stamp == 0)
        {
            Stamp = stamp;
        }

        int nameSize = Encoding.UTF8.GetByteCount(name);
        int valueSize = Json.Length;
        return RecordWriter.SizeOf((ulong)Stamp) + RecordWriter.SizeOf((ulong)nameSize) + nameSize + RecordWriter.SizeOf((ulong)valueSize) + valueSize;
    }

    internal void Encode(ref RecordWriter writer)
    {
        int nameSize = Encoding.UTF8.GetByteCount(name);
        writer.Varint((ulong)Stamp);
        writer.Varint((ulong)nameSize);
        writer.Text(name, nameSize);
        writer.Block(Json.Span);
    }

    private static ReadOnlyMemory<byte> Render(JsonNode? node)
    {
        if (node is null)
        {
            return "null"u8.ToArray();
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        node.WriteTo(writer);
        writer.Flush();
        Steps.Take(buffer.WrittenCount);
        return buffer.WrittenMemory;
    }
}
