using System.Diagnostics;
using System.Net;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests;

/// <summary>A master that is found through Sentinel, by name, and another one after it.</summary>
public sealed class SentinelTests : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly RedisSentinels _redis = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, ",user=app,password=password")]
    public async Task After_a_failover_the_app_goes_on_with_what_it_had(bool planned, string user)
    {
        foreach (RedisServer server in new[] { _redis.First, _redis.Second })
        {
            await server.SendAsync(["ACL", "SETUSER", "app", "reset", .. RedisPermissions.For("Sentinel")]);
        }

        await using TestApp app = await TestApp.StartAsync(
            options => options.Driver = "redis",
            web =>
            {
                web.MapGet("/count", (Session session) => session.Increment("counter"));
                web.MapGet("/look", (Session session) => session.Get<int>("counter"));
            },
            drivers => drivers.AddRedisDriver(_redis.Configuration + user),
            configuration: StoreTimeouts.Long);
        using TestBrowser browser = app.NewBrowser();
        await UntilWorksAsync(browser, "/count");
        await UntilWorksAsync(browser, "/count");
        string counter = await browser.TextAsync("/look");
        await _redis.UntilReplicatedAsync();
        if (planned)
        {
            await _redis.FailOverAsync();
        }
        else
        {
            await _redis.First.KillAsync();
        }

        await _redis.UntilMasterIsAsync(_redis.Second);
        await UntilWorksAsync(browser, "/look");
        Assert.Equal(counter, await browser.TextAsync("/look"));
        await UntilWorksAsync(browser, "/count");
        Assert.InRange(int.Parse(await browser.TextAsync("/look")), int.Parse(counter) + 1, int.MaxValue);
    }

    private static async Task UntilWorksAsync(TestBrowser browser, string path)
    {
        var waited = Stopwatch.StartNew();
        while ((await browser.GetAsync(path)).Status != HttpStatusCode.OK)
        {
            Assert.True(waited.Elapsed < Longest, "It did not go on by itself.");
            await Task.Delay(20);
        }
    }
}
