using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FuelSessions.Authentication;

/// <summary>A dictionary that is made with its first use.</summary>
/// <param name="source">What it is made of.</param>
internal abstract class DeferredDictionary<TValue>(object? source) : IDictionary<string, TValue>
{
    private object? _content = source;

    public ICollection<string> Keys => Content.Keys;

    public ICollection<TValue> Values => Content.Values;

    public int Count => Content.Count;

    public bool IsReadOnly => false;

    private IDictionary<string, TValue> Content => Deferred.Get(ref _content, this, static (self, from) => self.Make(from));

    public TValue this[string key]
    {
        get => Content[key];
        set => Content[key] = value;
    }

    public void Add(string key, TValue value) => Content.Add(key, value);

    public void Add(KeyValuePair<string, TValue> item) => Content.Add(item);

    public void Clear() => Content.Clear();

    public bool Contains(KeyValuePair<string, TValue> item) => Content.Contains(item);

    public bool ContainsKey(string key) => Content.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, TValue>[] array, int arrayIndex) => Content.CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => Content.GetEnumerator();

    public bool Remove(string key) => Content.Remove(key);

    public bool Remove(KeyValuePair<string, TValue> item) => Content.Remove(item);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value) => Content.TryGetValue(key, out value);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected abstract IDictionary<string, TValue> Make(object? source);
}
