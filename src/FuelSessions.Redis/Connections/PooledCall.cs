using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using StackExchange.Redis;

namespace FuelSessions.Redis.Connections;

/// <summary>One call and the wait for its answer, which ends with a token at the latest, in an object that is used again.</summary>
internal sealed class PooledCall<TState, TAnswer> : Call, IValueTaskSource<TAnswer>
{
    // As many as wait at the same time on a busy server; more are left to the garbage collector.
    private const int MostKept = 1024;

    private const int Unsent = 0;
    private const int Sent = 1;
    private const int Answered = 2;
    private const int GivenUp = 3;

    private static readonly DefaultObjectPool<PooledCall<TState, TAnswer>> Pool = new(new DefaultPooledObjectPolicy<PooledCall<TState, TAnswer>>(), MostKept);

    private readonly Action _answered;
    private ManualResetValueTaskSourceCore<bool> _over;
    private CancellationTokenRegistration _registration;
    private Made _made;
    private Task<TAnswer>? _answer;
    private int _state;

    public PooledCall() => _answered = Answer;

    /// <summary>Completes as the answer does.</summary>
    /// <param name="calls">Those of the connection.</param>
    /// <param name="database">Where it is sent.</param>
    /// <param name="command">Sends it; its last argument is <paramref name="withText"/>.</param>
    /// <param name="state">Goes to the command.</param>
    /// <param name="withText">Whether a script is sent with its text.</param>
    /// <param name="cancellationToken">Ends the wait; what was sent by then may be carried out all the same.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the answer came; with an inner exception if it never was sent.</exception>
    internal static ValueTask<TAnswer> RunAsync(
        CallsUnderWay calls, IDatabase database, Func<IDatabase, TState, bool, Task<TAnswer>> command, TState state, bool withText, CancellationToken cancellationToken)
    {
        PooledCall<TState, TAnswer> call = Pool.Get();
        short version = call._over.Version;
        call.Begin(new Made(calls, database, command, state, withText, cancellationToken));
        return new ValueTask<TAnswer>(call, version);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _over.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _over.OnCompleted(continuation, state, token, flags);

    public TAnswer GetResult(short token)
    {
        try
        {
            _over.GetResult(token);
            return _answer!.GetAwaiter().GetResult();
        }
        finally
        {
            // One that was given up is still to be called when the answer comes, and one whose token is just being cancelled by that.
            if (_state == Answered && (!_made.Token.CanBeCanceled || _registration.Unregister()))
            {
                _over.Reset();
                (_registration, _made, _answer, Flow) = (default, default, null, null);
                Pool.Return(this);
            }
        }
    }

    internal override void Send(bool isAlone)
    {
        if (Interlocked.CompareExchange(ref _state, Sent, Unsent) != Unsent)
        {
            _made.Calls.LeftUnsent();
            return;
        }

        Task<TAnswer> answer = _answer = Answering();
        if (answer.IsCompleted)
        {
            // Whoever goes on here would keep those waiting who are behind it.
            _over.RunContinuationsAsynchronously = !isAlone;
            Answer();
        }
        else
        {
            answer.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_answered);
        }
    }

    private void Begin(Made made)
    {
        _made = made;
        _state = Unsent;
        _over.RunContinuationsAsynchronously = false;
        _registration = made.Token.UnsafeRegister(static call => ((PooledCall<TState, TAnswer>)call!).GiveUp(), this);
        made.Calls.Begin(this);
    }

    private Task<TAnswer> Answering()
    {
        try
        {
            if (Flow is not { } flow)
            {
                return Command();
            }

            ExecutionContext.Run(flow, static call => ((PooledCall<TState, TAnswer>)call!).CommandInFlow(), this);
            return _answer!;
        }
        catch (Exception error)
        {
            return Task.FromException<TAnswer>(error);
        }
    }

    private void CommandInFlow() => _answer = Command();

    private Task<TAnswer> Command() => _made.Command(_made.Database, _made.State, _made.WithText);

    private void Answer()
    {
        CallsUnderWay calls = _made.Calls;
        if (Interlocked.CompareExchange(ref _state, Answered, Sent) == Sent)
        {
            calls.Answered();
            _over.SetResult(true);
        }
        else
        {
            calls.AnsweredLate(_answer!.Exception?.InnerException);
        }
    }

    private void GiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Unsent) == Unsent)
        {
            Exception reason = RedisFailure.Timeout("The app's thread pool had no thread yet to send it on.", CommandStatus.WaitingToBeSent);
            _over.SetException(new OperationCanceledException(null, reason, _made.Token));
        }
        else if (Interlocked.CompareExchange(ref _state, GivenUp, Sent) == Sent)
        {
            _made.Calls.Abandoned();
            _over.SetException(new OperationCanceledException(_made.Token));
        }
    }

    /// <summary>What the caller has given.</summary>
    private readonly record struct Made(
        CallsUnderWay Calls, IDatabase Database, Func<IDatabase, TState, bool, Task<TAnswer>> Command, TState State, bool WithText, CancellationToken Token);
}
