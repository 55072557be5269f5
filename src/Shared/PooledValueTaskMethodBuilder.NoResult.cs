using System.Runtime.CompilerServices;

namespace FuelSessions;

/// <summary>The same for a method without a result.</summary>
internal struct PooledValueTaskMethodBuilder
{
    private PooledValueTaskMethodBuilder<bool> _builder;

    public readonly ValueTask Task => _builder.TaskWithoutResult;

    public static PooledValueTaskMethodBuilder Create() => default;

    public void Start<TMethod>(ref TMethod method)
        where TMethod : IAsyncStateMachine => _builder.Start(ref method);

    public void SetStateMachine(IAsyncStateMachine stateMachine) => _builder.SetStateMachine(stateMachine);

    public void SetResult() => _builder.SetResult(true);

    public void SetException(Exception error) => _builder.SetException(error);

    public void AwaitOnCompleted<TAwaiter, TMethod>(ref TAwaiter awaiter, ref TMethod method)
        where TAwaiter : INotifyCompletion
        where TMethod : IAsyncStateMachine => _builder.AwaitOnCompleted(ref awaiter, ref method);

    public void AwaitUnsafeOnCompleted<TAwaiter, TMethod>(ref TAwaiter awaiter, ref TMethod method)
        where TAwaiter : ICriticalNotifyCompletion
        where TMethod : IAsyncStateMachine => _builder.AwaitUnsafeOnCompleted(ref awaiter, ref method);
}
