using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Redis.Tests.Conformance;

[Collection(RedisCollection.Name)]
public sealed class RedisConformance(RedisServer server) : RedisDriverConformance
{
    // The client's own times are long, so that a call to a server that stands still ends with its token or not at all.
    protected override string Redis => server.Configuration + ",asyncTimeout=60000,syncTimeout=60000";

    protected override async Task<Func<Task>?> StallAsync()
    {
        await server.PauseAsync();
        return server.ResumeAsync;
    }
}
