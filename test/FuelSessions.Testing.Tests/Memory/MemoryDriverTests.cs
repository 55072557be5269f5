using FuelSessions.Drivers;
using FuelSessions.Records;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Testing.Tests.Memory;

public sealed class MemoryDriverTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();

    [Fact]
    public async Task The_record_that_ends_first_makes_room()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 3);
        SessionRecord second = await StoredAsync(driver, minutes: 20);
        SessionRecord first = await StoredAsync(driver, minutes: 10);
        SessionRecord third = await StoredAsync(driver, minutes: 30);
        SessionRecord added = await StoredAsync(driver, minutes: 5);

        Assert.Equal(3, driver.Count);
        Assert.Null(driver.Read(first.Key, None));
        Assert.All([second, third, added], record => Assert.Same(record, driver.Read(record.Key, None)));
    }

    [Fact]
    public async Task Expired_records_make_room_before_live_ones()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 3);
        SessionRecord lasting = await StoredAsync(driver, minutes: 60);
        SessionRecord live = await StoredAsync(driver, minutes: 20);
        await StoredAsync(driver, minutes: 10);
        _clock.Advance(TimeSpan.FromMinutes(10));
        SessionRecord added = await StoredAsync(driver, minutes: 1);

        Assert.All([lasting, live, added], record => Assert.NotNull(driver.Read(record.Key, None)));
    }

    [Fact]
    public async Task A_touch_and_a_later_version_change_whose_turn_it_is()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 3);
        SessionRecord touched = await StoredAsync(driver, minutes: 10);
        SessionRecord shortened = await StoredAsync(driver, minutes: 30);
        SessionRecord untouched = await StoredAsync(driver, minutes: 20);
        await driver.TouchAsync(touched.Key, touched.Version, _clock.GetUtcNow().AddMinutes(60), None);
        await driver.WriteAsync(shortened with { Version = 2, Expires = _clock.GetUtcNow().AddMinutes(15) }, None);

        await StoredAsync(driver, minutes: 90);
        Assert.Null(driver.Read(shortened.Key, None));
        await StoredAsync(driver, minutes: 90);
        Assert.Null(driver.Read(untouched.Key, None));
        Assert.NotNull(driver.Read(touched.Key, None));
    }

    [Fact]
    public async Task A_later_version_of_a_full_store_pushes_nothing_out()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 2);
        SessionRecord first = await StoredAsync(driver, minutes: 10);
        SessionRecord second = await StoredAsync(driver, minutes: 20);
        for (int version = 2; version < 10; version++)
        {
            second = second with { Version = version };
            Assert.True((await driver.WriteAsync(second, None)).IsWritten);
        }

        Assert.NotNull(driver.Read(first.Key, None));
    }

    [Fact]
    public async Task Deleted_records_leave_no_growing_trace()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 10);
        SessionRecord kept = await StoredAsync(driver, minutes: 60);
        for (int number = 0; number < 10_000; number++)
        {
            SessionRecord record = await StoredAsync(driver, minutes: 70);
            await driver.DeleteAsync(record.Key, record.Version, None);
        }

        Assert.Equal(1, driver.Count);
        Assert.InRange(driver.QueuedEnds, 1, 1100);
        _clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(1, await driver.CollectExpiredAsync(100, None));
        Assert.Null(driver.Read(kept.Key, None));
    }

    [Fact]
    public async Task A_session_that_shortens_again_and_again_leaves_no_growing_trace()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 10);
        SessionRecord record = await StoredAsync(driver, minutes: 60);
        for (int version = 2; version < 10_000; version++)
        {
            record = record with { Version = version, Expires = record.Expires.AddMilliseconds(-1) };
            Assert.True((await driver.WriteAsync(record, None)).IsWritten);
        }

        Assert.InRange(driver.QueuedEnds, 1, 1100);
        Assert.Same(record, driver.Read(record.Key, None));
    }

    [Fact]
    public async Task Those_that_nobody_came_back_to_make_room_first_and_the_ones_of_a_principal_last()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 4);
        SessionRecord signedIn = await StoredAsync(driver, minutes: 10, principal: "ann");
        SessionRecord returned = await StoredAsync(driver, minutes: 20);
        SessionRecord late = await StoredAsync(driver, minutes: 90);
        SessionRecord early = await StoredAsync(driver, minutes: 80);
        driver.Read(returned.Key, None);

        await AssertMakesRoomAsync(early);
        await AssertMakesRoomAsync(late);
        await AssertMakesRoomAsync(returned);
        await AssertMakesRoomAsync(signedIn);

        async Task AssertMakesRoomAsync(SessionRecord first)
        {
            SessionRecord added = await StoredAsync(driver, minutes: 99, principal: "bob");
            Assert.Null(driver.Read(first.Key, None));
            Assert.Equal(4, driver.Count);
            Assert.NotNull(driver.Read(added.Key, None));
        }
    }

    [Fact]
    public async Task Who_signs_in_stays_and_who_signs_out_is_one_of_many_again()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 2);
        SessionRecord signedOut = await StoredAsync(driver, minutes: 80, principal: "ann");
        SessionRecord signedIn = await StoredAsync(driver, minutes: 10);
        await driver.WriteAsync(signedOut with { Version = 2, Principal = null }, None);
        await driver.WriteAsync(signedIn with { Version = 2, Principal = "bob" }, None);

        await StoredAsync(driver, minutes: 99, principal: "cleo");
        Assert.Null(driver.Read(signedOut.Key, None));
        Assert.NotNull(driver.Read(signedIn.Key, None));
    }

    [Fact]
    public async Task The_bound_holds_while_records_rise_and_fall_in_rank()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 100);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int number = 0; number < 500; number++)
            {
                SessionRecord record = await StoredAsync(driver, minutes: 1 + random.Next(60), random.Next(3) == 0 ? "ann" : null);
                driver.Read(record.Key, None);
                await driver.WriteAsync(record with { Version = 2, Principal = random.Next(3) == 0 ? "ann" : null, Expires = record.Expires.AddMinutes(random.Next(-1, 2)) }, None);
            }
        })));

        Assert.Equal(100, driver.Count);
    }

    [Fact]
    public async Task The_bound_holds_under_concurrent_creation()
    {
        var driver = new MemorySessionDriver(_clock, maxSessions: 100);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int number = 0; number < 500; number++)
            {
                await StoredAsync(driver, minutes: 1 + (number % 60));
            }
        })));

        Assert.Equal(100, driver.Count);
    }

    [Fact]
    public void There_is_room_for_one_at_least() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemorySessionDriver(_clock, maxSessions: 0));

    private async Task<SessionRecord> StoredAsync(MemorySessionDriver driver, int minutes, string? principal = null)
    {
        SessionRecord record = SampleRecords.Bare(_clock.GetUtcNow(), TimeSpan.FromMinutes(minutes)) with { Principal = principal };
        Assert.True((await driver.WriteAsync(record, None)).IsWritten);
        return record;
    }
}
