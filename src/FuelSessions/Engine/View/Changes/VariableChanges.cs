using System.Collections.Concurrent;
using System.Globalization;

namespace FuelSessions.Engine;

internal sealed class SetVariable(VariablePath path, byte[] json) : Change
{
    internal override void Apply(VariableMap variables, bool lenient) => variables.Set(path, json, lenient);
}

internal sealed class RemoveVariable(VariablePath path) : Change
{
    internal override void Apply(VariableMap variables, bool lenient) => variables.Remove(path);
}

internal sealed class ClearVariables : Change
{
    private ConcurrentDictionary<string, VariablePath>? _kept;

    /// <summary>
    /// Lets a merge keep what was stored after this change and past the request's own changes, in the version that the merge finds.
    /// </summary>
    internal void Keep(VariablePath path) =>
        LazyInitializer.EnsureInitialized(ref _kept, static () => new(StringComparer.Ordinal))[path.Text] = path;

    internal override void Apply(VariableMap variables, bool lenient)
    {
        if (_kept is null)
        {
            variables.Clear();
            return;
        }

        List<(VariablePath Path, ReadOnlyMemory<byte> Json)> kept = [];
        foreach (VariablePath path in _kept.Values)
        {
            if (variables.TryGet(path, out ReadOnlyMemory<byte> json))
            {
                kept.Add((path, json));
            }
        }

        variables.Clear();
        foreach ((VariablePath path, ReadOnlyMemory<byte> json) in kept)
        {
            variables.Set(path, json, lenient: true);
        }
    }
}

/// <summary>Exact under concurrency: what is repeated in a merge is the addition, not its result [W3].</summary>
internal sealed class IncrementVariable(VariablePath path, long by) : Change
{
    internal long Result { get; private set; }

    internal override void Apply(VariableMap variables, bool lenient)
    {
        long before = ValueSerializer.ReadInteger(path, variables.TryGetToChange(path, typeof(long), out ReadOnlyMemory<byte> json) ? json : (ReadOnlyMemory<byte>?)null);
        try
        {
            Result = checked(before + by);
        }
        catch (OverflowException error)
        {
            throw new OverflowException(
                string.Create(CultureInfo.InvariantCulture, $"Session variable '{path.Text}' holds {before}; adding {by} leaves the range of a 64-bit integer."),
                error);
        }

        variables.Set(path, ValueSerializer.WriteInteger(Result), lenient);
    }
}

/// <summary>Exact in the same way: a merge calls the function again, on the value that won.</summary>
internal sealed class UpdateVariable<T>(VariablePath path, Func<T?, T?> update, ValueFormat format) : Change
{
    internal T? Result { get; private set; }

    internal override void Apply(VariableMap variables, bool lenient)
    {
        T? before = variables.TryGetToChange(path, typeof(T), out ReadOnlyMemory<byte> json) ? ValueSerializer.Deserialize<T>(path, json, format) : default;
        Result = update(before);
        variables.Set(path, ValueSerializer.Serialize(path, Result, format), lenient);
    }
}
