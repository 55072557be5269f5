using System.Diagnostics;

namespace FuelSessions.Fuzz.Running;

/// <summary>
/// Ends the process if one input keeps it busy: for so much time of the processor, as a loaded machine may leave an innocent one waiting; or, waiting
/// for something, for far longer. And if the process that watches is gone.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MostBusy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostWaiting = TimeSpan.FromMinutes(2);

    private readonly Timer _timer;
    private readonly Action _stuck;
    private readonly Process? _supervisor;

    private long _number;
    private long _seen = -1;
    private TimeSpan _busySince;
    private long _waitingSince;

    /// <param name="stuck">What to do about it before the process ends.</param>
    internal Watchdog(int supervisor, Action stuck)
    {
        _stuck = stuck;
        _supervisor = Process.GetProcessById(supervisor);
        _timer = new Timer(_ => Look(), null, Step, Step);
    }

    /// <summary>An input runs.</summary>
    internal void Begin() => Volatile.Write(ref _number, _number + 1);

    /// <summary>None does.</summary>
    internal void End() => Volatile.Write(ref _number, _number + 1);

    public void Dispose()
    {
        _timer.Dispose();
        _supervisor?.Dispose();
    }

    private void Look()
    {
        if (_supervisor is { HasExited: true })
        {
            Environment.Exit(ExitCodes.Usage);
        }

        long number = Volatile.Read(ref _number);
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        if (number != _seen || number % 2 == 0)
        {
            (_seen, _busySince, _waitingSince) = (number, busy, Stopwatch.GetTimestamp());
        }
        else if (busy - _busySince > MostBusy || Stopwatch.GetElapsedTime(_waitingSince) > MostWaiting)
        {
            _stuck();
            Environment.Exit(ExitCodes.Found);
        }
    }
}
