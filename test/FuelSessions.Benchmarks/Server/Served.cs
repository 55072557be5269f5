using System.Diagnostics;

namespace FuelSessions.Benchmarks.Server;

/// <summary>
/// How many requests of scenarios this process has begun. Counted here, not by the load generator, which drops what is on its way
/// when its time is over: those are done all the same, and cost what the others cost.
/// </summary>
internal sealed class Served : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly List<long> _timeline = [];
    private readonly CancellationTokenSource _end = new();
    private long _requests;

    internal Served(bool keepsTimeline)
    {
        if (keepsTimeline)
        {
            // A thread of its own: the pool's may all be blocked, which is what the timeline is to show.
            new Thread(Keep) { IsBackground = true }.Start();
        }
    }

    internal long Requests => Volatile.Read(ref _requests);

    /// <summary>The number of requests at each tenth of a second since the first one.</summary>
    internal long[] Timeline
    {
        get
        {
            lock (_timeline)
            {
                return [.. _timeline];
            }
        }
    }

    internal void Count() => Interlocked.Increment(ref _requests);

    public void Dispose() => _end.Cancel();

    private void Keep()
    {
        while (Requests == 0 && !_end.IsCancellationRequested)
        {
            Thread.Sleep(1);
        }

        long start = Stopwatch.GetTimestamp();
        for (int ticks = 0; !_end.IsCancellationRequested; ticks++)
        {
            TimeSpan ahead = (Tick * ticks) - Stopwatch.GetElapsedTime(start);
            if (ahead > TimeSpan.Zero)
            {
                Thread.Sleep(ahead);
            }

            lock (_timeline)
            {
                _timeline.Add(Requests);
            }
        }
    }
}
