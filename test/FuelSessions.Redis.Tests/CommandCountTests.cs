using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests;

/// <summary>[W8] One command where one is enough, as the server counts. GETRANGE, SET and the like run inside of a script call.</summary>
[Collection(RedisCollection.Name)]
public sealed class CommandCountTests(RedisServer server)
{
    // Without it, the client reads a key of its own now and then.
    private string Redis => $"{server.Configuration},tiebreaker=";

    [Fact]
    public async Task A_request_sends_what_it_must_and_no_more()
    {
        var stats = new CommandStats(server);
        await using TestApp app = await TestApp.StartAsync(
            options => options.Driver = "redis",
            web =>
            {
                web.MapGet("/count", (Session session) => session.Increment("counter"));
                web.MapGet("/look", (Session session) => session.Get<int>("counter"));
                web.MapGet("/other", () => "ok");
            },
            drivers => drivers.AddRedisDriver(Redis),
            configuration: StoreTimeouts.Long);
        using TestBrowser browser = app.NewBrowser();

        // The first ones let the server learn the script, and the middleware which endpoints use the session.
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.Equal("2", await browser.TextAsync("/count"));
        Assert.Equal("2", await browser.TextAsync("/look"));
        await stats.TakeAsync();

        Assert.Equal("3", await browser.TextAsync("/count"));
        Assert.Equal("evalsha 1, get 1, getrange 1, set 1", await stats.TakeAsync());
        Assert.Equal("3", await browser.TextAsync("/look"));
        Assert.Equal("get 1", await stats.TakeAsync());
        Assert.Equal("ok", await browser.TextAsync("/other"));
        Assert.Equal("", await stats.TakeAsync());
        using TestBrowser stranger = app.NewBrowser();
        Assert.Equal("0", await stranger.TextAsync("/look"));
        Assert.Equal("", await stats.TakeAsync());
        Assert.Equal("1", await stranger.TextAsync("/count"));
        Assert.Equal("set 1", await stats.TakeAsync());

        // Sliding: once per TouchInterval.
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("1", await stranger.TextAsync("/look"));
        Assert.Equal("1", await stranger.TextAsync("/look"));
        Assert.Contains("get 2", await stats.TakeAsync());
    }

    [Fact]
    public async Task Each_operation_is_one_call()
    {
        var stats = new CommandStats(server);
        await using var node = new Node(Redis);
        SessionRecord first = Sample.New();
        Assert.True((await node.Driver.WriteAsync(first, default)).IsWritten);
        Assert.True((await node.Driver.WriteAsync(first.Next(), default)).IsWritten);
        Assert.True((await node.Driver.TouchAsync(first.Key, first.Version + 1, first.Expires, default)).IsWritten);
        Assert.True((await node.Driver.DeleteAsync(first.Key, first.Version + 1, default)).IsWritten);
        await stats.TakeAsync();

        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        Assert.Equal("set 1", await stats.TakeAsync());
        Assert.NotNull(await node.Driver.ReadAsync(record.Key, default));
        Assert.Equal("get 1", await stats.TakeAsync());
        Assert.NotNull(node.Driver.Read(record.Key, default));
        Assert.Equal("get 1", await stats.TakeAsync());
        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsWritten);
        Assert.Equal("evalsha 1, getrange 1, set 1", await stats.TakeAsync());
        Assert.NotNull((await node.Driver.WriteAsync(record.Next(), default)).Winner);
        Assert.Equal("evalsha 1, get 1, getrange 1", await stats.TakeAsync());
        Assert.True((await node.Driver.WriteAsync(Sample.New() with { Version = 2 }, default)).IsGone);
        Assert.Equal("evalsha 1, getrange 1", await stats.TakeAsync());
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version + 1, record.Expires.AddMinutes(1), default)).IsWritten);
        Assert.Equal("evalsha 1, getrange 1, pexpire 1, setrange 1", await stats.TakeAsync());
        Assert.True((await node.Driver.TouchAsync(record.Key, record.Version + 1, record.Expires, default)).IsWritten);
        Assert.Equal("evalsha 1, getrange 1", await stats.TakeAsync());
        Assert.NotNull((await node.Driver.DeleteAsync(record.Key, record.Version, default)).Winner);
        Assert.Equal("evalsha 1, get 1, getrange 1", await stats.TakeAsync());
        Assert.True((await node.Driver.DeleteAsync(record.Key, record.Version + 1, default)).IsWritten);
        Assert.Equal("evalsha 1, getrange 1, unlink 1", await stats.TakeAsync());
    }

    [Fact]
    public async Task A_server_that_forgot_its_scripts_is_told_once()
    {
        var stats = new CommandStats(server);
        await using var node = new Node(Redis);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await server.SendAsync("SCRIPT", "FLUSH");
        await stats.TakeAsync();

        Assert.True((await node.Driver.WriteAsync(record.Next(), default)).IsWritten);
        Assert.Equal("eval 1, evalsha 1, getrange 1, set 1", await stats.TakeAsync());
        Assert.True((await node.Driver.WriteAsync(record.Next().Next(), default)).IsWritten);
        Assert.Equal("evalsha 1, getrange 1, set 1", await stats.TakeAsync());
    }
}
