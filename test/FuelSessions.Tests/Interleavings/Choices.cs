namespace FuelSessions.Tests.Interleavings;

/// <summary>
/// The choices of one run, and how the next run differs: the last choice that has another alternative takes it, those
/// before it are repeated, those after it begin anew. So a depth-first search needs no more than runs that can be repeated.
/// </summary>
internal sealed class Choices
{
    private readonly List<(int Taken, int Count)> _made = [];
    private int _depth;

    internal int Choose(int count)
    {
        if (count == 1)
        {
            return 0;
        }

        if (_depth == _made.Count)
        {
            _made.Add((0, count));
        }

        (int taken, int known) = _made[_depth++];
        return known == count ? taken : throw new InvalidOperationException("The run is not deterministic: the same choices led elsewhere.");
    }

    /// <summary>Prepares the next run; false if there is none.</summary>
    internal bool Next()
    {
        _depth = 0;
        while (_made.Count > 0)
        {
            (int taken, int count) = _made[^1];
            _made.RemoveAt(_made.Count - 1);
            if (taken + 1 < count)
            {
                _made.Add((taken + 1, count));
                return true;
            }
        }

        return false;
    }

    public override string ToString() => string.Join(",", _made.Select(choice => choice.Taken));
}
