using System.Globalization;
using FuelSessions.Drivers;
using FuelSessions.Memcached.Items;
using FuelSessions.Memcached.Tests.Support;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Memcached.Tests;

/// <summary>What the conformance suite can't see: commands, times to live, limits, and a store that forgets.</summary>
[Collection(MemcachedCollection.Name)]
public sealed class DriverTests(MemcachedProcess server) : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly MemcachedSessionDriver _driver = TestDriver.On(server.Address);

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public async Task Every_operation_is_one_command_and_a_touch_two()
    {
        SessionRecord record = TestRecord.New(Now);
        await AssertCommandsAsync((0, 1, 0, 0), async () => Assert.True((await _driver.WriteAsync(record, None)).IsWritten));
        await AssertCommandsAsync((1, 0, 0, 0), async () => Assert.NotNull(await _driver.ReadAsync(record.Key, None)));
        record = record.Next(100);
        await AssertCommandsAsync((0, 1, 0, 0), async () => Assert.True((await _driver.WriteAsync(record, None)).IsWritten));
        record = record.Next(200);
        await AssertCommandsAsync((0, 1, 0, 0), async () => Assert.True((await _driver.WriteAsync(record, None)).IsWritten));
        await AssertCommandsAsync((1, 1, 0, 0), async () => Assert.True((await _driver.TouchAsync(record.Key, record.Version, record.Expires.AddMinutes(1), None)).IsWritten));
        record = record.Next(300) with { Expires = record.Expires.AddMinutes(1) };
        await AssertCommandsAsync((0, 1, 0, 0), async () => Assert.True((await _driver.WriteAsync(record, None)).IsWritten));
        await AssertCommandsAsync((1, 0, 0, 0), async () => Assert.NotNull((await _driver.WriteAsync(record, None)).Winner));
        await AssertCommandsAsync((0, 0, 0, 1), async () => await _driver.DeleteAsync(record.Key, record.Version, None));
        await AssertCommandsAsync((1, 0, 0, 0), async () => Assert.Null(await _driver.ReadAsync(record.Key, None)));
    }

    [Fact]
    public async Task A_lost_race_against_another_process_adds_one_command()
    {
        using MemcachedSessionDriver other = TestDriver.On(server.Address);
        SessionRecord first = TestRecord.New(Now);
        Assert.True((await _driver.WriteAsync(first, None)).IsWritten);
        SessionRecord read = (await other.ReadAsync(first.Key, None))!;
        SessionRecord winner = read.Next(10);
        Assert.True((await other.WriteAsync(winner, None)).IsWritten);
        await AssertCommandsAsync((1, 1, 0, 0), async () =>
            Assert.Equal(winner.Data.ToArray(), (await _driver.WriteAsync(first.Next(20), None)).Winner!.Data.ToArray()));
    }

    [Fact]
    public async Task What_another_process_wrote_is_replaced_without_having_been_read_here()
    {
        using MemcachedSessionDriver other = TestDriver.On(server.Address);
        SessionRecord first = TestRecord.New(Now);
        Assert.True((await other.WriteAsync(first, None)).IsWritten);
        await AssertCommandsAsync((1, 1, 0, 0), async () => Assert.True((await _driver.WriteAsync(first.Next(20), None)).IsWritten));
    }

    [Fact]
    public async Task A_write_after_another_process_touched_adds_two_commands()
    {
        using MemcachedSessionDriver other = TestDriver.On(server.Address);
        SessionRecord record = TestRecord.New(Now);
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        Assert.True((await other.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), None)).IsWritten);
        await AssertCommandsAsync((1, 2, 0, 0), async () => Assert.True((await _driver.WriteAsync(record.Next(10), None)).IsWritten));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(60 * 60)]
    [InlineData(30 * 24 * 60 * 60)]
    [InlineData(31 * 24 * 60 * 60)]
    [InlineData(400 * 24 * 60 * 60)]
    public async Task Memcached_drops_a_session_no_earlier_than_it_ends_and_soon_after(int seconds)
    {
        SessionRecord record = TestRecord.New(Now, lifetime: TimeSpan.FromSeconds(seconds));
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);

        // The slack is for clocks that differ.
        Assert.InRange(await TimeToLiveAsync(record), seconds + 30, seconds + 70);

        DateTimeOffset end = record.Expires.AddDays(40);
        Assert.True((await _driver.TouchAsync(record.Key, record.Version, end, None)).IsWritten);
        Assert.InRange(await TimeToLiveAsync(record), seconds + 30 + (40 * 86_400), seconds + 70 + (40 * 86_400));
        Assert.InRange((await _driver.ReadAsync(record.Key, None))!.Expires, end, end.AddSeconds(ItemEnd.Grid));
    }

    [Fact]
    public async Task A_touched_end_is_the_same_for_every_process()
    {
        using MemcachedSessionDriver other = TestDriver.On(server.Address, configure: options => options.ConnectionsPerServer = 3);
        SessionRecord record = TestRecord.New(Now);
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        Assert.True((await _driver.TouchAsync(record.Key, record.Version, record.Expires.AddMinutes(7), None)).IsWritten);
        Assert.Equal((await _driver.ReadAsync(record.Key, None))!.Expires, (await other.ReadAsync(record.Key, None))!.Expires);
    }

    [Fact]
    public async Task A_later_end_that_another_process_set_is_left_as_it_is()
    {
        using MemcachedSessionDriver other = TestDriver.On(server.Address);
        SessionRecord record = TestRecord.New(Now);
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        Assert.True((await other.TouchAsync(record.Key, record.Version, record.Expires.AddHours(5), None)).IsWritten);
        long before = await TimeToLiveAsync(record);

        // This process still believes in the end that it wrote.
        await AssertCommandsAsync((1, 0, 0, 0), async () => Assert.True((await _driver.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), None)).IsWritten));
        Assert.InRange(await TimeToLiveAsync(record), before - 10, before);
        Assert.Equal(record.Expires.AddHours(5), (await _driver.ReadAsync(record.Key, None))!.Expires);
    }

    [Fact]
    public async Task What_memcached_dropped_is_gone()
    {
        SessionRecord record = TestRecord.New(Now);
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        await server.AskAsync($"mg {record.ItemName()} T-1", "HD");
        Assert.True((await _driver.WriteAsync(record.Next(), None)).IsGone);
        Assert.True((await _driver.TouchAsync(record.Key, record.Version, Now.AddHours(9), None)).IsGone);
        Assert.Null(await _driver.ReadAsync(record.Key, None));
    }

    [Fact]
    public async Task A_record_too_large_for_the_server_is_refused_with_both_sizes_and_what_was_stored_stays()
    {
        SessionRecord record = TestRecord.New(Now, 1000);
        Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        SessionTooLargeException error = await Assert.ThrowsAsync<SessionTooLargeException>(async () => await _driver.WriteAsync(record.Next(1024 * 1024), None));
        Assert.Equal(1024 * 1024, error.Limit);
        Assert.InRange(error.Size, (1024 * 1024) + 1, (1024 * 1024) + 400);
        Assert.Contains(error.Size.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Contains("1048576", error.Message, StringComparison.Ordinal);
        Assert.Equal(record.Data.ToArray(), (await _driver.ReadAsync(record.Key, None))!.Data.ToArray());
    }

    [Fact]
    public async Task The_largest_record_that_the_driver_sends_is_one_that_the_server_takes()
    {
        SessionRecord tooLarge = TestRecord.New(Now, 1024 * 1024);
        SessionTooLargeException error = await Assert.ThrowsAsync<SessionTooLargeException>(async () => await _driver.WriteAsync(tooLarge, None));
        int most = tooLarge.Data.Length - (int)(error.Size - error.Limit);
        SessionRecord largest = TestRecord.New(Now, most);
        Assert.True((await _driver.WriteAsync(largest, None)).IsWritten);
        await Assert.ThrowsAsync<SessionTooLargeException>(async () => await _driver.WriteAsync(largest.Next(most + 1), None));
        Assert.Equal(largest.Data.ToArray(), (await _driver.ReadAsync(largest.Key, None))!.Data.ToArray());
    }

    [Fact]
    public async Task An_item_that_is_no_record_is_told_from_an_absent_one()
    {
        SessionRecord record = TestRecord.New(Now);
        await server.AskAsync($"ms {record.ItemName()} 5\r\nhello", "HD");
        await Assert.ThrowsAsync<SessionRecordFormatException>(async () => await _driver.ReadAsync(record.Key, None));
    }

    [Fact]
    public async Task Two_hundred_callers_with_values_of_all_sizes_get_their_own()
    {
        int[] sizes = [0, 1, 100, 4_000, 16_384, 70_000, 300_000];
        await Task.WhenAll(Enumerable.Range(0, 200).Select(caller => Task.Run(async () =>
        {
            SessionRecord record = TestRecord.New(Now, sizes[caller % sizes.Length]);
            Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
            for (int round = 1; round <= 5; round++)
            {
                Assert.Equal(record.Data.ToArray(), (await _driver.ReadAsync(record.Key, None))!.Data.ToArray());
                record = record.Next(sizes[(caller + round) % sizes.Length]);
                Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
            }

            await _driver.DeleteAsync(record.Key, record.Version, None);
        })));
    }

    [Fact]
    public async Task Callers_that_are_cancelled_in_the_middle_leave_the_connection_in_order()
    {
        SessionRecord[] records = [.. Enumerable.Range(0, 50).Select(_ => TestRecord.New(Now, 50_000))];
        foreach (SessionRecord record in records)
        {
            Assert.True((await _driver.WriteAsync(record, None)).IsWritten);
        }

        string connections = await ConnectionsAsync();
        for (int round = 0; round < 20; round++)
        {
            using var cancellation = new CancellationTokenSource();
            Task[] reads = [.. records.Select(async (record, number) =>
            {
                SessionRecord? read = await _driver.ReadAsync(record.Key, number % 2 == 0 ? cancellation.Token : None);
                Assert.Equal(record.Data.ToArray(), read!.Data.ToArray());
            })];
            await cancellation.CancelAsync();
            foreach (Task read in reads)
            {
                try
                {
                    await read;
                }
                catch (OperationCanceledException error)
                {
                    Assert.Equal(cancellation.Token, error.CancellationToken);
                }
            }
        }

        Assert.Equal(connections, await ConnectionsAsync());
    }

    public void Dispose() => _driver.Dispose();

    // The question itself is a connection too.
    private async Task<string> ConnectionsAsync()
    {
        string line = (await server.AskAsync("stats", "END")).Single(line => line.StartsWith("STAT curr_connections ", StringComparison.Ordinal));
        return line;
    }

    private async Task AssertCommandsAsync((long Gets, long Sets, long Touches, long Deletes) expected, Func<Task> operation)
    {
        // Connects, which asks for the time.
        await _driver.ReadAsync(SessionKey.Create(), None);
        (long gets, long sets, long touches, long deletes) = await server.CommandsAsync();
        await operation();
        (long Gets, long Sets, long Touches, long Deletes) after = await server.CommandsAsync();
        Assert.Equal(expected, (after.Gets - gets, after.Sets - sets, after.Touches - touches, after.Deletes - deletes));
    }

    private async Task<long> TimeToLiveAsync(SessionRecord record) =>
        long.Parse((await server.AskAsync($"mg {record.ItemName()} t", "HD"))[0]["HD t".Length..], CultureInfo.InvariantCulture);
}
