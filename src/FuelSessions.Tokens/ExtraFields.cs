using System.Collections;

namespace FuelSessions.Tokens;

/// <summary>The fields of an answer that this package gives no meaning to. Two are equal if they hold the same.</summary>
internal sealed class ExtraFields : IReadOnlyDictionary<string, string>, IEquatable<ExtraFields>
{
    private readonly Dictionary<string, string> _fields;

    private ExtraFields(Dictionary<string, string> fields) => _fields = fields;

    internal static ExtraFields None { get; } = new([]);

    public int Count => _fields.Count;

    public IEnumerable<string> Keys => _fields.Keys;

    public IEnumerable<string> Values => _fields.Values;

    public string this[string key] => _fields[key];

    internal static ExtraFields Of(IReadOnlyDictionary<string, string>? fields) => fields switch
    {
        null or { Count: 0 } => None,
        ExtraFields own => own,
        _ => new(new Dictionary<string, string>(fields, StringComparer.Ordinal)),
    };

    public bool ContainsKey(string key) => _fields.ContainsKey(key);

    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value) => _fields.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ExtraFields? other) =>
        other is not null && Count == other.Count && _fields.All(field => other.TryGetValue(field.Key, out string? value) && value == field.Value);

    public override bool Equals(object? obj) => Equals(obj as ExtraFields);

    public override int GetHashCode() => _fields.Aggregate(0, (hash, field) => hash ^ HashCode.Combine(field.Key, field.Value));
}
