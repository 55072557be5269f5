using System.Text;
using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>
/// A session's variables. As long as nothing is changed it stays the encoded bytes of the record, and a read decodes
/// the one variable that it asks for.
/// </summary>
/// <remarks>Encoded: count, then for each variable its stamp, name (UTF-8) and value (JSON, UTF-8), lengths as LEB128.</remarks>
internal sealed class VariableMap(ReadOnlyMemory<byte> encoded)
{
    private ReadOnlyMemory<byte> _encoded = encoded;
    private OrderedDictionary<string, Variable>? _open;

    internal VariableMap()
        : this(default)
    {
    }

    internal bool IsEmpty => _open is null ? _encoded.IsEmpty : _open.Count == 0;

    internal IReadOnlyCollection<string> Names => Open().Keys;

    internal bool TryGet(VariablePath path, out ReadOnlyMemory<byte> json)
    {
        json = default;
        return TryGetWhole(path.Name, out ReadOnlyMemory<byte> whole) && JsonElementPath.TryFind(whole, path.Rest, out json);
    }

    internal bool TryGetWhole(string name, out ReadOnlyMemory<byte> json)
    {
        if (_open is null)
        {
            return TryFindEncoded(name, out json);
        }

        bool found = _open.TryGetValue(name, out Variable? variable);
        json = variable?.Json ?? default;
        return found;
    }

    internal void Set(VariablePath path, ReadOnlyMemory<byte> json, bool lenient = false)
    {
        OrderedDictionary<string, Variable> variables = Open();
        if (path.IsWhole)
        {
            variables[path.Name] = new Variable(json, stamp: 0);
            return;
        }

        if (!variables.TryGetValue(path.Name, out Variable? variable))
        {
            variable = new Variable("null"u8.ToArray(), stamp: 0);
            variable.Set(path.Rest, json.Span, lenient, path.Text);
            variables[path.Name] = variable;
            return;
        }

        variable.Set(path.Rest, json.Span, lenient, path.Text);
        variable.Stamp = 0;
    }

    internal void Remove(VariablePath path)
    {
        if (path.IsWhole)
        {
            Open().Remove(path.Name);
        }
        else if (Open().TryGetValue(path.Name, out Variable? variable))
        {
            variable.Remove(path.Rest);
        }
    }

    internal void Clear()
    {
        _encoded = default;
        _open?.Clear();
    }

    /// <summary>The stamp of a variable; null if there is none.</summary>
    internal long? StampOf(string name) => Open().TryGetValue(name, out Variable? variable) ? variable.Stamp : null;

    /// <summary>Marks a variable as set by the version about to be written.</summary>
    internal void Restamp(string name)
    {
        if (Open().TryGetValue(name, out Variable? variable))
        {
            variable.Stamp = 0;
        }
    }

    /// <summary>The encoded form; variables without a stamp get <paramref name="stamp"/>, so that this is what a reader will find.</summary>
    internal ReadOnlyMemory<byte> Encode(long stamp)
    {
        if (_open is null)
        {
            return _encoded;
        }

        if (_open.Count == 0)
        {
            return default;
        }

        int bound = 10;
        foreach ((string name, Variable variable) in _open)
        {
            bound += 30 + Encoding.UTF8.GetMaxByteCount(name.Length) + variable.Json.Length;
        }

        byte[] buffer = new byte[bound];
        var writer = new RecordWriter(buffer);
        writer.Varint((ulong)_open.Count);
        foreach ((string name, Variable variable) in _open)
        {
            if (variable.Stamp == 0)
            {
                variable.Stamp = stamp;
            }

            int size = Encoding.UTF8.GetByteCount(name);
            writer.Varint((ulong)variable.Stamp);
            writer.Varint((ulong)size);
            writer.Text(name, size);
            writer.Block(variable.Json.Span);
        }

        return buffer.AsMemory(0, writer.Position);
    }

    private OrderedDictionary<string, Variable> Open()
    {
        if (_open is not null)
        {
            return _open;
        }

        var open = new OrderedDictionary<string, Variable>(StringComparer.Ordinal);
        if (!_encoded.IsEmpty)
        {
            ReadOnlySpan<byte> span = _encoded.Span;
            var reader = new RecordReader(span, 0);
            for (ulong left = reader.Varint(); left > 0; left--)
            {
                long stamp = (long)reader.Varint();
                string name = Encoding.UTF8.GetString(span[reader.Block()]);
                open[name] = new Variable(_encoded[reader.Block()], stamp);
            }
        }

        return _open = open;
    }

    private bool TryFindEncoded(string name, out ReadOnlyMemory<byte> json)
    {
        json = default;
        if (_encoded.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> span = _encoded.Span;
        int size = Encoding.UTF8.GetByteCount(name);
        Span<byte> wanted = size <= 256 ? stackalloc byte[size] : new byte[size];
        Encoding.UTF8.GetBytes(name, wanted);

        var reader = new RecordReader(span, 0);
        for (ulong left = reader.Varint(); left > 0; left--)
        {
            reader.Varint();
            bool found = span[reader.Block()].SequenceEqual(wanted);
            Range value = reader.Block();
            if (found)
            {
                json = _encoded[value];
                return true;
            }
        }

        return false;
    }
}
