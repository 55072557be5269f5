using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace FuelSessions.Values;

/// <summary>
/// A number where <c>object</c> is declared. JSON has one kind of number, so its form tells the type: <c>5</c> is an <c>int</c>, <c>5.0</c> and
/// <c>1E+20</c> a <c>double</c>; any other has zeros at the front of its exponent, which leave its value alone, and their count says which:
/// <c>5e0</c> a <c>long</c>, <c>5e00</c> a <c>decimal</c>. So it stays with the number when a neighbour is changed.
/// </summary>
internal static class OpenNumber
{
    // Stored: new ones go to the end.
    private static readonly (Type Type, Parser Parse)[] Kinds =
    [
        (typeof(long), Parse<long>),
        (typeof(decimal), Parse<decimal>),
        (typeof(float), Parse<float>),
        (typeof(ulong), Parse<ulong>),
        (typeof(uint), Parse<uint>),
        (typeof(short), Parse<short>),
        (typeof(ushort), Parse<ushort>),
        (typeof(byte), Parse<byte>),
        (typeof(sbyte), Parse<sbyte>),
    ];

    private delegate object? Parser(ReadOnlySpan<byte> text);

    private static ReadOnlySpan<byte> LongestMark => "e000000000"u8;

    /// <summary>Whether such a number comes back as what it is. What is no number in JSON does not.</summary>
    internal static bool IsKept(object value) => value switch
    {
        int => true,
        double number => double.IsFinite(number),
        float number => float.IsFinite(number),
        _ => KindOf(value) >= 0,
    };

    internal static object Read(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = reader.ValueSpan;
        if (ZerosOfMark(text, out bool hasMore) is > 0 and int zeros && zeros <= Kinds.Length
            && Kinds[zeros - 1].Parse(hasMore ? text : text[..^(zeros + 1)]) is { } marked)
        {
            return marked;
        }

        return reader.TryGetInt32(out int number) ? number : reader.TryGetInt64(out long large) ? large : (object)reader.GetDouble();
    }

    /// <param name="value">One that <see cref="IsKept"/>.</param>
    internal static void Write(Utf8JsonWriter writer, object value)
    {
        Span<byte> text = stackalloc byte[64];
        ((IUtf8SpanFormattable)value).TryFormat(text, out int size, default, CultureInfo.InvariantCulture);
        int exponent = text[..size].IndexOf((byte)'E');
        if (value is double)
        {
            size += Append(text[size..], text[..size].IndexOfAny(".E"u8) < 0 ? ".0"u8 : ""u8);
        }
        else if (value is float && exponent >= 0)
        {
            // Large and small ones have an exponent already, with a sign: the zeros go behind that.
            Span<byte> digits = stackalloc byte[8];
            text[(exponent + 2)..size].CopyTo(digits);
            text[exponent] = (byte)'e';
            Append(text[(exponent + 2)..], LongestMark[1..(KindOf(value) + 2)]);
            int at = exponent + KindOf(value) + 3;
            size = at + Append(text[at..], digits[..(size - exponent - 2)]);
        }
        else if (value is not int)
        {
            size += Append(text[size..], LongestMark[..(KindOf(value) + 2)]);
        }

        writer.WriteRawValue(text[..size], skipInputValidation: true);
    }

    /// <summary>The same without marks, as whoever reads numbers of a declared type takes it. Nothing is copied where there is none.</summary>
    internal static ReadOnlyMemory<byte> Unmark(ReadOnlyMemory<byte> json)
    {
        try
        {
            return MayHoldMarks(json.Span) ? WithoutMarks(json) : json;
        }
        catch (JsonException)
        {
            // Damaged, and has none: who reads it says so.
            return json;
        }
    }

    private static ReadOnlyMemory<byte> WithoutMarks(ReadOnlyMemory<byte> json)
    {
        ArrayBufferWriter<byte>? plain = null;
        int done = 0;
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = JsonElementPath.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && ZerosOfMark(reader.ValueSpan, out bool hasMore) is > 0 and int zeros && !hasMore)
            {
                int end = (int)reader.TokenStartIndex + reader.ValueSpan.Length;
                (plain ??= new ArrayBufferWriter<byte>(json.Length)).Write(json.Span[done..(end - zeros - 1)]);
                done = end;
            }
        }

        plain?.Write(json.Span[done..]);
        return plain?.WrittenMemory ?? json;
    }

    private static int KindOf(object value) => Array.FindIndex(Kinds, kind => kind.Type == value.GetType());

    private static object? Parse<T>(ReadOnlySpan<byte> text)
        where T : INumberBase<T> => T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T? number) ? number : null;

    private static int Append(Span<byte> text, ReadOnlySpan<byte> more)
    {
        more.CopyTo(text);
        return more.Length;
    }

    // 0: it has none. Whether there are digits behind the zeros: then they belong to the number.
    private static int ZerosOfMark(ReadOnlySpan<byte> number, out bool hasMore)
    {
        int e = number.LastIndexOf((byte)'e');
        ReadOnlySpan<byte> exponent = e < 0 ? default : number[(e + 1)..];
        ReadOnlySpan<byte> digits = exponent.TrimStart("+-"u8);
        int zeros = digits.IndexOfAnyExcept((byte)'0');
        hasMore = zeros >= 0;
        return hasMore ? zeros : digits.Length == exponent.Length ? digits.Length : 0;
    }

    // Inside text the same may stand, but hardly with a digit before it and the end of a value behind it.
    private static bool MayHoldMarks(ReadOnlySpan<byte> json)
    {
        for (int at = 0, next; (next = json[at..].IndexOf("e0"u8)) >= 0;)
        {
            int mark = at + next;
            at = mark + 2;
            while (at < json.Length && json[at] == (byte)'0')
            {
                at++;
            }

            if (mark > 0 && json[mark - 1] is >= (byte)'0' and <= (byte)'9' && (at == json.Length || json[at] is (byte)',' or (byte)']' or (byte)'}' or <= (byte)' '))
            {
                return true;
            }
        }

        return false;
    }
}
