using FuelSessions.EntityFrameworkCore.Sharing;
using FuelSessions.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace FuelSessions.EntityFrameworkCore.Tests;

/// <summary>[W2] Where two commits go on at a time, each write is in one of them.</summary>
public sealed class TwoTurnsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TaskCompletionSource _bothHaveSeenIt = new();
    private readonly TaskCompletionSource _isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _folder.Dispose();

    /// <summary>Both have seen it as the first that waits. Written by itself too, it would find its own row and take it for a rival's.</summary>
    [Fact]
    public async Task A_commit_that_fails_leaves_alone_what_another_one_has_taken()
    {
        await using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseSqlite(_folder.ConnectionString()).Options);
        var lease = ContextLease.Of(context);
        int opened = 0;
        var commits = new SharedCommits(() => Interlocked.Increment(ref opened) == 1 ? First(lease) : Second(), turns: 2, isExclusive: false);
        Turn[] turns = [commits.TryEnter()!, commits.TryEnter()!];
        Task<Turn?> waiting = commits.WaitAsync(new HeldWrite(this, DatabasePlace.Of(lease)));
        Array.ForEach(turns, commits.Leave);

        // The one that fails gives its turn back when it is over.
        while (commits.TryEnter() is null)
        {
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        _goOn.SetResult();
        Assert.Null(await waiting);
    }

    private ContextLease First(ContextLease lease)
    {
        _bothHaveSeenIt.Task.Wait();
        return lease;
    }

    private ContextLease Second()
    {
        _bothHaveSeenIt.SetResult();
        _isRunning.Task.Wait();
        throw new InvalidOperationException("There is no context now.");
    }

    private sealed class HeldWrite(TwoTurnsTests test, DatabasePlace place) : WaitingWrite(place, shape: null, CancellationToken.None)
    {
        protected override Task RunHereAsync(ContextLease lease, CancellationToken together)
        {
            test._isRunning.SetResult();
            return test._goOn.Task;
        }
    }
}
