using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Support.Stores;

/// <summary>A Redis server of the test's own, which keeps on disk what it has acknowledged.</summary>
internal sealed class RedisStore(RedisServer server) : Store("redis", "rid")
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

    /// <summary>Whether it is to refuse writes as a replica; otherwise because it is full.</summary>
    internal bool RefusesAsReplica { get; set; }

    internal override Task RefuseWritesAsync(bool refuse) => server.SendAsync((RefusesAsReplica, refuse) switch
    {
        // Of a master that can't be reached: it keeps what it has.
        (true, true) => ["REPLICAOF", "127.0.0.1", "1"],
        (true, false) => ["REPLICAOF", "NO", "ONE"],
        _ => ["CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", refuse ? "1" : "0"],
    });

    public override async ValueTask DisposeAsync() => await server.DisposeAsync();
}
