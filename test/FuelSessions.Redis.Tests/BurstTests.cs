using System.Net;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests;

/// <summary>[R4] [R5] [W3] Many requests of one browser at once, each time when its id is due for rotation.</summary>
public abstract class BurstTests
{
    private const int Rounds = 20;
    private const int Requests = 64;

    protected abstract string Redis { get; }

    [Fact]
    public async Task Every_increment_counts_and_all_responses_carry_one_id()
    {
        await using TestApp app = await TestApp.StartAsync(
            options =>
            {
                options.Driver = "redis";
                options.StoreTimeout = TimeSpan.FromMinutes(1);
            },
            web =>
            {
                web.MapGet("/count", (Session session) => session.Increment("counter"));
                web.MapGet("/look", (Session session) => session.Get<int>("counter"));
            },
            drivers => drivers.AddRedisDriver(Redis));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        HashSet<string> ids = [browser.Jar["rid"]];
        for (int round = 0; round < Rounds; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse[] responses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => browser.GetAsync("/count", deliver: false)));
            Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.Status));
            string id = Assert.Single(responses.Select(response => response.Cookie("rid")).OfType<string>().Distinct());
            Assert.True(ids.Add(id), "The id was not rotated.");
            browser.Deliver(responses.First(response => response.Cookie("rid") is not null));
            Assert.Equal($"{1 + ((round + 1) * Requests)}", await browser.TextAsync("/look"));
            Assert.Equal(id, browser.Jar["rid"]);
        }
    }

    [Collection(RedisCollection.Name)]
    public sealed class OnOneServer(RedisServer server) : BurstTests
    {
        protected override string Redis => server.Configuration;
    }

    [Collection(GarnetCollection.Name)]
    public sealed class OnGarnet(GarnetServer garnet) : BurstTests
    {
        protected override string Redis => garnet.Server.Configuration;
    }

    [Collection(ClusterCollection.Name)]
    public sealed class OnCluster(RedisCluster cluster) : BurstTests
    {
        protected override string Redis => cluster.Configuration;
    }
}
