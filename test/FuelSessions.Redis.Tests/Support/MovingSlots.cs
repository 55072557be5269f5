using System.Diagnostics;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Support;

/// <summary>Moves the slots that a test's keys are in from node to node of the cluster, over and over, until it is disposed.</summary>
internal sealed class MovingSlots : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _moving;
    private int _moves;

    internal MovingSlots(RedisCluster cluster, string prefix) => _moving = Task.Run(async () =>
    {
        while (!_end.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            foreach (int slot in await cluster.SlotsInUseAsync(prefix))
            {
                if (!_end.IsCancellationRequested)
                {
                    // Long enough for some commands to be redirected.
                    await cluster.MoveAsync(slot, () => Task.Delay(5));
                    Interlocked.Increment(ref _moves);
                }
            }

            // They stay for longer than they take to move, however slow that is here: a command that is sent a dozen times must meet them at rest once.
            await Task.Delay((2 * Stopwatch.GetElapsedTime(began)) + TimeSpan.FromMilliseconds(1));
        }
    });

    internal int Moves => Volatile.Read(ref _moves);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();

        // A move that failed fails the test.
        await _moving;
        _end.Dispose();
    }
}
