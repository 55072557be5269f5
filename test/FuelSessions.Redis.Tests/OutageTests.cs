using System.Diagnostics;
using System.Net;
using System.Xml.Linq;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests;

/// <summary>[F1] [F2] A server that is gone, hangs, or comes back. Each test has one of its own.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    // Only so that a mistake ends the test: what is to be told apart are seconds and minutes.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly RedisServer _server = new() { Settings = ["--appendonly", "yes", "--appendfsync", "always"] };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task While_the_server_is_down_requests_fail_and_afterwards_all_goes_on()
    {
        await using TestApp app = await StartAppAsync();
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        string id = browser.Jar["rid"];
        await _server.KillAsync();
        app.Services.SetStoreTimeout(TimeSpan.FromSeconds(1));
        for (int request = 0; request < 5; request++)
        {
            // Each waits its whole time: together.
            using TestBrowser stranger = app.NewBrowser();
            await Task.WhenAll(AssertFailsAsync(browser, "/count"), AssertFailsAsync(browser, "/look"), AssertFailsAsync(stranger, "/count"));
        }

        Assert.Equal(id, browser.Jar["rid"]);
        await _server.StartAsync();
        app.Services.SetLongStoreTimeout();
        await AssertComesBackAsync(browser);
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task An_app_that_starts_before_the_server_works_as_soon_as_it_is_there()
    {
        await _server.KillAsync();
        await using TestApp app = await StartAppAsync();
        app.Services.SetStoreTimeout(TimeSpan.FromSeconds(1));
        using TestBrowser browser = app.NewBrowser();
        await AssertFailsAsync(browser, "/count");
        await _server.StartAsync();
        app.Services.SetLongStoreTimeout();
        await AssertComesBackAsync(browser);
        Assert.Equal("1", await browser.TextAsync("/count"));
    }

    /// <summary>By itself the client would look for it at the next time that it checks its configuration, here in an hour.</summary>
    [Fact]
    public async Task Another_master_is_found_as_soon_as_the_one_before_refuses_to_write()
    {
        var replica = new RedisServer { Settings = ["--replicaof", "127.0.0.1", $"{_server.Port}"] };
        await replica.InitializeAsync();
        try
        {
            await UntilAsync(async () => ((string)(await replica.SendAsync("INFO", "replication"))!).Contains("master_link_status:up", StringComparison.Ordinal));
            await using TestApp app = await StartAppAsync($"{_server.Configuration},{replica.Configuration},configCheckSeconds=3600");
            using TestBrowser browser = app.NewBrowser();
            await UntilAsync(async () => (await browser.GetAsync("/count")).Status == HttpStatusCode.OK);

            // Neither is one for a while.
            await _server.SendAsync("REPLICAOF", "127.0.0.1", $"{replica.Port}");
            for (int requests = 0; requests < 20; requests++)
            {
                Assert.NotEqual(HttpStatusCode.OK, (await browser.GetAsync("/count")).Status);
            }

            await replica.SendAsync("REPLICAOF", "NO", "ONE");
            await UntilAsync(async () => (await browser.GetAsync("/count")).Status == HttpStatusCode.OK);
        }
        finally
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_hangs_holds_no_request_longer_than_the_timeout()
    {
        await using TestApp app = await StartAppAsync();
        using TestBrowser browser = app.NewBrowser();
        await AssertComesBackAsync(browser);
        Assert.Equal("1", await browser.TextAsync("/set"));
        await _server.PauseAsync();
        app.Services.SetStoreTimeout(TimeSpan.FromMilliseconds(200));
        await AssertFailsAsync(browser, "/look");
        await AssertFailsAsync(browser, "/set");
        await AssertFailsAsync(browser, "/sync");
        await _server.ResumeAsync();
        app.Services.SetLongStoreTimeout();
        await AssertComesBackAsync(browser);
        Assert.Equal("1", await browser.TextAsync("/set"));
    }

    [Fact]
    public async Task What_a_server_that_hangs_is_sent_has_a_bound()
    {
        await using var node = new Node(_server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        await _server.PauseAsync();

        // Those that are given up before they were sent don't count.
        await UntilAsync(async () =>
        {
            Exception[] errors = await Task.WhenAll(Enumerable.Range(0, 1100).Select(async _ =>
            {
                using var given = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
                return await Assert.ThrowsAnyAsync<Exception>(() => node.Driver.ReadAsync(record.Key, given.Token).AsTask());
            }));
            return errors.Any(error => error.GetType() == typeof(TimeoutException));
        });
        await Assert.ThrowsAsync<TimeoutException>(async () => await node.Driver.ReadAsync(record.Key, default).AsTask().WaitAsync(Longest));
        Assert.Throws<TimeoutException>(() => node.Driver.Read(record.Key, default));
        await _server.ResumeAsync();
        await UntilAsync(async () =>
        {
            try
            {
                return await node.Driver.ReadAsync(record.Key, default) is not null;
            }
            catch (TimeoutException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task The_key_ring_is_an_error_while_the_server_is_down_and_there_again_afterwards()
    {
        await _server.KillAsync();
        await using var node = new Node(_server.Configuration);
        var keys = ((IKeepDataProtectionKeys)node.Driver).DataProtectionKeys;
        await Assert.ThrowsAnyAsync<Exception>(() => Task.Run(() => keys.StoreElement(new XElement("key"), "key"))).WaitAsync(Longest);
        await _server.StartAsync();
        await UntilAsync(() => Task.Run(() =>
        {
            try
            {
                keys.StoreElement(new XElement("key"), "key");
                return true;
            }
            catch (Exception error) when (error is StackExchange.Redis.RedisConnectionException or TimeoutException)
            {
                return false;
            }
        }));
        Assert.NotEmpty(keys.GetAllElements());
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill()
    {
        await using var node = new Node(_server.Configuration);
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        foreach (int writes in (int[])[5, 60, 200, 7, 100])
        {
            var enough = new TaskCompletionSource();
            Task<SessionRecord> writing = WriteUntilItFailsAsync(record, writes, enough);
            await enough.Task.WaitAsync(Longest);
            await _server.KillAsync();
            SessionRecord acknowledged = await writing.WaitAsync(Longest);
            await _server.StartAsync();
            SessionRecord? read = null;
            await UntilAsync(async () => (read = await TryReadAsync(record.Key)) is not null);

            // The one after it may have been stored and not been acknowledged any more.
            Assert.InRange(read!.Version, acknowledged.Version, acknowledged.Version + 1);
            Assert.Equal(read.Version - 1, read.Number());
            record = read;
        }

        async Task<SessionRecord> WriteUntilItFailsAsync(SessionRecord last, int writes, TaskCompletionSource enough)
        {
            for (int done = 0; ; done++)
            {
                if (done == writes)
                {
                    enough.SetResult();
                }

                try
                {
                    SessionRecord next = last.Incremented();
                    Assert.True((await node.Driver.WriteAsync(next, default)).IsWritten);
                    last = next;
                }
                catch (Exception error) when (error is StackExchange.Redis.RedisConnectionException or StackExchange.Redis.RedisServerException)
                {
                    return last;
                }
            }
        }

        async Task<SessionRecord?> TryReadAsync(SessionKey key)
        {
            try
            {
                // Absent would be lost.
                return await node.Driver.ReadAsync(key, default) ?? throw new InvalidOperationException("The session is gone.");
            }
            catch (Exception error) when (error is StackExchange.Redis.RedisConnectionException or StackExchange.Redis.RedisServerException)
            {
                return null;
            }
        }
    }

    private Task<TestApp> StartAppAsync(string? configuration = null) => TestApp.StartAsync(
        options => options.Driver = "redis",
        web =>
        {
            web.MapGet("/count", (Session session) => session.Increment("counter"));
            web.MapGet("/set", (Session session) => session.Set("value", 1).Get<int>("value"));
            web.MapGet("/look", (Session session) => session.Get<int>("counter"));
            web.MapGet("/sync", (HttpContext _) => Session.Forge("redis").Get<int>("value"));
        },
        drivers => drivers.AddRedisDriver(configuration ?? _server.Configuration),
        web => web.UseExceptionHandler(handler => handler.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(context.Features.Get<IExceptionHandlerFeature>()!.Error.GetType().Name);
        })),
        StoreTimeouts.Long);

    private static async Task AssertFailsAsync(TestBrowser browser, string path)
    {
        TestResponse response = await browser.GetAsync(path).WaitAsync(Longest);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Equal(nameof(SessionStoreException), response.Body);
        Assert.Empty(response.SetCookies);
    }

    private static Task AssertComesBackAsync(TestBrowser browser) => UntilAsync(async () =>
    {
        // A browser without a session costs no call when it only looks.
        string path = browser.Jar.IsEmpty ? "/set" : "/look";
        return (await browser.GetAsync(path).WaitAsync(Longest)).Status == HttpStatusCode.OK;
    });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < Longest, "It did not go on by itself.");
            await Task.Delay(20);
        }
    }
}
