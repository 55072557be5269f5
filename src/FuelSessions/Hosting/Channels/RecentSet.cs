namespace FuelSessions;

/// <summary>
/// A bounded memory of what was seen a moment ago, without locks: a table of sets of four places each. A newcomer takes an empty place of its
/// set, or the one that was filled first. What was forgotten is only computed again.
/// </summary>
internal sealed class RecentSet<T>
    where T : class, RecentSet<T>.IEntry
{
    private const int Ways = 4;

    private readonly T?[] _places = new T?[4096];

    internal interface IEntry
    {
        /// <summary>When it was added, on whatever scale.</summary>
        long Added { get; }
    }

    internal Span<T?> SetOf(int hash) => _places.AsSpan((hash & ((_places.Length / Ways) - 1)) * Ways, Ways);

    internal void Add(int hash, T entry)
    {
        Span<T?> set = SetOf(hash);
        int oldest = 0;
        T? occupant = Volatile.Read(ref set[0]);
        for (int i = 1; i < set.Length && occupant is not null; i++)
        {
            T? other = Volatile.Read(ref set[i]);
            if (other is null || other.Added < occupant.Added)
            {
                (oldest, occupant) = (i, other);
            }
        }

        Volatile.Write(ref set[oldest], entry);
    }
}
