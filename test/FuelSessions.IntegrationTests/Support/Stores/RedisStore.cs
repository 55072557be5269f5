using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A Redis server of the test's own, which keeps on disk what it has acknowledged.</summary>
internal sealed class RedisStore(RedisServer server) : Store("redis", "fuelrid")
{
    internal static async Task<RedisStore> StartAsync()
    {
        var server = new RedisServer { Settings = ["--appendonly", "yes", "--appendfsync", "always"] };
        await server.InitializeAsync();
        return new RedisStore(server);
    }

    internal override void AddDriver(FuelSessionsBuilder builder) => builder.AddRedisDriver(server.Configuration);

    internal override Task BreakAsync() => server.KillAsync();

    internal override Task RepairAsync() => server.StartAsync();

    public override async ValueTask DisposeAsync() => await server.DisposeAsync();
}
