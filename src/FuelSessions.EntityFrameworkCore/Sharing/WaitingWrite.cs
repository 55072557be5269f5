namespace FuelSessions.EntityFrameworkCore.Sharing;

/// <summary>Work that found all turns taken. It is either done together with others, or gets a turn to do it by itself.</summary>
/// <param name="place">Where it writes to; null if it has to go by itself.</param>
/// <param name="shape">What it writes.</param>
/// <param name="cancellationToken">Ends the wait.</param>
internal abstract class WaitingWrite(DatabasePlace? place, WriteShape? shape, CancellationToken cancellationToken)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Over = 2;

    // What its commands' interceptors find is its own request, whoever runs them.
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();

    private readonly TaskCompletionSource<Turn?> _isDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAlone;
    private int _state;

    internal DatabasePlace? Place => _isAlone ? null : place;

    /// <summary>Whether it was written already, perhaps: the commit did not answer.</summary>
    internal bool MayBeStored { get; private set; }

    /// <summary>Whether it has failed by itself among others that were committed.</summary>
    internal bool HasFailed { get; private set; }

    internal ReadOnlySpan<byte> Key => shape?.Key;

    internal int Size => shape?.Size ?? 0;

    internal bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    internal CancellationToken Token => cancellationToken;

    /// <returns>Null: others have done it. Else its turn.</returns>
    internal async Task<Turn?> WaitAsync()
    {
        using (cancellationToken.UnsafeRegister(static write => ((WaitingWrite)write!).Cancel(), this))
        {
            return await _isDone.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Takes it along with others, unless it has given up.</summary>
    internal bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Gives it its turn, unless it has given up.</summary>
    internal bool TryGive(Turn turn)
    {
        if (Interlocked.CompareExchange(ref _state, Over, Waiting) != Waiting)
        {
            return false;
        }

        _isDone.SetResult(turn);
        return true;
    }

    /// <summary>What it had to say was committed, and then it went wrong.</summary>
    internal void Fail(bool mayBeStored)
    {
        HasFailed = true;
        MayBeStored = mayBeStored;
    }

    /// <summary>All was committed, and this one with it unless it <see cref="HasFailed"/>.</summary>
    internal void Finish()
    {
        if (!HasFailed)
        {
            Volatile.Write(ref _state, Over);
            _isDone.TrySetResult(null);
        }
    }

    /// <summary>Together it did not work out, so that it waits for a turn of its own.</summary>
    internal void GoAlone(bool mayBeStored)
    {
        MayBeStored |= mayBeStored;
        _isAlone = true;
        Interlocked.CompareExchange(ref _state, Waiting, Taken);
    }

    /// <summary>Runs it as one of many; its result counts once they are committed.</summary>
    internal Task RunAsync(ContextLease lease, CancellationToken together) => InItsFlow(() => RunHereAsync(lease, together));

    /// <summary>Runs something as if its own request did.</summary>
    internal Task InItsFlow(Func<Task> work)
    {
        if (_flow is null)
        {
            return work();
        }

        Task? running = null;
        ExecutionContext.Run(_flow, _ => running = work(), null);
        return running!;
    }

    protected abstract Task RunHereAsync(ContextLease lease, CancellationToken together);

    private void Cancel()
    {
        int before = Interlocked.Exchange(ref _state, Over);
        string reason = before == Taken
            ? "It is being written together with others, which is not done; it may be stored all the same, now or in a moment, whole or not at all."
            : "The writers before it, one at a time, are not done.";
        if (before != Over)
        {
            _isDone.TrySetException(new OperationCanceledException("The write was cancelled.", new TimeoutException(reason), cancellationToken));
        }
    }
}

/// <inheritdoc/>
internal sealed class WaitingWrite<T>(LeasedDatabase.Work<T> work, DatabasePlace? place, WriteShape? shape, CancellationToken cancellationToken)
    : WaitingWrite(place, shape, cancellationToken)
{
    /// <summary>What it came to, if others have done it.</summary>
    internal T Result { get; private set; } = default!;

    protected override async Task RunHereAsync(ContextLease lease, CancellationToken together) =>
        Result = await work(lease, Attempts.Together, together).ConfigureAwait(false);
}
