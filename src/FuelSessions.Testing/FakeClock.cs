namespace FuelSessions.Testing;

/// <summary>
/// A clock that stands still until a test moves it, with timers that fire on the way. Safe for use from many threads.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock _state = new();
    private readonly Lock _advancing = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;

    /// <summary>Starts at the present, in whole milliseconds: the precision in which records keep times.</summary>
    public FakeClock()
        : this(DateTimeOffset.FromUnixTimeMilliseconds(System.GetUtcNow().ToUnixTimeMilliseconds()))
    {
    }

    /// <summary>Starts at <paramref name="start"/>.</summary>
    public FakeClock(DateTimeOffset start) => _start = _now = start.ToUniversalTime();

    /// <summary>UTC, wherever the test runs.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Ten million a second: a timestamp is a count of ticks.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait to fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_state)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_state)
        {
            return _now;
        }
    }

    /// <summary>The ticks since this clock's start.</summary>
    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    /// <summary>
    /// Moves the time forward. Each timer that becomes due fires on this thread, in the order of time, while the clock
    /// shows its time; all have returned when this method does. Calls from several threads run one after another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        lock (_advancing)
        {
            DateTimeOffset target = GetUtcNow() + duration;
            while (TakeDue(target) is { } due)
            {
                due.Fire();
            }

            lock (_state)
            {
                // A timer may have moved the clock further than this.
                _now = _now < target ? target : _now;
            }
        }
    }

    /// <summary>
    /// A timer on this clock. One that is due at once, with a <paramref name="dueTime"/> of zero, fires on the calling
    /// thread before this method returns.
    /// </summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal bool Schedule(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfNoTime(dueTime, nameof(dueTime));
        ThrowIfNoTime(period, nameof(period));
        lock (_state)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _timers.Remove(timer);
            timer.Period = period;
            timer.Due = _now + dueTime;
            if (dueTime > TimeSpan.Zero)
            {
                _timers.Add(timer);
            }
            else if (dueTime == TimeSpan.Zero)
            {
                Repeat(timer);
            }
        }

        if (dueTime == TimeSpan.Zero)
        {
            timer.Fire();
        }

        return true;
    }

    internal void Remove(FakeTimer timer)
    {
        lock (_state)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
        }
    }

    private FakeTimer? TakeDue(DateTimeOffset target)
    {
        lock (_state)
        {
            // The first of equals: timers that are due together fire in the order in which they were set.
            FakeTimer? next = _timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
            if (next is not null)
            {
                _timers.Remove(next);
                _now = _now < next.Due ? next.Due : _now;
                Repeat(next);
            }

            return next;
        }
    }

    // As with the system's timers, a period of zero or infinity means once.
    private void Repeat(FakeTimer timer)
    {
        if (timer.Period > TimeSpan.Zero)
        {
            timer.Due += timer.Period;
            _timers.Add(timer);
        }
    }

    private static void ThrowIfNoTime(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "A timer's time is zero, positive or Timeout.InfiniteTimeSpan.");
        }
    }
}
