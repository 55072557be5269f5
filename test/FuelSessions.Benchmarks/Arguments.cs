using System.Globalization;

namespace FuelSessions.Benchmarks;

/// <summary>A command line of <c>--name value</c> and <c>--name</c>. Names that nobody asked for are an error, not ignored.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string?> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal Arguments(IReadOnlyList<string> words)
    {
        for (int index = 0; index < words.Count; index++)
        {
            if (!words[index].StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"'{words[index]}' belongs to no option.");
            }

            bool hasValue = index + 1 < words.Count && !words[index + 1].StartsWith("--", StringComparison.Ordinal);
            _given[words[index]] = hasValue ? words[index + 1] : null;
            index += hasValue ? 1 : 0;
        }
    }

    internal bool Has(string name)
    {
        _known.Add(name);
        return _given.ContainsKey(name);
    }

    internal string? Text(string name)
    {
        _known.Add(name);
        return _given.TryGetValue(name, out string? value) ? value ?? throw new UsageException($"{name} needs a value.") : null;
    }

    internal string Required(string name) => Text(name) ?? throw new UsageException($"{name} is missing.");

    internal int Number(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name} is '{text}'; allowed are {least} to {most}.");
    }

    /// <summary>The words of a list, each one of those allowed; all of them if none is given.</summary>
    internal IReadOnlyList<string> List(string name, params IReadOnlyList<string> allowed)
    {
        if (Text(name) is not { } text)
        {
            return allowed;
        }

        string[] chosen = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return chosen.FirstOrDefault(word => !allowed.Contains(word)) is { } unknown
            ? throw new UsageException($"{name}: '{unknown}' is none of {string.Join(", ", allowed)}.")
            : chosen;
    }

    /// <summary>To be called once everything was asked for.</summary>
    internal void ThrowIfUnknown()
    {
        if (_given.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
        {
            throw new UsageException($"{unknown} is no option (there are {string.Join(", ", _known.Order(StringComparer.Ordinal))}).");
        }
    }
}
