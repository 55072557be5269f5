using System.Globalization;

namespace FuelSessions.Engine;

/// <summary>The name of a variable and, behind dots, the way to an element inside it: <c>cart.items.7</c>.</summary>
internal readonly struct VariablePath
{
    /// <summary>Bounds the depth of what is stored, so that it can always be read again.</summary>
    internal const int MaxParts = 32;

    private readonly string[] _rest;

    internal VariablePath(string text, string name, string[] rest)
    {
        Text = text;
        Name = name;
        _rest = rest;
    }

    /// <summary>The path as it was written, for messages.</summary>
    internal string Text { get; }

    /// <summary>The variable: the first part.</summary>
    internal string Name { get; }

    /// <summary>The parts behind it.</summary>
    internal ReadOnlySpan<string> Rest => _rest;

    internal bool IsWhole => _rest.Length == 0;

    internal VariablePath Renamed(string name) => new(Text, name, _rest);

    /// <exception cref="ArgumentException">The path is null or empty, too deep, or not valid Unicode.</exception>
    internal static VariablePath Parse(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Unicode.ThrowIfBroken(path, "The name of a session variable", nameof(path));
        if (!path.Contains('.'))
        {
            return new VariablePath(path, path, []);
        }

        string[] parts = path.Split('.');
        return parts.Length <= MaxParts
            ? new VariablePath(path, parts[0], parts[1..])
            : throw new ArgumentException(
                $"The path of a session variable has {parts.Length} parts; at most {MaxParts} are allowed. Store a value with that structure instead.",
                nameof(path));
    }

    /// <summary>A variable whose name is not to be split at its dots.</summary>
    internal static VariablePath Verbatim(string variable, string element) => new($"{variable}.{element}", variable, [element]);

    /// <summary>
    /// Whether a part can be the index of a list: digits without a superfluous zero, as PHP has it. One that is too
    /// large for any list is <see cref="int.MaxValue"/>.
    /// </summary>
    internal static bool TryIndex(string part, out int index)
    {
        index = 0;
        if (part.Length == 0 || (part.Length > 1 && part[0] == '0') || part.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            index = int.MaxValue;
        }

        return true;
    }
}
