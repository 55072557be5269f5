using System.Runtime.CompilerServices;
using System.Text.Json;
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
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    public T? Get<T>(string path, T? defaultValue = default) => TryGet(path, out T? value) ? value : defaultValue;

    /// <summary>The same with a default that is made only if it is needed.</summary>
    [OverloadResolutionPriority(1)] // A bare null as default fits both overloads.
    public T? Get<T>(string path, Func<T>? defaultValue) =>
        TryGet(path, out T? value) ? value : defaultValue is null ? default : defaultValue();

    /// <summary>The values of several variables by name; <paramref name="defaultValue"/> for those that there are not.</summary>
    public IReadOnlyDictionary<string, object?> Get(IEnumerable<string> paths, object? defaultValue = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            values[path] = Get(path, defaultValue);
        }

        return values;
    }

    /// <summary>Whether there is such a variable, and its value. A stored null is found.</summary>
    /// <exception cref="SessionValueException">It can't be read as <typeparamref name="T"/>.</exception>
    public bool TryGet<T>(string path, out T? value)
    {
        bool found = _transaction.TryGet(VariablePath.Parse(path), out ReadOnlyMemory<byte> json);
        value = found ? ValueSerializer.Deserialize<T>(path, json, Serializer) : default;
        return found;
    }

    /// <summary>Whether there is such a variable, be its value null.</summary>
    public bool Has(string path) => _transaction.TryGet(VariablePath.Parse(path), out _);

    /// <summary>All variables by name, in the form that <c>Get&lt;object&gt;</c> gives.</summary>
    public IReadOnlyDictionary<string, object?> All()
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (string name in _transaction.Names())
        {
            _transaction.TryGet(new VariablePath(name, name, []), out ReadOnlyMemory<byte> json);
            values[name] = ValueSerializer.Deserialize<object>(name, json, Serializer);
        }

        return values;
    }

    /// <summary>
    /// Sets a variable. A path through a value that is no map or list replaces it by a map; an index one past the end
    /// of a list appends.
    /// </summary>
    /// <exception cref="ArgumentException">The path is null, empty or deeper than 32 parts, or the value can't be serialised.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index lies further past the end of a list.</exception>
    public Session Set<T>(string path, T value)
    {
        VariablePath parsed = VariablePath.Parse(path);
        _transaction.Apply(new SetVariable(parsed, ValueSerializer.Serialize(path, value, Serializer)));
        return this;
    }

    /// <summary>The same for a value of no particular type, such as a bare null.</summary>
    public Session Set(string path, object? value) => Set<object?>(path, value);

    /// <summary>Sets each of the variables; names may be paths. Values are replaced, not merged. If one is refused, none is set.</summary>
    public Session Set(IEnumerable<KeyValuePair<string, object?>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        SetVariable[] changes = [.. variables.Select(variable =>
            new SetVariable(VariablePath.Parse(variable.Key), ValueSerializer.Serialize(variable.Key, variable.Value, Serializer)))];
        _transaction.ApplyAll(changes);
        return this;
    }

    /// <summary>Removes a variable or an element of one. Empty parents stay; a list closes the gap. Nothing happens if there is none.</summary>
    public Session Delete(string path)
    {
        _transaction.Apply(new RemoveVariable(VariablePath.Parse(path)));
        return this;
    }

    /// <summary>Removes each of the variables or elements. If a path is refused, none is removed.</summary>
    public Session Delete(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        RemoveVariable[] changes = [.. paths.Select(path => new RemoveVariable(VariablePath.Parse(path)))];
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
    /// <exception cref="SessionValueException">What is stored is no whole number.</exception>
    /// <exception cref="OverflowException">The sum leaves the range of a 64-bit integer.</exception>
    public long Increment(string path, long by = 1) => _transaction.Apply(new IncrementVariable(VariablePath.Parse(path), by)).Result;

    /// <summary>
    /// Sets a variable to what a function makes of it; <c>default</c> if there is none. Exact under concurrency: if another
    /// request was faster, the function is called again with what that one stored. So it can run more than once, and
    /// must depend on nothing but its argument.
    /// </summary>
    /// <returns>The new value as this request sees it.</returns>
    /// <exception cref="SessionValueException">What is stored can't be read as <typeparamref name="T"/>.</exception>
    public T? Update<T>(string path, Func<T?, T?> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return _transaction.Apply(new UpdateVariable<T>(VariablePath.Parse(path), update, Serializer)).Result;
    }

    private JsonSerializerOptions Serializer => _transaction.Options.SerializerOptions;
}
