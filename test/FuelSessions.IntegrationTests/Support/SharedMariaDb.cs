using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>The MariaDB server of <see cref="PostgresCollection"/>, for whoever knows a store by its name only.</summary>
public sealed class SharedMariaDb : IAsyncLifetime
{
    internal static MariaDbServer Server { get; } = new();

    public Task InitializeAsync() => Server.InitializeAsync();

    public Task DisposeAsync() => Server.DisposeAsync();
}
