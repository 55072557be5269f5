using Xunit;

namespace FuelSessions.Tests.Servers;

/// <summary>Microsoft's Garnet, which speaks Redis' protocol. A collection fixture.</summary>
public sealed class GarnetServer : IAsyncLifetime
{
    public RedisServer Server { get; } = new() { IsGarnet = true };

    public Task InitializeAsync() => Server.InitializeAsync();

    public Task DisposeAsync() => Server.DisposeAsync();
}
