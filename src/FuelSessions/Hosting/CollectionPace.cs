namespace FuelSessions;

/// <summary>
/// How many records a clean-up removes at a time. In a store with one writer a request that saves waits for the batch before it: it
/// must be a matter of milliseconds, on whatever machine and however many are left.
/// </summary>
internal sealed class CollectionPace
{
    // The time taken includes that of waiting for the writers before it: fewer would fall behind on a busy store.
    internal const int Fewest = 50;
    internal const int Most = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(5);

    /// <summary>For the next batch.</summary>
    internal int Batch { get; private set; } = 100;

    /// <summary>How long it took to remove a whole batch.</summary>
    internal void Took(TimeSpan time) => Batch =
        time > Longest ? Math.Max(Fewest, Batch / 2)
        : time < Longest / 2 ? Math.Min(Most, Batch * 2)
        : Batch;
}
