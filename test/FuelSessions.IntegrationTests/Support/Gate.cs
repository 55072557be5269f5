namespace FuelSessions.IntegrationTests.Support;

/// <summary>A point that code under test stops at until the test lets it go on. Nothing here waits for time to pass.</summary>
internal sealed class Gate
{
    // A test that hangs fails; nothing depends on how long it is.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Latch _reached;

    /// <param name="arrivals">After how many arrivals <see cref="ReachedAsync"/> ends.</param>
    internal Gate(int arrivals = 1) => _reached = new Latch(arrivals);

    /// <summary>For the code under test: says that it is here, and waits.</summary>
    internal Task PassAsync()
    {
        _reached.Signal();
        return _open.Task.WaitAsync(Longest);
    }

    /// <summary>Ends once the code under test is here.</summary>
    internal Task ReachedAsync() => _reached.WaitAsync();

    internal void Open() => _open.TrySetResult();

    private sealed class Latch(int count)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _missing = count;

        internal void Signal()
        {
            if (Interlocked.Decrement(ref _missing) <= 0)
            {
                _all.TrySetResult();
            }
        }

        internal Task WaitAsync() => _all.Task.WaitAsync(Longest);
    }
}
