using System.Diagnostics;
using FuelSessions.Redis.Connections;
using StackExchange.Redis;

namespace FuelSessions.Redis.Tests;

/// <summary>
/// Calls, alone and in line, in objects that are used again: each is sent once, and ends once, with its own answer or its own token.
/// </summary>
public sealed class CallsUnderWayTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly AsyncLocal<string?> Flowing = new();

    private readonly CallsUnderWay _calls = new(new ConnectionReports());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ends_as_its_answer_does(bool isInLine)
    {
        using var cancellation = new CancellationTokenSource();
        await using Answering other = Meet(isInLine);
        Answering[] calls = [Begin(cancellation.Token), Begin(cancellation.Token), Begin(cancellation.Token), Begin(CancellationToken.None)];
        await Task.WhenAll(calls.Select(call => call.Sent)).WaitAsync(Longest);
        Assert.All(calls, call => Assert.False(call.Result.IsCompleted));
        calls[0].Answer.SetResult(7);
        calls[1].Answer.SetException(new InvalidOperationException("wrong"));
        calls[2].Answer.SetCanceled();
        calls[3].Answer.SetResult(8);
        Assert.Equal(7, await calls[0].Result.WaitAsync(Longest));
        Assert.Equal("wrong", (await Assert.ThrowsAsync<InvalidOperationException>(() => calls[1].Result.WaitAsync(Longest))).Message);
        await Assert.ThrowsAsync<TaskCanceledException>(() => calls[2].Result.WaitAsync(Longest));
        Assert.Equal(8, await calls[3].Result.WaitAsync(Longest));
    }

    [Fact]
    public async Task One_that_is_alone_is_sent_by_its_caller_at_once()
    {
        for (int time = 0; time < 3; time++)
        {
            Answering alone = Begin(CancellationToken.None);
            Assert.Equal(Environment.CurrentManagedThreadId, alone.SentBy);
            alone.Answer.SetResult(time);
            Assert.Equal(time, await alone.Result.WaitAsync(Longest));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ends_with_its_token_and_leaves_its_answer_alone(bool isInLine)
    {
        using var cancellation = new CancellationTokenSource();
        await using Answering other = Meet(isInLine);
        Answering call = Begin(cancellation.Token);
        await call.Sent.WaitAsync(Longest);
        await cancellation.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(() => call.Result.WaitAsync(Longest));
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Null(error.InnerException);

        // The object of the one that was given up is nobody else's.
        Answering second = Begin(CancellationToken.None);
        await second.Sent.WaitAsync(Longest);
        call.Answer.SetResult(1);
        Assert.False(second.Result.IsCompleted);
        second.Answer.SetResult(2);
        Assert.Equal(2, await second.Result.WaitAsync(Longest));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_that_throws_has_failed(bool isInLine)
    {
        await using Answering other = Meet(isInLine);
        ValueTask<int> result = PooledCall<object?, int>.RunAsync(_calls, null!, static (_, _, _) => throw new InvalidOperationException("not sent"), null, false, CancellationToken.None);
        Assert.Equal("not sent", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await result)).Message);
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_sent()
    {
        await using Answering other = Meet(isInLine: true);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Answering[] calls = [.. Enumerable.Range(0, 2000).Select(_ => Begin(cancelled.Token))];
        foreach (Answering call in calls)
        {
            OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(() => call.Result.WaitAsync(Longest));

            // Whoever looks for the reason is not led to the server.
            Assert.Contains("thread pool", Assert.IsType<RedisTimeoutException>(error.InnerException).Message);
        }

        // It is in line behind them.
        Answering last = Begin(CancellationToken.None);
        await last.Sent.WaitAsync(Longest);
        Assert.All(calls, call => Assert.False(call.Sent.IsCompleted));
        last.Answer.SetResult(1);
        Assert.Equal(1, await last.Result.WaitAsync(Longest));
    }

    /// <summary>A pool that is busy keeps calls in line for long: that is no fault of the server's, and none of its backlog.</summary>
    [Fact]
    public async Task What_was_given_up_in_line_is_no_backlog_of_the_server()
    {
        using var cancellation = new CancellationTokenSource();
        Answering[] calls = [.. Enumerable.Range(0, 999).Select(_ => Begin(cancellation.Token))];
        await Task.WhenAll(calls.Select(call => call.Sent)).WaitAsync(Longest);
        await cancellation.CancelAsync();
        for (int time = 0; time < 100; time++)
        {
            _ = Begin(cancellation.Token);
            Assert.Null(Refused());
        }
    }

    [Fact]
    public async Task Calls_without_an_answer_are_bounded_and_come_back_with_their_answers()
    {
        using var cancellation = new CancellationTokenSource();
        Answering[] calls = [.. Enumerable.Range(0, 1000).Select(_ => Begin(cancellation.Token))];
        await Task.WhenAll(calls.Select(call => call.Sent)).WaitAsync(Longest);
        _calls.RefuseBacklog();
        await cancellation.CancelAsync();
        Assert.Contains("1000 earlier calls", Refused());
        calls[0].Answer.SetException(new InvalidOperationException());
        await WaitAsync(() => Refused() is null);
        foreach (Answering call in calls[1..])
        {
            call.Answer.SetResult(1);
        }

        await WaitAsync(IsNoneUnderWay);
    }

    /// <summary>As with a profiler of the client that finds a request's activity by what flows.</summary>
    [Fact]
    public async Task A_command_is_sent_in_the_flow_of_its_own_request()
    {
        Answering other = Meet(isInLine: true);
        Task<string?>[] requests = [.. Enumerable.Range(0, 50).Select(number => Task.Run<string?>(async () =>
        {
            Flowing.Value = $"{number}";
            return await PooledCall<object?, string?>.RunAsync(_calls, null!, static (_, _, _) => Task.FromResult<string?>(Flowing.Value), null, false, CancellationToken.None);
        }))];
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number}"), await Task.WhenAll(requests).WaitAsync(Longest));

        // Nothing of them stays with the objects, one of which the next call takes while it is alone.
        await other.DisposeAsync();
        Assert.Null(await PooledCall<object?, string?>.RunAsync(_calls, null!, static (_, _, _) => Task.FromResult<string?>(Flowing.Value), null, false, CancellationToken.None));
    }

    /// <summary>The thread pool may have none for their turn while this one is blocked.</summary>
    [Fact]
    public async Task Who_is_about_to_block_sends_those_in_line()
    {
        await using Answering other = Meet(isInLine: true);
        bool isSentHere = false;

        // The pool may be faster, but not each time.
        for (int time = 0; time < 1000 && !isSentHere; time++)
        {
            Answering call = Begin(CancellationToken.None);
            _calls.SendThoseInLine();
            isSentHere = call.SentBy == Environment.CurrentManagedThreadId;
            await call.Sent.WaitAsync(Longest);
            call.Answer.SetResult(time);
            Assert.Equal(time, await call.Result.WaitAsync(Longest));
        }

        Assert.True(isSentHere);
    }

    /// <summary>A caller may block, or take its time: whoever is behind it in line would wait for it.</summary>
    [Fact]
    public async Task Whoever_is_answered_in_line_goes_on_elsewhere()
    {
        await using Answering other = Meet(isInLine: true);
        for (int time = 0; time < 100; time++)
        {
            string path = await Task.Run(async () =>
            {
                ValueTask<int> call = PooledCall<object?, int>.RunAsync(_calls, null!, static (_, _, _) => Task.FromResult(1), null, false, CancellationToken.None);
                await call.ConfigureAwait(false);
                return new StackTrace().ToString();
            });
            Assert.DoesNotContain(typeof(CallsUnderWay).FullName!, path);
        }
    }

    /// <summary>Answers and tokens race, over and over: whoever waits is told what became of his own.</summary>
    [Fact]
    public async Task Each_is_told_of_its_own_while_calls_answers_and_tokens_race()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (int round = 0; round < 2000; round++)
            {
                using var cancellation = new CancellationTokenSource();
                int number = (writer * 10_000) + round;
                ValueTask<int> call = PooledCall<int, int>.RunAsync(_calls, null!, static (_, number, _) => LaterAsync(number), number, false, cancellation.Token);
                if (round % 2 == 0)
                {
                    cancellation.Cancel();
                }

                try
                {
                    Assert.Equal(number, await call);
                }
                catch (OperationCanceledException error)
                {
                    Assert.Equal(cancellation.Token, error.CancellationToken);
                }
            }
        })));
        await WaitAsync(IsNoneUnderWay);

        static async Task<int> LaterAsync(int number)
        {
            await Task.Yield();
            return number;
        }
    }

    private static async Task WaitAsync(Func<bool> holds)
    {
        using var longest = new CancellationTokenSource(Longest);
        while (!holds())
        {
            await Task.Delay(1, longest.Token);
        }
    }

    // Then the next one is alone, and sent at once.
    private bool IsNoneUnderWay()
    {
        Answering next = Begin(CancellationToken.None);
        next.Answer.SetResult(1);
        return next.SentBy == Environment.CurrentManagedThreadId;
    }

    // With another one under way, or with none.
    private Answering Meet(bool isInLine) => isInLine ? Begin(CancellationToken.None) : new Answering();

    private Answering Begin(CancellationToken cancellationToken)
    {
        var call = new Answering();
        call.Result = PooledCall<Answering, int>.RunAsync(_calls, null!, static (_, call, _) => call.Send(), call, false, cancellationToken).AsTask();
        return call;
    }

    private string? Refused() => Record.Exception(_calls.RefuseBacklog)?.Message;

    private sealed class Answering : IAsyncDisposable
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Sent => _sent.Task;

        internal TaskCompletionSource<int> Answer { get; } = new();

        internal Task<int> Result { get; set; } = Task.FromResult(0);

        internal int SentBy { get; private set; }

        internal Task<int> Send()
        {
            SentBy = Environment.CurrentManagedThreadId;

            // A second time is an error.
            _sent.SetResult();
            return Answer.Task;
        }

        public async ValueTask DisposeAsync()
        {
            Answer.TrySetResult(0);
            await Result.WaitAsync(Longest);
        }
    }
}
