using System.Text.Json;

namespace FuelSessions.Values;

/// <summary>
/// A session's variables. They stay the encoded bytes of the record: a read decodes the one variable that it asks for, and
/// a few changed ones are kept beside the bytes until they are put in their places. Only what needs all of them, or changes many,
/// takes the bytes apart.
/// </summary>
/// <remarks>Encoded: count, then for each variable its stamp, name (UTF-8) and value (JSON, UTF-8), lengths as LEB128.</remarks>
internal sealed partial class VariableMap(ReadOnlyMemory<byte> encoded)
{
    private const int MostPatches = 4;

    private static readonly byte[] Null = [.. "null"u8];

    private ReadOnlyMemory<byte> _encoded = encoded;

    // The first of the patches, or all of it taken apart; null: it is as it is encoded.
    private object? _changed;

    internal VariableMap()
        : this(default)
    {
    }

    internal bool IsEmpty => Opened is { } open ? open.Count == 0 : _encoded.IsEmpty && _changed is null;

    internal IReadOnlyCollection<string> Names => Open().Names;

    private Patch? Patches => _changed as Patch;

    private OpenVariables? Opened => _changed as OpenVariables;

    internal bool TryGet(VariablePath path, out ReadOnlyMemory<byte> json) =>
        TryFind(path, out json, out JsonTokenType at) && at == JsonTokenType.None;

    /// <summary>
    /// The same for one of many: what is taken apart for it stays so, and the next one is found without going over everything again.
    /// </summary>
    internal bool TryGetInTree(VariablePath path, out ReadOnlyMemory<byte> json)
    {
        json = default;
        return Open().TryGet(path.Name, out Variable? variable) && variable.TryFind(path.Rest, out json, out JsonTokenType at, asTree: true) && at == JsonTokenType.None;
    }

    /// <summary>The same for a change that begins with what is there.</summary>
    /// <exception cref="SessionValueException">The path leads through what is no map, list or null: the change would put a map in its place.</exception>
    internal bool TryGetToChange(VariablePath path, Type wanted, out ReadOnlyMemory<byte> json)
    {
        if (TryFind(path, out json, out JsonTokenType at))
        {
            return at == JsonTokenType.None ? true : throw SessionValueException.Through(path.Text, at, wanted);
        }

        return false;
    }

    internal bool TryGetWhole(string name, out ReadOnlyMemory<byte> json)
    {
        if (Changed(name) is { } variable)
        {
            json = variable.Json;
            return true;
        }

        json = default;
        return Opened is null && TryFindEncoded(name, out json, out _);
    }

    // True with a token: the path ended early, at a scalar of that kind.
    private bool TryFind(VariablePath path, out ReadOnlyMemory<byte> json, out JsonTokenType endedAt)
    {
        json = default;
        endedAt = JsonTokenType.None;
        return Changed(path.Name) is { } variable ? variable.TryFind(path.Rest, out json, out endedAt)
            : Opened is null && TryFindEncoded(path.Name, out ReadOnlyMemory<byte> whole, out _) && JsonElementPath.TryFind(whole, path.Rest, out json, out endedAt);
    }

    internal void Set(VariablePath path, ReadOnlyMemory<byte> json, bool lenient = false)
    {
        Variable? known = Changed(path.Name);
        Variable changed = known ?? Patched(path.Name);
        if (path.IsWhole)
        {
            changed.Set(json);
        }
        else
        {
            changed.Set(in path, json.Span, lenient);
        }

        // Not before: a change may be refused.
        if (known is null)
        {
            Put((Patch)changed);
        }
    }

    internal void Remove(VariablePath path)
    {
        if (path.IsWhole)
        {
            Open().Remove(path.Name);
        }
        else if (Open().TryGet(path.Name, out Variable? variable))
        {
            variable.Remove(path.Rest);
        }
    }

    internal void Clear() => Become(default);

    /// <summary>Has nothing but what is encoded there from now on.</summary>
    internal void Become(ReadOnlyMemory<byte> encoded)
    {
        _encoded = encoded;
        _changed = null;
    }

    /// <summary>The stamp of a variable; null if there is none.</summary>
    internal long? StampOf(string name) => Open().TryGet(name, out Variable? variable) ? variable.Stamp : null;

    /// <summary>Marks a variable as set by the version about to be written.</summary>
    internal void Restamp(string name)
    {
        if (Open().TryGet(name, out Variable? variable))
        {
            variable.Stamp = 0;
        }
    }

    // As it is stored.
    private Patch Patched(string name) =>
        Opened is null && TryFindEncoded(name, out ReadOnlyMemory<byte> json, out (int, int) place) ? new Patch(name, json, place) : new Patch(name, Null, default);

    private void Put(Patch added)
    {
        if (_changed is null)
        {
            _changed = added;
            return;
        }

        int count = 1;
        Patch? last = Patches;
        for (; last?.Next is { } next; last = next)
        {
            count++;
        }

        if (last is null || count == MostPatches)
        {
            Open().Put(added);
        }
        else
        {
            last.Next = added;
        }
    }

    private Variable? Changed(string name)
    {
        if (Opened is { } open)
        {
            return open.TryGet(name, out Variable? variable) ? variable : null;
        }

        Patch? patch = Patches;
        while (patch is not null && !string.Equals(patch.Name, name, StringComparison.Ordinal))
        {
            patch = patch.Next;
        }

        return patch;
    }

    /// <summary>A changed variable, and which of the encoded bytes it stands for; none: it is new.</summary>
    private sealed class Patch(string name, ReadOnlyMemory<byte> json, (int Start, int Length) replaced) : Variable(name, json, stamp: 0)
    {
        internal Patch? Next;

        internal (int Start, int Length) Replaced => replaced;
    }
}
