using FuelSessions.Engine;
using FuelSessions.Fuzz.Running;

namespace FuelSessions.Fuzz.Targets;

/// <summary>The ways to a variable that an app is given: a dotted text, parts, and an interpolated text with what a client sent in its hole.</summary>
internal sealed class PathTarget : FuzzTarget
{
    internal override string Name => "paths";

    // A text, its parts, and the parts again as they are joined and compared.
    internal override int BytesPerByte => 64;

    internal override IEnumerable<string> Words => ["cart.items.7", "..", "[a.b]", "\u0001\u0000\u00d8", new string('.', 31)];

    internal override IEnumerable<byte[]> Seeds => new[] { "cart", "cart.items.7", ".x", "a.", "a..b", "[a.b].c", "\u00e9.\U0001F600", "half.\ud83d", "unit\u001fseparator.x", "00.01.4294967296" }.Select(InputOf);

    internal override int Run(ReadOnlyMemory<byte> input)
    {
        string text = TextOf(input.Span);
        bool isWhole = !Unicode(text);
        int dots = text.Count(static character => character == '.');
        bool isPath = text.Length > 0 && text[0] != '.' && isWhole && dots < VariablePath.MaxParts;
        Promise.That(Try(() => SessionPath.Parse(text), out SessionPath path) == isPath, $"a text is {(isPath ? "no" : "a")} path");
        if (isPath)
        {
            string[] parts = text.Split('.');
            VariablePath resolved = path.Resolve();
            Promise.That(resolved.Name == parts[0] && resolved.Rest.SequenceEqual(parts.AsSpan(1)), "the parts of a path are not those between its dots");
            Promise.That(path.ToString() == text, "a dotted path is shown as another text");
            SessionPath same = SessionPath.Of(parts);
            Promise.That(path == same && path.GetHashCode() == same.GetHashCode() && same.ToString() == text, "a text and its parts are two paths");
            foreach (string part in parts)
            {
                Index(part);
            }
        }

        // What is data stays one part, whatever it holds.
        Promise.That(Try(() => SessionPath.Of("cart", text, "n"), out SessionPath of) == isWhole, "data is refused as a part, or halves of characters are taken");
        Promise.That(Try(() => Interpolated(text), out SessionPath filled) == isWhole, "data is refused in a hole, or halves of characters are taken");
        if (isWhole)
        {
            VariablePath parts = filled.Resolve();
            Promise.That(filled == of && parts.Name == "cart" && parts.Rest is [var data, "n"] && data == text, "what stands in a hole is not one part");
            Promise.That(SessionPath.Of("cart").Append(text, "n") == of, "appended parts are other ones");
        }

        return Outcome.Of(isPath, isWhole, Math.Min(dots, 40));
    }

    private SessionPath Interpolated(string data)
    {
        SessionPath path = Path($"cart.{data}.n");
        path.Resolve();
        return path;
    }

    private static SessionPath Path(SessionPath path) => path;

    private bool Try(Func<SessionPath> make, out SessionPath path)
    {
        Meter.Start();
        try
        {
            path = make();
            return true;
        }
        catch (ArgumentException)
        {
            path = default;
            return false;
        }
        finally
        {
            Meter.Stop();
        }
    }

    private static void Index(string part)
    {
        bool isNumber = part.Length > 0 && part.All(char.IsAsciiDigit) && (part == "0" || part[0] != '0');
        Promise.That(VariablePath.TryIndex(part, out int index) == isNumber, "an index is none, or the other way round");
        Promise.That(!isNumber || index == (System.Numerics.BigInteger.Parse(part) is var number && number > int.MaxValue ? int.MaxValue : (int)number), "an index is another number");
    }

    // Whether there is half of a character in it.
    private static bool Unicode(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
            }
            else if (char.IsSurrogate(text[at]))
            {
                return true;
            }
        }

        return false;
    }
}
