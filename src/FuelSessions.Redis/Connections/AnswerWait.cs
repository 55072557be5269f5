using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace FuelSessions.Redis.Connections;

/// <summary>A wait for an answer that ends with a token at the latest, as <see cref="Task.WaitAsync(CancellationToken)"/>, in an object that is used again.</summary>
internal sealed class AnswerWait : IValueTaskSource
{
    // As many as wait at the same time on a busy server; more are left to the garbage collector.
    private const int MostKept = 1024;

    private const int Open = 0;
    private const int Answered = 1;
    private const int GivenUp = 2;

    private static readonly DefaultObjectPool<AnswerWait> Pool = new(new DefaultPooledObjectPolicy<AnswerWait>(), MostKept);

    private readonly Action _answered;
    private ManualResetValueTaskSourceCore<bool> _over;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private int _state;

    public AnswerWait() => _answered = Answer;

    /// <summary>Completes when <paramref name="answer"/> has, however it ended: what it is, it says itself.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    internal static ValueTask ForAsync(Task answer, CancellationToken cancellationToken)
    {
        if (answer.IsCompleted)
        {
            return default;
        }

        return cancellationToken.CanBeCanceled ? Pool.Get().Begin(answer, cancellationToken) : new ValueTask(answer);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _over.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _over.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        try
        {
            _over.GetResult(token);
        }
        finally
        {
            // One that was given up is still to be called when the answer comes, and one whose token is just being cancelled by that.
            if (_state == Answered && _registration.Unregister())
            {
                _over.Reset();
                (_registration, _token) = (default, default);
                Pool.Return(this);
            }
        }
    }

    private ValueTask Begin(Task answer, CancellationToken cancellationToken)
    {
        short version = _over.Version;
        _token = cancellationToken;
        _state = Open;
        _registration = cancellationToken.UnsafeRegister(static wait => ((AnswerWait)wait!).GiveUp(), this);
        answer.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_answered);
        return new ValueTask(this, version);
    }

    private void Answer()
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Open) == Open)
        {
            _over.SetResult(true);
        }
    }

    private void GiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Open) == Open)
        {
            _over.SetException(new OperationCanceledException(_token));
        }
    }
}
