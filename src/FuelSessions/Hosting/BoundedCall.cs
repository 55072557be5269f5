using System.Runtime.ExceptionServices;

namespace FuelSessions;

/// <summary>
/// Synchronous calls of one kind to a store that may hang. One that takes too long is left alone, on its thread, and as long again whoever calls is
/// told at once; so is who comes right after another failure. For many wait for each other in front of such a call, and would fail one after the other.
/// </summary>
/// <param name="what">For the error: what could not be done.</param>
/// <param name="timeout">How long one may take: <c>StoreTimeout</c>.</param>
internal sealed class BoundedCall(string what, Func<TimeSpan> timeout)
{
    private volatile Failure? _latest;

    /// <exception cref="TimeoutException">It takes too long.</exception>
    internal T Run<T>(Func<T> call)
    {
        if (_latest is { } failure && Environment.TickCount64 < failure.Until)
        {
            ExceptionDispatchInfo.Throw(failure.Error);
        }

        TimeSpan longest = timeout();

        // A thread of its own: those of the pool may all be waiting for this.
        Task<T> running = LeftAlone.MayBe(Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        try
        {
            T result = running.WaitAsync(longest).GetAwaiter().GetResult();
            _latest = null;
            return result;
        }
        catch (Exception error)
        {
            bool hangs = error is TimeoutException && !running.IsCompleted;
            Exception told = hangs ? new TimeoutException($"{what} within {longest:g} (StoreTimeout).") : error;
            _latest = new Failure(told, Environment.TickCount64 + (long)(longest.TotalMilliseconds / (hangs ? 1 : 8)));
            if (hangs)
            {
                throw told;
            }

            throw;
        }
    }

    private sealed record Failure(Exception Error, long Until);
}
