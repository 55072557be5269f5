using System.Collections.Concurrent;
using System.Globalization;

namespace FuelSessions.Engine;

internal sealed class SetVariable(VariablePath path, byte[] json) : IChange
{
    public void Apply(VariableMap data, VariableMap flash, bool lenient) => data.Set(path, json, lenient);
}

internal sealed class RemoveVariable(VariablePath path) : IChange
{
    public void Apply(VariableMap data, VariableMap flash, bool lenient) => data.Remove(path);
}

/// <param name="earlier">The one before it in the same request, whose part it also plays; null if there is none.</param>
internal sealed class ClearVariables(ClearVariables? earlier) : IChange
{
    private readonly ClearVariables? _earlier = earlier;
    private ConcurrentDictionary<string, VariablePath>? _kept;

    /// <summary>
    /// Lets a merge keep what was stored after this change and past the request's own changes, in the version that the merge finds.
    /// </summary>
    internal void Keep(VariablePath path)
    {
        string text = path.Text;
        for (ClearVariables? clear = this; clear is not null; clear = clear._earlier)
        {
            LazyInitializer.EnsureInitialized(ref clear._kept, static () => new(StringComparer.Ordinal))[text] = path;
        }
    }

    public void Apply(VariableMap data, VariableMap flash, bool lenient)
    {
        if (_kept is null)
        {
            data.Clear();
            return;
        }

        List<(VariablePath Path, ReadOnlyMemory<byte> Json)> kept = [];
        foreach (VariablePath path in _kept.Values)
        {
            if (data.TryGet(path, out ReadOnlyMemory<byte> json))
            {
                kept.Add((path, json));
            }
        }

        data.Clear();
        foreach ((VariablePath path, ReadOnlyMemory<byte> json) in kept)
        {
            data.Set(path, json, lenient: true);
        }
    }
}

/// <summary>Exact under concurrency: what is repeated in a merge is the addition, not its result [W3].</summary>
internal sealed class IncrementVariable(VariablePath path, long by) : IChange
{
    internal long Result { get; private set; }

    public void Apply(VariableMap data, VariableMap flash, bool lenient)
    {
        long before = ValueSerializer.ReadInteger(path, data.TryGetToChange(path, typeof(long), out ReadOnlyMemory<byte> json) ? json : (ReadOnlyMemory<byte>?)null);
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

        data.Set(path, ValueSerializer.WriteInteger(Result), lenient);
    }
}

/// <summary>Exact in the same way: a merge calls the function again, on the value that won.</summary>
internal sealed class UpdateVariable<T>(VariablePath path, Func<T?, T?> update, ValueFormat format) : IChange
{
    internal T? Result { get; private set; }

    public void Apply(VariableMap data, VariableMap flash, bool lenient)
    {
        T? before = data.TryGetToChange(path, typeof(T), out ReadOnlyMemory<byte> json) ? ValueSerializer.Deserialize<T>(path, json, format) : default;
        Result = update(before);
        data.Set(path, ValueSerializer.Serialize(path, Result, format), lenient);
    }
}
