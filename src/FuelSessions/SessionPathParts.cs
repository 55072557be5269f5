using System.Globalization;

namespace FuelSessions;

/// <summary>The parts of an interpolated path, while it is put together.</summary>
internal sealed class SessionPathParts(int holes)
{
    private readonly List<string> _parts = new(holes + 1);
    private string _last = "";

    /// <summary>Text between holes: its dots separate parts.</summary>
    internal void AddText(string text)
    {
        int start = 0;
        for (int dot; (dot = text.IndexOf('.', start)) >= 0; start = dot + 1)
        {
            _parts.Add(string.Concat(_last, text.AsSpan(start, dot - start)));
            _last = "";
        }

        AddPiece(start == 0 ? text : text[start..]);
    }

    internal void AddPiece(string piece) => _last = _last.Length == 0 ? piece : _last + piece;

    internal void AddPath(string name, ReadOnlySpan<string> rest)
    {
        AddPiece(name);
        foreach (string part in rest)
        {
            _parts.Add(_last);
            _last = part;
        }
    }

    internal string[] ToArray() => [.. _parts, _last];

    internal static string Format<T>(T value, string? format) =>
        value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
}
