using System.Diagnostics;
using FuelSessions.Drivers;
using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

// A store that hangs must not hold a request.
public abstract partial class SessionDriverConformance
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // An eighth of it is the engine's; the rest is a machine that has other things to do.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Lets the store hang, and returns what lets it go on: a server that stands still, a file that somebody else has locked. By
    /// default null: it can't, as one in memory; then <see cref="A_call_to_a_store_that_hangs_ends_with_its_token"/> has nothing to show.
    /// A client that gives up by itself must do so after far more than 8 seconds, or it is not the token that is seen to end a call.
    /// </summary>
    protected virtual Task<Func<Task>?> StallAsync() => Task.FromResult<Func<Task>?>(null);

    /// <summary>
    /// While the store hangs no call outlasts its token for long, also on the calling thread, and with many at the same time; when the store
    /// goes on, so does the driver. A call of a driver that does not honour cancellation is left alone, as sessions do it.
    /// </summary>
    [Fact]
    public async Task A_call_to_a_store_that_hangs_ends_with_its_token()
    {
        SessionRecord record = await StoredAsync(SampleRecords.Full(Now));
        SessionRecord other = await StoredAsync(SampleRecords.Full(Now));
        if (await StallAsync() is not { } goOnAsync)
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var calls = new CancellationTokenSource();
            patience.Token.Register(() => _ = calls.CancelAsync());
            Func<Task>[] operations =
            [
                () => Wait(Driver.ReadAsync(record.Key, calls.Token)),
                () => Task.FromResult(Driver.Read(record.Key, patience.Token)),
                () => Wait(Driver.WriteAsync(SampleRecords.Full(Now), calls.Token)),
                () => Wait(Driver.WriteAsync(Next(record, [1]), calls.Token)),
                () => Wait(Driver.TouchAsync(record.Key, record.Version, record.Expires + Long, calls.Token)),
                () => Wait(Driver.DeleteAsync(other.Key, other.Version, calls.Token)),
            ];

            Exception?[] outcomes = await Task.WhenAll(Enumerable.Repeat(operations, 4).SelectMany(each => each).Select(operation => OutcomeAsync(operation)));
            Assert.True(outcomes.Any(outcome => outcome is not null), $"Every call was answered, though the store was to hang: {nameof(StallAsync)} had no effect.");

            Task<T> Wait<T>(ValueTask<T> call) => Driver.HonorsCancellation ? call.AsTask() : call.AsTask().WaitAsync(patience.Token);
        }
        finally
        {
            await goOnAsync();
        }

        var waited = Stopwatch.StartNew();
        while (await OutcomeAsync(async () => await Driver.ReadAsync(record.Key, None)) is { } failure)
        {
            Assert.True(waited.Elapsed < LongestRecovery, $"The store goes on, but the driver does not: {failure.Message}");
            await Task.Delay(20);
        }
    }

    private static async Task<Exception?> OutcomeAsync(Func<Task> operation)
    {
        Task<Exception?> call = Record.ExceptionAsync(() => Task.Run(operation));
        await Task.WhenAny(call, Task.Delay(LongestCall));
        Assert.True(call.IsCompleted, $"A call was not over after {LongestCall}, though its token was cancelled after {Patience}.");
        return await call;
    }
}
