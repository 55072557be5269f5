namespace FuelSessions.Engine;

/// <summary>What a request did, in order. Most requests do nothing, or one thing, so each knows the next, and the last one the first: no list is made for them.</summary>
internal struct ChangeList
{
    private Change? _last;

    internal readonly bool IsEmpty => _last is null;

    internal readonly Change? Last => _last;

    internal void Add(Change change)
    {
        if (_last is null)
        {
            change.Next = change;
        }
        else
        {
            (change.Next, _last.Next) = (_last.Next, change);
        }

        _last = change;
    }

    /// <summary>Lets a merge keep what was stored after these changes and past them, in the version that the merge finds.</summary>
    internal readonly void Keep(VariablePath path)
    {
        for (Change? change = _last?.Next; change is not null; change = After(change))
        {
            (change as ClearVariables)?.Keep(path);
        }
    }

    /// <summary>Does all of it once more, to what another request has stored meanwhile [W2].</summary>
    internal readonly void Replay(ref Variables variables)
    {
        for (Change? change = _last?.Next; change is not null; change = After(change))
        {
            variables.Apply(change, lenient: true);
        }
    }

    /// <summary>Those up to that one are stored; null: none.</summary>
    internal void Drop(Change? stored)
    {
        if (stored == _last)
        {
            Clear();
        }
        else if (stored?.Next is { } first)
        {
            _last?.Next = first;
        }
    }

    internal void Clear()
    {
        // Whoever is going through them, as where a function of the app gives up the session in a merge, comes to their end.
        _last?.Next = null;
        _last = null;
    }

    private readonly Change? After(Change change) => change == _last ? null : change.Next;
}
