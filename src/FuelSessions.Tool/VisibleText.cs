using System.Globalization;
using System.Text;

namespace FuelSessions.Tool;

/// <summary>
/// Text for a terminal. What a store holds may have come from anybody, so what would steer a terminal (C0, DEL, C1) or turn the order of what is read
/// (bidirectional overrides and isolates, separators of lines) is shown as <c>\u001b</c>.
/// </summary>
internal static class VisibleText
{
    internal static string Of(string text) => text.Any(Steers) ? Escaped(text, keepsLines: false) : text;

    /// <summary>The same, for text that may have several lines: those behind the first are indented, so that none looks like one of the tool's own.</summary>
    internal static string OfLines(string text) => Escaped(text.ReplaceLineEndings("\n"), keepsLines: true).Replace("\n", "\n  ", StringComparison.Ordinal);

    /// <summary>The same, for JSON that is written: its escapes are JSON's own, and its line breaks stay.</summary>
    internal static string OfJson(string json) => Escaped(json, keepsLines: true);

    private static bool Steers(char c) => char.IsControl(c) || c is >= '\u2028' and <= '\u202E' or >= '\u2066' and <= '\u2069';

    private static string Escaped(string text, bool keepsLines)
    {
        var visible = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (Steers(c) && !(keepsLines && c is '\n' or '\r'))
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                visible.Append(c);
            }
        }

        return visible.ToString();
    }
}
