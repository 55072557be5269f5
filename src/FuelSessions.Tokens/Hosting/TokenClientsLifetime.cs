using FuelSessions.Tokens.Renewal;
using FuelSessions.Tokens.Stores;
using Microsoft.Extensions.Hosting;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Makes all clients before the app starts, so that mistakes show there and not in a request; and finishes them after it has.</summary>
internal sealed class TokenClientsLifetime(TokenClients clients) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (TokenClient _ in clients.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Task.CompletedTask;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (ILookAtStart store in clients.All().Select(client => client.Manager).OfType<StoredTokenManager>().Select(manager => manager.Store).OfType<ILookAtStart>())
        {
            await store.LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // All at once: the time for it is short, and one client's provider may take all of it.
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(clients.All().Select(client => client.FinishAsync(cancellationToken)).ToArray());
}
