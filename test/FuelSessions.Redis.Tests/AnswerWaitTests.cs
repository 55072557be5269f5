using FuelSessions.Redis.Connections;

namespace FuelSessions.Redis.Tests;

/// <summary>Waits that are used again: each ends once, with its own answer or its own token.</summary>
public sealed class AnswerWaitTests
{
    [Fact]
    public async Task Ends_with_the_answer_however_that_ended()
    {
        using var cancellation = new CancellationTokenSource();
        TaskCompletionSource[] answers = [new(), new(), new()];
        ValueTask[] waits = [.. answers.Select(answer => AnswerWait.ForAsync(answer.Task, cancellation.Token))];
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        answers[0].SetResult();
        answers[1].SetException(new InvalidOperationException());
        answers[2].SetCanceled();
        foreach (ValueTask wait in waits)
        {
            await wait;
        }
    }

    [Fact]
    public async Task Ends_with_the_token_and_leaves_the_answer_alone()
    {
        using var cancellation = new CancellationTokenSource();
        var answer = new TaskCompletionSource();
        ValueTask wait = AnswerWait.ForAsync(answer.Task, cancellation.Token);
        await cancellation.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(async () => await wait);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        answer.SetResult();

        // The object of the one that was given up is nobody else's.
        var next = new TaskCompletionSource();
        using var other = new CancellationTokenSource();
        ValueTask second = AnswerWait.ForAsync(next.Task, other.Token);
        Assert.False(second.IsCompleted);
        next.SetResult();
        await second;
    }

    [Fact]
    public async Task What_is_over_already_needs_no_wait()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.True(AnswerWait.ForAsync(Task.CompletedTask, cancelled.Token).IsCompletedSuccessfully);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await AnswerWait.ForAsync(new TaskCompletionSource().Task, cancelled.Token));
    }

    /// <summary>Answers and tokens race, over and over: whoever waits is told what became of his own.</summary>
    [Fact]
    public async Task Each_is_told_of_his_own_while_answers_and_tokens_race()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int round = 0; round < 2000; round++)
            {
                using var cancellation = new CancellationTokenSource();
                var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
                ValueTask wait = AnswerWait.ForAsync(answer.Task, cancellation.Token);
                ThreadPool.UnsafeQueueUserWorkItem(static answer => answer.TrySetResult(1), answer, preferLocal: false);
                if (round % 2 == 0)
                {
                    cancellation.Cancel();
                }

                try
                {
                    await wait;
                    Assert.True(answer.Task.IsCompleted);
                }
                catch (OperationCanceledException error)
                {
                    Assert.Equal(cancellation.Token, error.CancellationToken);
                }
            }
        })));
    }
}
