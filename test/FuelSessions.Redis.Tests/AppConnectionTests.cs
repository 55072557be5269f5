using FuelSessions.Records;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace FuelSessions.Redis.Tests;

/// <summary>The connection that the app has among its services, as client integrations register it.</summary>
[Collection(RedisCollection.Name)]
public sealed class AppConnectionTests(RedisServer server)
{
    [Fact]
    public async Task Is_taken_from_the_services_and_left_open()
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        await using (var node = new Node(builder =>
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
            builder.AddRedisDriver(options => options.KeyPrefix = "apps:");
        }))
        {
            SessionRecord record = Sample.New();
            Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
            Assert.Equal(1L, await server.SendAsync("EXISTS", record.Name("apps:")));
        }

        await connection.GetDatabase().PingAsync();
    }

    [Fact]
    public async Task Is_taken_by_its_key()
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"{server.Configuration},defaultDatabase=5");
        using ConnectionMultiplexer other = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        await using var node = new Node(builder =>
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(other);
            builder.Services.AddKeyedSingleton<IConnectionMultiplexer>("sessions", connection);
            builder.AddRedisDriver(options => options.ServiceKey = "sessions");
        });
        SessionRecord record = Sample.New();
        Assert.True((await node.Driver.WriteAsync(record, default)).IsWritten);
        Assert.Equal(0L, await server.SendAsync("EXISTS", record.Name()));
        Assert.True(await connection.GetDatabase().KeyExistsAsync(record.Name()));
    }

    [Theory]
    [InlineData(null, "no IConnectionMultiplexer is registered. ")]
    [InlineData("sessions", "under the key 'sessions'")]
    public async Task That_is_missing_is_named(string? key, string said)
    {
        await using var node = new Node(builder => builder.AddRedisDriver(options => options.ServiceKey = key));
        Exception error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await node.Driver.ReadAsync(SessionKey.Create(), default));
        Assert.Contains(said, error.Message);
        Assert.Contains("AddRedisDriver(\"localhost:6379\")", error.Message);
    }

    [Fact]
    public void And_one_of_its_own_exclude_each_other()
    {
        FuelSessionsBuilder builder = new ServiceCollection().AddFuelSessions();
        Assert.Throws<ArgumentException>(() => builder.AddRedisDriver("localhost", options => options.ServiceKey = "sessions"));
    }
}
