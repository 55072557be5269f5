using System.Runtime.CompilerServices;

namespace FuelSessions;

/// <summary>
/// Work that goes on though those who waited for it have left. If it fails then that concerns nobody: it is not to come up in the app's handler of
/// <see cref="TaskScheduler.UnobservedTaskException"/>.
/// </summary>
internal static class LeftAlone
{
    /// <summary>For work that is begun once and waited for by many, each for as long as he can.</summary>
    /// <returns>The work.</returns>
    internal static T MayBe<T>(T work)
        where T : Task
    {
        _ = work.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return work;
    }

    /// <summary>
    /// Begins such work in nobody's flow: what a connection leaves running would hold what flows with the request that came first, its activity for one, for as long as
    /// it is open.
    /// </summary>
    internal static Task<T> Begin<T>(Func<Task<T>> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return MayBe(Task.Run(work));
        }

        using (ExecutionContext.SuppressFlow())
        {
            return MayBe(Task.Run(work));
        }
    }

    /// <summary>Waits for the work until the token is cancelled, and leaves it alone then.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    internal static async ValueTask<T> AfterAsync<T>(Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = MayBe(work);
            throw;
        }
    }

    /// <inheritdoc cref="AfterAsync{T}(Task{T}, CancellationToken)"/>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    internal static async ValueTask AfterAsync(Task work, CancellationToken cancellationToken)
    {
        try
        {
            await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = MayBe(work);
            throw;
        }
    }
}
