using FuelSessions.Drivers;
using FuelSessions.Engine;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Protocol;

/// <summary>What is left of the end of all sessions of a principal, for sign-ins that were under way [A9].</summary>
public class EndingMarksTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly EndingMarks _here = new();
    private readonly EndingMarks _there = new();

    /// <summary>Two ends of all, of which the later one takes the place of the other's mark.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-300)]
    public async Task A_sign_in_under_way_stays_shut_out_whatever_the_clock_of_who_ends_all_once_more_says(int behind)
    {
        var driver = new MemorySessionDriver(_clock, 10);
        var storage = new SessionStorage("memory", driver, finder: driver);
        DateTimeOffset start = _clock.GetUtcNow();
        (long, DateTimeOffset) before = (_here.Count, start);
        await _here.SetAsync(storage, "ada", start.AddMilliseconds(100), Timeout);
        (long, DateTimeOffset) after = (_here.Count, start.AddMilliseconds(200));
        Assert.True(await _here.IsEndedSinceAsync(storage, "ada", before, Timeout));
        Assert.False(await _here.IsEndedSinceAsync(storage, "ada", after, Timeout));

        await _there.SetAsync(storage, "ada", start.AddMilliseconds(150).AddSeconds(behind), Timeout);
        Assert.True(await _here.IsEndedSinceAsync(storage, "ada", before, Timeout));
        Assert.False(await _here.IsEndedSinceAsync(storage, "ada", after, Timeout));
    }
}
