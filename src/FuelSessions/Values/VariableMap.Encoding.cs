using System.Text;
using System.Text.Unicode;
using FuelSessions.Records;

namespace FuelSessions.Values;

/// <summary>How the variables become bytes, and are found in them.</summary>
internal sealed partial class VariableMap
{
    /// <summary>The encoded form; variables without a stamp get <paramref name="stamp"/>, so that this is what a reader will find.</summary>
    internal ReadOnlyMemory<byte> Encode(long stamp)
    {
        if (Opened is { } open)
        {
            return open.Count == 0 ? default : EncodeOpen(open, stamp);
        }

        if (Patches is { } patches)
        {
            _encoded = EncodePatched(patches, stamp);
            _changed = null;
        }

        return _encoded;
    }

    private static byte[] EncodeOpen(OpenVariables open, long stamp)
    {
        int size = RecordWriter.SizeOf((ulong)open.Count);
        foreach (Variable variable in open.InOrder())
        {
            size += variable.EncodedSize(stamp);
        }

        byte[] buffer = new byte[size];
        var writer = new RecordWriter(buffer);
        writer.Varint((ulong)open.Count);
        foreach (Variable variable in open.InOrder())
        {
            variable.Encode(ref writer);
        }

        return buffer;
    }

    // Everything else is copied as it is.
    private byte[] EncodePatched(Patch patches, long stamp)
    {
        ReadOnlySpan<byte> before = _encoded.Span;
        var reader = new RecordReader(before, 0);
        ulong stored = before.IsEmpty ? 0 : reader.Varint();
        int first = reader.Position;
        ulong count = stored;
        int size = before.Length - first;
        for (Patch? patch = patches; patch is not null; patch = patch.Next)
        {
            size += patch.EncodedSize(stamp) - patch.Replaced.Length;
            count += patch.Replaced.Length == 0 ? 1u : 0u;
        }

        byte[] buffer = new byte[size + RecordWriter.SizeOf(count)];
        var writer = new RecordWriter(buffer);
        writer.Varint(count);
        int copied = first;
        while (NextReplaced(patches, copied) is { } patch)
        {
            writer.Raw(before[copied..patch.Replaced.Start]);
            patch.Encode(ref writer);
            copied = patch.Replaced.Start + patch.Replaced.Length;
        }

        writer.Raw(before[copied..]);
        for (Patch? patch = patches; patch is not null; patch = patch.Next)
        {
            if (patch.Replaced.Length == 0)
            {
                patch.Encode(ref writer);
            }
        }

        return buffer;
    }

    private static Patch? NextReplaced(Patch patches, int from)
    {
        Patch? next = null;
        for (Patch? patch = patches; patch is not null; patch = patch.Next)
        {
            if (patch.Replaced.Length > 0 && patch.Replaced.Start >= from && (next is null || patch.Replaced.Start < next.Replaced.Start))
            {
                next = patch;
            }
        }

        return next;
    }

    private OpenVariables Open()
    {
        if (Opened is { } opened)
        {
            return opened;
        }

        var open = new OpenVariables();
        if (!_encoded.IsEmpty)
        {
            ReadOnlySpan<byte> span = _encoded.Span;
            var reader = new RecordReader(span, 0);
            ulong left = reader.Varint();
            for (int read = 1; left > 0; left--, read++)
            {
                long stamp = (long)reader.Varint();
                ReadOnlySpan<byte> name = span[reader.Block()];
                open.Put(new Variable(Encoding.UTF8.GetString(name), _encoded[reader.Block()], stamp));

                // Nobody has written a name twice, or one that is no Unicode: which of them is meant can't be told.
                if (open.Count < read || !Utf8.IsValid(name))
                {
                    throw RecordReader.Damaged();
                }
            }

            reader.RequireEnd();
        }

        for (Patch? patch = Patches; patch is not null; patch = patch.Next)
        {
            open.Put(patch);
        }

        Steps.Take(_encoded.Length);
        _changed = open;
        return open;
    }

    private bool TryFindEncoded(string name, out ReadOnlyMemory<byte> json, out (int Start, int Length) place)
    {
        json = default;
        place = default;
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
            int start = reader.Position;
            reader.Varint();
            bool found = span[reader.Block()].SequenceEqual(wanted);
            Range value = reader.Block();
            Steps.Take(1);
            if (found)
            {
                json = _encoded[value];
                place = (start, reader.Position - start);
                return true;
            }
        }

        // Or what is added behind them would be lost among what is there.
        reader.RequireEnd();
        return false;
    }
}
