using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace FuelSessions.Memcached.Client;

/// <summary>
/// A command that was sent, until its answer has arrived and its caller has seen it; then it is used again. A caller that
/// was cancelled goes at once; the command keeps its place, so that its answer is still read, and dropped.
/// </summary>
internal sealed class PendingCommand : IValueTaskSource<Reply>
{
    private const int MostPooled = 1024;

    private static readonly ConcurrentQueue<PendingCommand> Pool = new();

    // Off the thread that reads answers: a caller's code must not hold up the other callers' answers.
    private ManualResetValueTaskSourceCore<Reply> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private int _settled;
    private int _holders;

    private PendingCommand()
    {
    }

    internal uint Opaque { get; private set; }

    internal ReplyStatus Answers { get; private set; }

    /// <summary>When it was sent, in milliseconds of the system's uptime.</summary>
    internal long SentAt { get; private set; }

    internal static PendingCommand Begin(CancellationToken cancellationToken)
    {
        if (!Pool.TryDequeue(out PendingCommand? pending))
        {
            pending = new PendingCommand();
        }

        pending._settled = 0;
        pending._holders = 2;
        pending._token = cancellationToken;
        pending._cancellation = cancellationToken.UnsafeRegister(static state => ((PendingCommand)state!).Cancel(), pending);
        return pending;
    }

    internal void Sent(uint opaque, ReplyStatus answers, long now) => (Opaque, Answers, SentAt) = (opaque, answers, now);

    internal ValueTask<Reply> Task() => new(this, _source.Version);

    /// <summary>Called once by the connection, when the command has its answer.</summary>
    internal void Complete(in Reply reply)
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _source.SetResult(reply);
        }

        Release();
    }

    /// <summary>Called once by the connection instead, when there will be none.</summary>
    internal void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _source.SetException(error);
        }

        Release();
    }

    public Reply GetResult(short token)
    {
        // Before the result is taken: once this is used again its callback must not be running.
        _cancellation.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _source.SetException(new OperationCanceledException(_token));
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        _source.Reset();
        _token = default;
        _cancellation = default;
        if (Pool.Count < MostPooled)
        {
            Pool.Enqueue(this);
        }
    }
}
