using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests;

/// <summary>What is in Redis.</summary>
[Collection(RedisCollection.Name)]
public sealed class StorageTests(RedisServer server)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task A_session_takes_little_more_memory_than_its_payload(int payload)
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New(new byte[payload]);
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        long used = (long)(await server.SendAsync("MEMORY", "USAGE", NameOf(record)))!;

        // The allocator rounds up: by a quarter at most.
        Assert.InRange(used, payload, (payload * 5 / 4) + 350);
    }

    [Fact]
    public async Task A_key_ends_with_its_session()
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await AssertEndsInAsync(record, TimeSpan.FromHours(2));
        Assert.True(await node.Driver.TouchAsync(record.Key, record.Expires.AddHours(1), default));
        await AssertEndsInAsync(record, TimeSpan.FromHours(3));
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsWritten);
        await AssertEndsInAsync(record, TimeSpan.FromHours(2));
    }

    // The server's clock and this node's may differ: a record is absent as soon as either says so.
    [Fact]
    public async Task A_record_whose_end_has_come_is_absent_although_the_server_still_has_it()
    {
        var clock = new FakeClock();
        await using var node = new Node(server.Configuration, clock);
        SessionRecord record = Sample.New() with { Expires = clock.GetUtcNow().AddHours(2) };
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1L, await server.SendAsync("EXISTS", NameOf(record)));
        Assert.Null(await node.Driver.ReadAsync(record.Key, default));
        Assert.Null(node.Driver.Read(record.Key, default));
        Assert.False(await node.Driver.TouchAsync(record.Key, clock.GetUtcNow().AddHours(1), default));
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsGone);
        Assert.True((await node.Driver.WriteAsync(record with { Expires = clock.GetUtcNow().AddHours(1) }, default)).IsWritten);
    }

    [Fact]
    public async Task A_record_that_the_server_has_removed_is_absent()
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await server.SendAsync("PEXPIRE", NameOf(record), "0");
        Assert.Null(await node.Driver.ReadAsync(record.Key, default));
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsGone);
        Assert.False(await node.Driver.TouchAsync(record.Key, record.Expires.AddHours(1), default));
        Assert.Equal(0L, await server.SendAsync("EXISTS", NameOf(record)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a session, but longer than a header")]
    public async Task What_is_no_session_is_refused_and_stays(string foreign)
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        string name = NameOf(record);
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        string stored = (string)(await server.SendAsync("GET", name))!;
        await server.SendAsync("SET", name, foreign);
        await Assert.ThrowsAsync<SessionRecordFormatException>(async () => await node.Driver.ReadAsync(record.Key, default));
        Assert.Throws<SessionRecordFormatException>(() => node.Driver.Read(record.Key, default));
        if (foreign.Length > 0)
        {
            await Assert.ThrowsAsync<SessionRecordFormatException>(async () => await node.Driver.WriteAsync(record.Next(), default));
            Assert.Equal(foreign, await server.SendAsync("GET", name));
        }

        Assert.NotEmpty(stored);
    }

    private async Task AssertEndsInAsync(SessionRecord record, TimeSpan expected)
    {
        double milliseconds = (long)(await server.SendAsync("PTTL", NameOf(record)))!;
        Assert.InRange(expected.TotalMilliseconds - milliseconds, -1000, TimeSpan.FromMinutes(10).TotalMilliseconds);
    }

    private static string NameOf(SessionRecord record) => $"fuel:session:{record.Key.ToHex()}";
}
