using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

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
        long used = (long)(await server.SendAsync("MEMORY", "USAGE", record.Name()))!;

        // The allocator rounds up: by a quarter at most.
        Assert.InRange(used, payload, (payload * 5 / 4) + 250);
    }

    [Fact]
    public async Task A_key_ends_with_its_session()
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await AssertEndsInAsync(record, TimeSpan.FromHours(2));
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), default)).IsWritten);
        await AssertEndsInAsync(record, TimeSpan.FromHours(3));
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsWritten);
        await AssertEndsInAsync(record, TimeSpan.FromHours(2));
    }

    // The server's clock and this node's may differ: a record is absent as soon as either says so.
    [Fact]
    public async Task A_record_whose_end_has_come_is_absent_although_the_server_still_has_it()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        await using var node = new Node(server.Configuration, clock);
        SessionRecord record = Sample.New() with { Expires = clock.GetUtcNow().AddHours(2) };
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1L, await server.SendAsync("EXISTS", record.Name()));
        Assert.Null(await node.Driver.ReadAsync(record.Key, default));
        Assert.Null(node.Driver.Read(record.Key, default));
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version, clock.GetUtcNow().AddHours(1), default)).IsGone);
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsGone);
        Assert.True((await node.Driver.WriteAsync(record with { Expires = clock.GetUtcNow().AddHours(1) }, default)).IsWritten);
    }

    [Fact]
    public async Task A_record_that_the_server_has_removed_is_absent()
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await server.SendAsync("PEXPIRE", record.Name(), "0");
        Assert.Null(await node.Driver.ReadAsync(record.Key, default));
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsGone);
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version, record.Expires.AddHours(1), default)).IsGone);
        Assert.Equal(0L, await server.SendAsync("EXISTS", record.Name()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a session, but longer than a header")]
    public async Task What_is_no_session_is_refused_and_stays(string foreign)
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        string name = record.Name();
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

    /// <summary>As one of a newer version of the package: the other nodes must go on finding it.</summary>
    [Fact]
    public async Task What_can_not_be_read_is_not_found_and_stays_its_principals()
    {
        FakeTimeProvider clock = FakeClock.AtPresent();
        await using var node = new Node(server.Configuration, clock);
        var finder = (IFindByPrincipal)node.Driver;
        string principal = $"ada {SessionKey.Create().ToHex()}";
        SessionRecord record = Sample.New() with { Principal = principal, Expires = clock.GetUtcNow().AddHours(10) };
        await finder.AnnounceAsync(principal, record.Key, record.Expires, default);
        await server.SendAsync("SET", record.Name(), "of another format");
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(await finder.FindByPrincipalAsync(principal, default));

        await server.SendAsync("DEL", record.Name());
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        Assert.Equal(record.Key, Assert.Single(await finder.FindByPrincipalAsync(principal, default)).Key);
    }

    // Numbers that are stored in one, two, three and nine bytes, and neighbours of which one's bytes begin like the other's.
    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(long.MaxValue - 1)]
    public async Task Only_the_next_version_replaces_what_is_stored(long version)
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New() with { Version = version };
        await StoreAsync(record);
        foreach (long other in (long[])[1, version - 127, version - 1, version, version + 128, version << 7, long.MaxValue])
        {
            if (other > 1 && other != version + 1)
            {
                WriteResult refused = await node.Driver.WriteAsync(record with { Version = other }, default);
                Assert.Equal(version, refused.Winner?.Version);
            }
        }

        Assert.True((await node.Driver.WriteAsync(record with { Version = version + 1 }, default)).IsWritten);
        Assert.Equal(version + 1, (await node.Driver.ReadAsync(record.Key, default))!.Version);
    }

    [Fact]
    public async Task A_record_that_ended_before_1970_is_absent()
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New() with { Expires = DateTimeOffset.MinValue };
        await StoreAsync(record);
        Assert.Null(await node.Driver.ReadAsync(record.Key, default));
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version, record.Created.AddHours(1), default)).IsGone);
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsGone);
    }

    [Fact]
    public async Task The_last_end_there_is_survives_a_touch()
    {
        await using var node = new Node(server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        DateTimeOffset last = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version, last, default)).IsWritten);
        Assert.Equal(last, (await node.Driver.ReadAsync(record.Key, default))!.Expires);
    }

    private async Task StoreAsync(SessionRecord record)
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        Assert.True(await connection.GetDatabase().StringSetAsync(record.Name(), StoredSession.Encode(record)));
    }

    private async Task AssertEndsInAsync(SessionRecord record, TimeSpan expected)
    {
        double milliseconds = (long)(await server.SendAsync("PTTL", record.Name()))!;
        Assert.InRange(expected.TotalMilliseconds - milliseconds, -1000, TimeSpan.FromMinutes(10).TotalMilliseconds);
    }
}
