using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>The values of a statement's parameters, by name: so few that looking through them takes less than hashing.</summary>
internal sealed class NamedValues(params KeyValuePair<string, object?>[] values) : IReadOnlyDictionary<string, object?>
{
    public IEnumerable<string> Keys => values.Select(value => value.Key);

    IEnumerable<object?> IReadOnlyDictionary<string, object?>.Values => values.Select(value => value.Value);

    public int Count => values.Length;

    public object? this[string key] => TryGetValue(key, out object? value) ? value : throw new KeyNotFoundException($"There is no value '{key}'.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        foreach (KeyValuePair<string, object?> known in values)
        {
            if (known.Key == key)
            {
                value = known.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
