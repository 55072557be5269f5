using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Renewal;

namespace FuelSessions.Tokens;

/// <summary>Makes sessions of the app's clients, those of <c>services.AddTokenSession</c>. Safe for use from many threads.</summary>
public sealed class TokenSessionFactory
{
    private readonly TokenClients _clients;

    internal TokenSessionFactory(TokenClients clients) => _clients = clients;

    /// <summary>A session, with what is stored loaded.</summary>
    /// <param name="client">The client's name, as registered.</param>
    /// <param name="owner">On whose behalf; null: as <see cref="TokenSessionOptions.Owner"/> says.</param>
    /// <param name="identity">As whom; null: the identity that the owner used last, if any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    public async Task<TokenSession> CreateAsync(string client, string? owner = null, AuthIdentity? identity = null, CancellationToken cancellationToken = default)
    {
        TokenClient found = Client(client);
        owner ??= await found.OwnerAsync(cancellationToken).ConfigureAwait(false);
        return await TokenSession.LoadAsync(found, owner, identity, isClientOwn: false, cancellationToken).ConfigureAwait(false);
    }

    internal TokenClient Client(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return _clients.Get(name);
    }
}
