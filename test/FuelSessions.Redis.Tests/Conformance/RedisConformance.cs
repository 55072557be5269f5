using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Conformance;

[Collection(RedisCollection.Name)]
public sealed class RedisConformance(RedisServer server) : RedisDriverConformance
{
    protected override string Redis => server.Configuration;

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }
}
