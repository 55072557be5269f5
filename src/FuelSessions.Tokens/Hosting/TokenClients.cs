using FuelSessions.Tokens.Renewal;
using FuelSessions.Tokens.Stores;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tokens.Hosting;

/// <summary>The app's clients, by name. Each is made once and lives as long as the app.</summary>
internal sealed class TokenClients(IServiceProvider services, IOptionsMonitor<TokenSessionOptions> options, IEnumerable<TokenClientName> registered)
    : ITokenManagers, IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TokenClient> _clients = [];
    private readonly string[] _names = [.. registered.Select(client => client.Name).Distinct()];

    /// <exception cref="OptionsValidationException">Its options are not in order.</exception>
    /// <exception cref="InvalidOperationException">It is not registered, or its manager can't be made.</exception>
    internal TokenClient Get(string name)
    {
        lock (_gate)
        {
            if (_clients.TryGetValue(name, out TokenClient? client))
            {
                return client;
            }

            return _clients[name] = _names.Contains(name)
                ? new TokenClient(name, options.Get(name), services)
                : throw new InvalidOperationException(
                    $"Token client '{name}' is not registered (registered: {string.Join(", ", _names)}). Call services.AddTokenSession(\"{name}\", options => ...).");
        }
    }

    internal IEnumerable<TokenClient> All() => _names.Select(Get);

    IEnumerable<ITokenSessionManager> ITokenManagers.All => All().Select(client => client.Manager);

    public async ValueTask DisposeAsync()
    {
        TokenClient[] clients;
        lock (_gate)
        {
            clients = [.. _clients.Values];
            _clients.Clear();
        }

        foreach (TokenClient client in clients)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
