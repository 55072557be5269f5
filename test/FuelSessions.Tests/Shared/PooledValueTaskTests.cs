using System.Runtime.CompilerServices;

namespace FuelSessions.Tests.Shared;

public class PooledValueTaskTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task A_result_that_is_there_at_once_needs_no_waiting()
    {
        ValueTask<int> task = ReturnAsync(Task.CompletedTask, 7);

        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal(7, await task);
        Assert.True(DoAsync(Task.CompletedTask).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_result_comes_when_what_is_awaited_has_come()
    {
        var gate = new TaskCompletionSource();
        ValueTask<int> task = ReturnAsync(gate.Task, 7);
        ValueTask done = DoAsync(gate.Task);
        Assert.False(task.IsCompleted);
        Assert.False(done.IsCompleted);

        gate.SetResult();

        Assert.Equal(7, await task);
        await done;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_is_thrown_where_the_result_is_fetched(bool atOnce)
    {
        var gate = new TaskCompletionSource();
        Task awaited = atOnce ? Task.FromException(new TimeoutException("late")) : gate.Task;
        ValueTask<int> task = ReturnAsync(awaited, 7);
        ValueTask done = DoAsync(awaited);

        if (!atOnce)
        {
            gate.SetException(new TimeoutException("late"));
        }

        Assert.Equal("late", (await Assert.ThrowsAsync<TimeoutException>(async () => await task)).Message);
        Assert.Equal("late", (await Assert.ThrowsAsync<TimeoutException>(async () => await done)).Message);
    }

    [Fact]
    public async Task A_cancellation_stays_one()
    {
        var gate = new TaskCompletionSource();
        Task<int> task = ReturnAsync(gate.Task, 7).AsTask();

        gate.SetCanceled();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.True(task.IsCanceled);
    }

    [Fact]
    public async Task The_callers_context_is_there_after_each_wait_and_its_changes_stay_inside()
    {
        Ambient.Value = "caller";
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        ValueTask<string> task = ReadContextAsync(gates);
        Assert.Equal("caller", Ambient.Value);

        // Somebody else's thread, and somebody else's context.
        foreach (TaskCompletionSource gate in gates)
        {
            await Task.Run(() =>
            {
                Ambient.Value = "other";
                gate.SetResult();
                Assert.Equal("other", Ambient.Value);
            });
        }

        Assert.Equal("caller, inside, inside", await task);
        Assert.Equal("caller", Ambient.Value);
    }

    [Fact]
    public async Task A_result_can_be_fetched_once()
    {
        var gate = new TaskCompletionSource();
        ValueTask<int> task = ReturnAsync(gate.Task, 7);
        ValueTask<int> same = task;
        Assert.Throws<InvalidOperationException>(() => Fetched(task));
        gate.SetResult();

        Assert.Equal(7, await task);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await same);
    }

    [Fact]
    public async Task Many_at_a_time_get_their_own_results_each()
    {
        for (int round = 0; round < 20; round++)
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<int>[] tasks = [.. Enumerable.Range(0, 200).Select(number => SumAsync(gate.Task, number).AsTask())];

            gate.SetResult();

            Assert.Equal(Enumerable.Range(0, 200).Select(number => 2 * number), await Task.WhenAll(tasks));
        }
    }

    // Without optimization the compiler makes a class of a method that waits.
#if DEBUG
    private const int MostOfAWait = 100;
#else
    private const int MostOfAWait = 50;
#endif

    [Fact]
    public void Waiting_allocates_nothing_once_there_have_been_as_many_at_a_time()
    {
        var gates = new Gate[50];
        for (int i = 0; i < gates.Length; i++)
        {
            gates[i] = new Gate();
        }

        var tasks = new ValueTask<int>[gates.Length];
        long least = long.MaxValue;
        int sum = 0;
        for (int round = 0; round < 50; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < gates.Length; i++)
            {
                tasks[i] = PassAsync(gates[i], i);
            }

            for (int i = 0; i < gates.Length; i++)
            {
                gates[i].Open();
                sum += Fetched(tasks[i]);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(50 * Enumerable.Range(0, gates.Length).Sum(), sum);

        // Of all rounds, the best: other tests take from the same pools meanwhile, and a pool may grow by a segment now and then.
        Assert.InRange(least, 0, MostOfAWait * gates.Length);
    }

    private static int Fetched(ValueTask<int> task) => task.GetAwaiter().GetResult();

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> ReturnAsync(Task awaited, int result)
    {
        await awaited.ConfigureAwait(false);
        return result;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private static async ValueTask DoAsync(Task awaited) => await awaited.ConfigureAwait(false);

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> SumAsync(Task awaited, int number)
    {
        int first = await ReturnAsync(awaited, number).ConfigureAwait(false);
        await Task.Yield();
        return first + await ReturnAsync(Task.Delay(0), number).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<string> ReadContextAsync(TaskCompletionSource[] gates)
    {
        string seen = Ambient.Value!;
        Ambient.Value = "inside";
        foreach (TaskCompletionSource gate in gates)
        {
            await gate.Task.ConfigureAwait(false);
            seen += $", {Ambient.Value}";
        }

        return seen;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> PassAsync(Gate gate, int number)
    {
        await gate;
        return number;
    }

    /// <summary>Something to wait for that allocates nothing itself.</summary>
    private sealed class Gate : ICriticalNotifyCompletion
    {
        private Action? _waiting;

        public bool IsCompleted => false;

        public Gate GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => _waiting = continuation;

        public void UnsafeOnCompleted(Action continuation) => _waiting = continuation;

        internal void Open() => _waiting!();
    }
}
