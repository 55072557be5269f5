using System.Buffers;
using System.Buffers.Text;
using FuelSessions.Memcached.Items;

namespace FuelSessions.Memcached.Client;

/// <summary>A command of the meta protocol, and which answers it may get.</summary>
internal readonly struct MetaCommand
{
    /// <summary>What an item takes beside its key and value, at most: memcached counts it against the limit.</summary>
    internal const int ItemOverhead = 64;

    // Two letters, a key of 250 at most, numbers.
    private const int LongestLine = 384;

    private readonly ItemKey _key;
    private readonly ReadOnlyMemory<byte> _value;
    private readonly Kind _kind;
    private readonly int _end;
    private readonly ulong _cas;

    private MetaCommand(Kind kind, ItemKey key, ReplyStatus answers, ReadOnlyMemory<byte> value = default, int end = 0, ulong cas = 0, long connection = 0)
    {
        (_kind, _key, Answers, _value, _end, _cas, Connection) = (kind, key, answers, value, end, cas, connection);
    }

    private enum Kind
    {
        Read,
        Add,
        Swap,
        Delete,
        Clock,
    }

    internal ReplyStatus Answers { get; }

    /// <summary>The one connection that it may be sent on; 0: any.</summary>
    internal long Connection { get; }

    internal ItemKey Key => _key;

    /// <summary>What the item will take of the server's limit; 0 if nothing is stored.</summary>
    internal int ItemSize => _value.IsEmpty ? 0 : _value.Length + _key.Length + ItemOverhead;

    /// <summary>The value, its version and the time that remains to it.</summary>
    internal static MetaCommand Read(ItemKey key) => new(Kind.Read, key, ReplyStatus.Value | ReplyStatus.Miss);

    /// <summary>Stores it if there is none.</summary>
    internal static MetaCommand Add(ItemKey key, ReadOnlyMemory<byte> value, int end) =>
        new(Kind.Add, key, ReplyStatus.Done | ReplyStatus.NotStored, value, end);

    /// <summary>Stores it in the place of just that version, which was seen on that connection.</summary>
    internal static MetaCommand Swap(ItemKey key, ReadOnlyMemory<byte> value, int end, ulong cas, long connection) =>
        new(Kind.Swap, key, ReplyStatus.Done | ReplyStatus.Exists | ReplyStatus.NotFound, value, end, cas, connection);

    /// <summary>Removes just that version, which was seen on that connection.</summary>
    internal static MetaCommand Delete(ItemKey key, ulong cas, long connection) =>
        new(Kind.Delete, key, ReplyStatus.Done | ReplyStatus.Exists | ReplyStatus.NotFound, cas: cas, connection: connection);

    /// <summary>Finds, or makes, an item that ends at a known time far away: what remains of it tells the server's time.</summary>
    internal static MetaCommand Clock(ItemKey key) => new(Kind.Clock, key, ReplyStatus.Done, end: int.MaxValue);

    internal void WriteTo(IBufferWriter<byte> output, uint opaque)
    {
        Span<byte> line = output.GetSpan(LongestLine);
        int length = 0;
        Text(line, ref length, _kind switch { Kind.Add or Kind.Swap => "ms "u8, Kind.Delete => "md "u8, _ => "mg "u8 });
        _key.WriteTo(line[length..]);
        length += _key.Length;
        switch (_kind)
        {
            case Kind.Read:
                Text(line, ref length, " v t c"u8);
                break;
            case Kind.Delete:
                Number(line, ref length, " C"u8, _cas);
                break;
            case Kind.Clock:
                Number(line, ref length, " N"u8, (ulong)_end);
                Text(line, ref length, " t"u8);
                break;
            case Kind.Add:
            case Kind.Swap:
                Number(line, ref length, " "u8, (ulong)_value.Length);
                Number(line, ref length, " c T"u8, (ulong)_end);
                if (_kind == Kind.Add)
                {
                    Text(line, ref length, " ME"u8);
                }
                else
                {
                    Number(line, ref length, " C"u8, _cas);
                }

                break;
        }

        Number(line, ref length, " O"u8, opaque);
        Text(line, ref length, "\r\n"u8);
        output.Advance(length);
        if (_kind is Kind.Add or Kind.Swap)
        {
            output.Write(_value.Span);
            output.Write("\r\n"u8);
        }
    }

    private static void Text(Span<byte> line, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[length..]);
        length += text.Length;
    }

    private static void Number(Span<byte> line, ref int length, ReadOnlySpan<byte> flag, ulong number)
    {
        Text(line, ref length, flag);
        Utf8Formatter.TryFormat(number, line[length..], out int written);
        length += written;
    }
}
