using System.Runtime.CompilerServices;

namespace FuelSessions;

/// <summary>
/// Keeps the state of an async method, while it waits, in an object that is used again once its result was fetched. The framework's pooling
/// builder keeps one for each thread and core; a server has as many requests waiting as it has clients. As there, the
/// result can be fetched once.
/// </summary>
internal struct PooledValueTaskMethodBuilder<TResult>
{
    private TResult _result;
    private PooledState<TResult>? _state;

    public readonly ValueTask<TResult> Task => _state is { } state ? new(state, state.Version) : new(_result);

    internal readonly ValueTask TaskWithoutResult => _state is { } state ? new(state, state.Version) : default;

    public static PooledValueTaskMethodBuilder<TResult> Create() => default;

    // The framework's: it undoes what the method does to the caller's context before it first waits.
    public void Start<TMethod>(ref TMethod method)
        where TMethod : IAsyncStateMachine => default(AsyncValueTaskMethodBuilder).Start(ref method);

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // For boxes that copy the method into themselves; this one does so without being told.
    }

    public void SetResult(TResult result)
    {
        if (_state is null)
        {
            _result = result;
        }
        else
        {
            _state.SetResult(result);
        }
    }

    public void SetException(Exception error) => (_state ??= new PooledState<TResult>()).SetException(error);

    public void AwaitOnCompleted<TAwaiter, TMethod>(ref TAwaiter awaiter, ref TMethod method)
        where TAwaiter : INotifyCompletion
        where TMethod : IAsyncStateMachine => awaiter.OnCompleted(Waiting(ref method));

    public void AwaitUnsafeOnCompleted<TAwaiter, TMethod>(ref TAwaiter awaiter, ref TMethod method)
        where TAwaiter : ICriticalNotifyCompletion
        where TMethod : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Waiting(ref method));

    private Action Waiting<TMethod>(ref TMethod method)
        where TMethod : IAsyncStateMachine
    {
        if (_state is not PooledState<TResult, TMethod> state)
        {
            // In this order: the copy of the method must know where it is kept.
            _state = state = PooledState<TResult, TMethod>.Rent();
            state.Method = method;
        }

        return state.Waiting();
    }
}
