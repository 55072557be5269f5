namespace FuelSessions.Engine;

/// <summary>What a request did, in order. Most requests do nothing, or one thing, so each knows the next: no list is made for them.</summary>
internal struct ChangeList
{
    private Change? _first;
    private Change? _last;

    internal readonly bool IsEmpty => _first is null;

    internal void Add(Change change)
    {
        if (_last is null)
        {
            _first = change;
        }
        else
        {
            _last.Next = change;
        }

        _last = change;
    }

    /// <summary>Lets a merge keep what was stored after these changes and past them, in the version that the merge finds.</summary>
    internal readonly void Keep(VariablePath path)
    {
        for (Change? change = _first; change is not null; change = change.Next)
        {
            (change as ClearVariables)?.Keep(path);
        }
    }

    /// <summary>Does all of it once more, to what another request has stored meanwhile [W2].</summary>
    internal readonly void Replay(ref Variables variables)
    {
        for (Change? change = _first; change is not null; change = change.Next)
        {
            variables.Apply(change, lenient: true);
        }
    }

    internal void Clear() => this = default;
}
