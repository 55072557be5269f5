using System.Globalization;

namespace FuelSessions.Values;

/// <summary>The name of a variable and the way to an element inside it.</summary>
internal readonly struct VariablePath
{
    /// <summary>Bounds the depth of what is stored, so that it can always be read again.</summary>
    internal const int MaxParts = 32;

    private readonly string[] _rest;

    private VariablePath(string name, string[] rest)
    {
        Name = name;
        _rest = rest;
    }

    /// <summary>The path as it is written, for messages; parts that hold dots are in brackets.</summary>
    internal string Text => string.Join('.', _rest.Prepend(Name).Select(static part => part.Contains('.') ? $"[{part}]" : part));

    /// <summary>The variable: the first part.</summary>
    internal string Name { get; }

    /// <summary>The parts behind it.</summary>
    internal ReadOnlySpan<string> Rest => _rest;

    internal bool IsWhole => _rest.Length == 0;

    internal VariablePath Renamed(string name) => new(name, _rest);

    /// <exception cref="ArgumentException">The path is null or empty, begins with a dot, is too deep, or not valid Unicode.</exception>
    internal static VariablePath Parse(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Unicode.ThrowIfBroken(path, "The name of a session variable", nameof(path));
        int dots = path.AsSpan().Count('.');
        if (dots == 0)
        {
            return new VariablePath(path, []);
        }

        // Before anything is allocated that grows with the dots.
        ThrowIfTooDeep(dots + 1);
        ThrowIfNameless(path[0] == '.');
        string[] parts = path.Split('.');
        return new VariablePath(parts[0], parts[1..]);
    }

    /// <summary>Parts that are not to be split at their dots.</summary>
    /// <exception cref="ArgumentException">There are none or too many, the first one is empty, or one is null or not valid Unicode.</exception>
    internal static VariablePath Of(string[] parts)
    {
        ThrowIfTooDeep(parts.Length);
        ThrowIfNameless(parts.Length == 0 || parts[0] is "");
        foreach (string part in parts)
        {
            ArgumentNullException.ThrowIfNull(part, "path");
            Unicode.ThrowIfBroken(part, "The name of a session variable", "path");
        }

        return new VariablePath(parts[0], parts[1..]);
    }

    /// <summary>A variable as a whole, by its name.</summary>
    internal static VariablePath Whole(string name) => new(name, []);

    /// <summary>A variable whose name is not to be split at its dots.</summary>
    internal static VariablePath Verbatim(string variable, string element) => new(variable, [element]);

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

    private static void ThrowIfTooDeep(int parts)
    {
        if (parts > MaxParts)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The path of a session variable has {parts} parts; at most {MaxParts} are allowed. Store a value with that structure instead, ")
                + "or keep data that may hold dots in one part: SessionPath.Of(\"cart\", \"items\", sku).",
                "path");
        }
    }

    private static void ThrowIfNameless(bool nameless)
    {
        if (nameless)
        {
            throw new ArgumentException(
                "The path of a session variable begins with the variable's name, which can't be empty. A name that may hold dots is one part in SessionPath.Of(name).",
                "path");
        }
    }
}
