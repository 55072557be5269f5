using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>Sessions of several drivers in one request: each has its own cookie, content and end.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DriversSideBySideTests(PostgresServer postgres)
{
    [Fact]
    public async Task Sessions_of_db_redis_and_memcached_in_one_request_are_independent()
    {
        string database = await postgres.CreateDatabaseAsync();
        await using var redis = new RedisServer();
        await redis.InitializeAsync();
        await using MemcachedProcess memcached = await MemcachedProcess.StartAsync();
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "db",
            a =>
            {
                a.MapGet("/add", () => string.Join(' ', Three().Select((session, i) => session.Increment("n", i + 1))));
                a.MapGet("/ids", () => string.Join(' ', Three().Select(session => session.Id).Distinct().Count()));
                a.MapGet("/destroy", () => { Session.Forge("redis").Destroy(); });
                a.MapGet("/rotate", () => { Session.Forge("memcached").Rotate(revokePrevious: true); });
                a.MapGet("/values", () => string.Join(' ', Three().Select(session => session.Get<int>("n"))));
            },
            drivers => drivers
                .AddDbDriver(db => db.UseNpgsql(database))
                .AddRedisDriver(redis.Configuration)
                .AddMemcachedDriver(memcached.Address));
        await app.Services.EnsureFuelSessionsCreatedAsync();
        using TestBrowser browser = app.NewBrowser();

        Assert.Equal("1 2 3", await browser.TextAsync("/add"));
        Assert.Equal(["did", "mid", "rid"], browser.Jar.Keys.Order());
        Assert.Equal("3", await browser.TextAsync("/ids"));
        Assert.Equal("2 4 6", await browser.TextAsync("/add"));
        TestResponse rotated = await browser.GetAsync("/rotate");
        Assert.Equal("mid", Assert.Single(rotated.SetCookies).Split('=')[0]);
        TestResponse destroyed = await browser.GetAsync("/destroy");
        Assert.Equal("rid", Assert.Single(destroyed.SetCookies).Split('=')[0]);
        Assert.Equal(["did", "mid"], browser.Jar.Keys.Order());
        Assert.Equal("2 0 6", await browser.TextAsync("/values"));

        static Session[] Three() => [Session.Forge("db"), Session.Forge("redis"), Session.Forge("memcached")];
    }
}
