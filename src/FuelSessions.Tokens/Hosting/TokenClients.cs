using FuelSessions.Tokens.Renewal;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tokens.Hosting;

/// <summary>The app's clients, by name. Each is made once and lives as long as the app.</summary>
internal sealed class TokenClients(IServiceProvider services, IOptionsMonitor<TokenSessionOptions> options, IEnumerable<TokenClientName> registered) : IDisposable
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

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (TokenClient client in _clients.Values)
            {
                client.Dispose();
            }
        }
    }
}
