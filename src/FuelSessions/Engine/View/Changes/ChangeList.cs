namespace FuelSessions.Engine;

/// <summary>What a request did, in order. Most requests do nothing, or one thing: nothing is made for them in advance.</summary>
internal struct ChangeList
{
    private IChange[]? _changes;

    internal int Count { get; private set; }

    internal readonly ReadOnlySpan<IChange> AsSpan() => _changes.AsSpan(0, Count);

    internal void Add(IChange change)
    {
        if (_changes is null)
        {
            _changes = new IChange[1];
        }
        else if (_changes.Length == Count)
        {
            Array.Resize(ref _changes, 4 * Count);
        }

        _changes[Count++] = change;
    }

    /// <summary>The last one of a kind; null if there is none.</summary>
    internal readonly TChange? Last<TChange>()
        where TChange : class, IChange
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_changes![i] is TChange change)
            {
                return change;
            }
        }

        return null;
    }

    /// <summary>Does all of it once more, to what another request has stored meanwhile [W2].</summary>
    internal readonly void Replay(Variables variables)
    {
        foreach (IChange change in AsSpan())
        {
            change.Apply(variables.Data, variables.Flash, lenient: true);
        }
    }

    internal void Clear() => this = default;
}
