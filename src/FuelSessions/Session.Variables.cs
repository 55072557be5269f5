using System.Runtime.CompilerServices;
using FuelSessions.Engine;

namespace FuelSessions;

public sealed partial class Session
{
    /// <summary>
    /// The variable's value; <paramref name="defaultValue"/> if there is none. A stored null, false, 0 or empty value is
    /// found. As <c>object</c>: text, <c>long</c> or <c>double</c>, <c>bool</c>, <c>Dictionary&lt;string, object?&gt;</c>,
    /// <c>List&lt;object?&gt;</c>.
    /// </summary>
    /// <exception cref="SessionValueException">It can't be read as <typeparamref name="T"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is none; see <see cref="SessionPath"/>.</exception>
    public T? Get<T>(SessionPath path, T? defaultValue = default) => TryGet(path, out T? value) ? value : defaultValue;

    /// <summary>The same with a default that is made only if it is needed.</summary>
    [OverloadResolutionPriority(1)] // A bare null as default fits both overloads.
    public T? Get<T>(SessionPath path, Func<T>? defaultValue) =>
        TryGet(path, out T? value) ? value : defaultValue is null ? default : defaultValue();

    /// <summary>The values of several variables by name; <paramref name="defaultValue"/> for those that there are not.</summary>
    [OverloadResolutionPriority(1)]
    public IReadOnlyDictionary<string, object?> Get(IEnumerable<string> paths, object? defaultValue = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        Fill(values, [.. paths.Select(static path => (path, ((SessionPath)path).Resolve()))], defaultValue);
        return values;
    }

    /// <summary>The values of several variables by path; <paramref name="defaultValue"/> for those that there are not.</summary>
    public IReadOnlyDictionary<SessionPath, object?> Get(IEnumerable<SessionPath> paths, object? defaultValue = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var values = new Dictionary<SessionPath, object?>();
        Fill(values, [.. paths.Select(static path => (path, path.Resolve()))], defaultValue);
        return values;
    }

    /// <summary>Whether there is such a variable, and its value. A stored null is found.</summary>
    /// <exception cref="SessionValueException">It can't be read as <typeparamref name="T"/>.</exception>
    public bool TryGet<T>(SessionPath path, out T? value)
    {
        VariablePath resolved = path.Resolve();
        bool found = _transaction.TryGet(resolved, out ReadOnlyMemory<byte> json);
        value = found ? ValueSerializer.Deserialize<T>(resolved, json, Serializer) : default;
        return found;
    }

    /// <summary>Whether there is such a variable, be its value null.</summary>
    public bool Has(SessionPath path) => _transaction.TryGet(path.Resolve(), out _);

    /// <summary>All variables by name, in the form that <c>Get&lt;object&gt;</c> gives.</summary>
    public IReadOnlyDictionary<string, object?> All()
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (string name in _transaction.Names())
        {
            VariablePath path = VariablePath.Whole(name);
            _transaction.TryGet(path, out ReadOnlyMemory<byte> json);
            values[name] = ValueSerializer.Deserialize<object>(path, json, Serializer);
        }

        return values;
    }

    /// <summary>
    /// Sets a variable. A path through a value that is no map or list replaces it by a map; an index one past the end
    /// of a list appends.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="path"/> is none (see <see cref="SessionPath"/>), or the value can't be serialised, or would not come back
    /// as it is (see <see cref="FuelSessionsOptions.UncheckedTypes"/>).
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An index lies further past the end of a list.</exception>
    public Session Set<T>(SessionPath path, T value)
    {
        VariablePath resolved = path.Resolve();
        _transaction.Apply(new SetVariable(resolved, ValueSerializer.Serialize(resolved, value, Serializer)));
        return this;
    }

    /// <summary>The same for a value of no particular type, such as a bare null.</summary>
    public Session Set(SessionPath path, object? value) => Set<object?>(path, value);

    /// <summary>Sets each of the variables; names may be paths. Values are replaced, not merged. If one is refused, none is set.</summary>
    [OverloadResolutionPriority(1)]
    public Session Set(IEnumerable<KeyValuePair<string, object?>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Set(variables.Select(static variable => KeyValuePair.Create((SessionPath)variable.Key, variable.Value)));
    }

    /// <summary>The same by paths.</summary>
    public Session Set(IEnumerable<KeyValuePair<SessionPath, object?>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        SetVariable[] changes = [.. variables.Select(variable =>
        {
            VariablePath path = variable.Key.Resolve();
            return new SetVariable(path, ValueSerializer.Serialize(path, variable.Value, Serializer));
        })];
        _transaction.ApplyAll(changes);
        return this;
    }

    /// <summary>Removes a variable or an element of one. Empty parents stay; a list closes the gap. Nothing happens if there is none.</summary>
    public Session Delete(SessionPath path)
    {
        _transaction.Apply(new RemoveVariable(path.Resolve()));
        return this;
    }

    /// <summary>Removes each of the variables or elements. If a path is refused, none is removed.</summary>
    [OverloadResolutionPriority(1)]
    public Session Delete(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Delete(paths.Select(static path => (SessionPath)path));
    }

    /// <summary>The same by paths.</summary>
    public Session Delete(IEnumerable<SessionPath> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        RemoveVariable[] changes = [.. paths.Select(static path => new RemoveVariable(path.Resolve()))];
        _transaction.ApplyAll(changes);
        return this;
    }

    /// <summary>Removes all variables. Flash variables stay.</summary>
    public Session Clear()
    {
        _transaction.Clear();
        return this;
    }

    /// <summary>
    /// Adds to a whole number; one that is missing or null counts as 0. Exact under concurrency: a thousand parallel
    /// increments add a thousand.
    /// </summary>
    /// <returns>The sum as this request sees it.</returns>
    /// <exception cref="SessionValueException">What is stored is no whole number, or the path leads through text, a number or a truth value.</exception>
    /// <exception cref="OverflowException">The sum leaves the range of a 64-bit integer.</exception>
    public long Increment(SessionPath path, long by = 1) => _transaction.Apply(new IncrementVariable(path.Resolve(), by)).Result;

    /// <summary>
    /// Sets a variable to what a function makes of it; <c>default</c> if there is none. Exact under concurrency: if another
    /// request was faster, the function is called again with what that one stored. So it can run more than once, and
    /// must depend on nothing but its argument.
    /// </summary>
    /// <returns>The new value as this request sees it.</returns>
    /// <exception cref="SessionValueException">
    /// What is stored can't be read as <typeparamref name="T"/>, or the path leads through text, a number or a truth value.
    /// </exception>
    public T? Update<T>(SessionPath path, Func<T?, T?> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return _transaction.Apply(new UpdateVariable<T>(path.Resolve(), update, Serializer)).Result;
    }

    // A few are looked up as they come. For many all is taken apart once: looking each up would go over everything each time.
    private void Fill<TKey>(Dictionary<TKey, object?> values, (TKey Key, VariablePath Path)[] wanted, object? defaultValue)
        where TKey : notnull
    {
        const int Few = 8;
        bool many = wanted.Length > Few;
        foreach ((TKey key, VariablePath path) in wanted)
        {
            values[key] = _transaction.TryGet(path, out ReadOnlyMemory<byte> json, asTree: many)
                ? ValueSerializer.Deserialize<object>(path, json, Serializer)
                : defaultValue;
        }
    }

    private ValueFormat Serializer => _transaction.Options.Values;
}
