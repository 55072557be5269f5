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

    internal void Clear() => this = default;
}
