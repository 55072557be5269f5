namespace FuelSessions.Testing.Tests;

public sealed class FakeClockTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new(Start);
    private readonly List<string> _fired = [];

    [Fact]
    public void Time_moves_only_when_it_is_told_to()
    {
        Assert.Equal(Start, _clock.GetUtcNow());
        long before = _clock.GetTimestamp();
        _clock.Advance(Second);
        Assert.Equal(Start + Second, _clock.GetUtcNow());
        Assert.Equal(Second, _clock.GetElapsedTime(before));
        Assert.Equal(TimeSpan.Zero, _clock.GetLocalNow().Offset);
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(-Second));
    }

    [Fact]
    public void By_default_it_starts_at_the_present_in_whole_milliseconds()
    {
        DateTimeOffset start = new FakeClock().GetUtcNow();
        Assert.Equal(0, start.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.InRange(start, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public void A_timer_fires_once_when_it_is_due()
    {
        using ITimer timer = Timer("a", Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromTicks(1));
        _clock.Advance(Second * 10);
        Assert.Equal(["a@1"], _fired);
        Assert.Equal(0, _clock.PendingTimers);
    }

    [Fact]
    public void Timers_fire_in_order_and_see_their_own_time()
    {
        using ITimer late = Timer("late", Second * 3, TimeSpan.Zero);
        using ITimer periodic = Timer("tick", Second, Second * 2);
        using ITimer same = Timer("same", Second * 3, TimeSpan.Zero);
        _clock.Advance(Second * 6);
        Assert.Equal(["tick@1", "late@3", "same@3", "tick@3", "tick@5"], _fired);
        Assert.Equal(Start + (Second * 6), _clock.GetUtcNow());
    }

    [Fact]
    public void A_timer_can_be_changed_and_disposed()
    {
        ITimer timer = Timer("a", Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(Second);
        Assert.True(timer.Change(Second, Timeout.InfiniteTimeSpan));
        _clock.Advance(Second);
        Assert.Equal(["a@2"], _fired);

        Assert.True(timer.Change(Second, Second));
        timer.Dispose();
        Assert.False(timer.Change(Second, Second));
        _clock.Advance(Second * 10);
        Assert.Equal(["a@2"], _fired);
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.CreateTimer(_ => { }, null, -Second, Second));
    }

    [Fact]
    public void A_timer_that_is_due_at_once_fires_at_once()
    {
        using ITimer timer = Timer("a", TimeSpan.Zero, Second);
        Assert.Equal(["a@0"], _fired);
        _clock.Advance(Second);
        Assert.Equal(["a@0", "a@1"], _fired);
    }

    [Fact]
    public void A_timer_may_move_the_clock_and_set_timers()
    {
        using ITimer timer = _clock.CreateTimer(
            _ =>
            {
                Timer("inner", Second, TimeSpan.Zero);
                _clock.Advance(Second * 5);
            },
            null,
            Second,
            Timeout.InfiniteTimeSpan);
        _clock.Advance(Second * 2);
        Assert.Equal(["inner@2"], _fired);
        Assert.Equal(Start + (Second * 6), _clock.GetUtcNow());
    }

    [Fact]
    public async Task The_framework_waits_by_it()
    {
        Task delay = Task.Delay(Second, _clock);
        using var source = new CancellationTokenSource(Second * 2, _clock);
        Assert.False(delay.IsCompleted);
        _clock.Advance(Second);
        await delay;
        Assert.False(source.IsCancellationRequested);
        _clock.Advance(Second);
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public async Task Advances_from_many_threads_add_up()
    {
        int ticks = 0;
        using ITimer timer = _clock.CreateTimer(_ => Interlocked.Increment(ref ticks), null, Second, Second);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int number = 0; number < 100; number++)
            {
                _clock.Advance(Second);
            }
        })));
        Assert.Equal(Start + (Second * 800), _clock.GetUtcNow());
        Assert.Equal(800, ticks);
    }

    private ITimer Timer(string name, TimeSpan due, TimeSpan period) => _clock.CreateTimer(
        _ => _fired.Add($"{name}@{(_clock.GetUtcNow() - Start).TotalSeconds}"), null, due, period);
}
