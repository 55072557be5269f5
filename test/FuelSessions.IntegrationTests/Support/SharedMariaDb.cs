using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>One MariaDB server for all of <see cref="Shards"/>, as its start takes longest, for whoever knows a store by its name only.</summary>
public sealed class SharedMariaDb : IAsyncLifetime
{
    private static readonly SemaphoreSlim OneAtATime = new(1);
    private static int _users;

    internal static MariaDbServer Server { get; private set; } = new();

    public async Task InitializeAsync()
    {
        await OneAtATime.WaitAsync();
        try
        {
            if (_users == 0)
            {
                Server = new MariaDbServer();
                await Server.InitializeAsync();
            }

            _users++;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    public async Task DisposeAsync()
    {
        await OneAtATime.WaitAsync();
        try
        {
            if (--_users == 0)
            {
                await Server.DisposeAsync();
            }
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
