using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace FuelSessions;

/// <summary>The result of an async method that had to wait, and what waits for it.</summary>
internal class PooledState<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TResult> _result;

    internal short Version => _result.Version;

    internal void SetResult(TResult result) => _result.SetResult(result);

    internal void SetException(Exception error) => _result.SetException(error);

    public ValueTaskSourceStatus GetStatus(short token) => _result.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    public TResult GetResult(short token)
    {
        // Also refuses the token of a result that was fetched before: the object may be somebody else's by now.
        if (_result.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The result was asked for before there was one. Await the ValueTask, once.");
        }

        try
        {
            return _result.GetResult(token);
        }
        finally
        {
            _result.Reset();
            Return();
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    protected virtual void Return()
    {
    }
}

/// <summary>The same with the method itself, to be used again.</summary>
internal sealed class PooledState<TResult, TMethod> : PooledState<TResult>
    where TMethod : IAsyncStateMachine
{
    // As many as wait at the same time on a busy server; more are left to the garbage collector.
    private const int MostKept = 1024;

    private static readonly DefaultObjectPool<PooledState<TResult, TMethod>> Pool =
        new(new DefaultPooledObjectPolicy<PooledState<TResult, TMethod>>(), MostKept);

    private static readonly ContextCallback Go = static state => ((PooledState<TResult, TMethod>)state!).Method.MoveNext();

    private readonly Action _goOn;
    private ExecutionContext? _context;

    public PooledState() => _goOn = GoOn;

    internal TMethod Method = default!;

    internal static PooledState<TResult, TMethod> Rent() => Pool.Get();

    /// <summary>What is to be called when that for which the method waits is there.</summary>
    internal Action Waiting()
    {
        _context = ExecutionContext.Capture();
        return _goOn;
    }

    protected override void Return()
    {
        Method = default!;
        _context = null;
        Pool.Return(this);
    }

    private void GoOn()
    {
        if (_context is { } context)
        {
            ExecutionContext.Run(context, Go, this);
        }
        else
        {
            // Its flow was suppressed.
            Method.MoveNext();
        }
    }
}
