namespace FuelSessions.Tokens;

/// <summary>Under which a token is stored: for which client, on whose behalf, as whom. Tokens of different keys never meet.</summary>
public sealed record TokenKey
{
    /// <summary>The key of one token.</summary>
    /// <param name="client">The client's name, as registered.</param>
    /// <param name="owner">On whose behalf the app keeps the token: its own name for a user, for instance. Empty: the app itself.</param>
    /// <param name="identity">As whom, and how, the client signed in.</param>
    /// <exception cref="ArgumentException">The client's name is empty, or a name holds half of a surrogate pair.</exception>
    public TokenKey(string client, string owner, AuthIdentity identity)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(identity);

        // Stores see a hash of both, in which one half of a character is as good as another.
        Unicode.ThrowIfBroken(client, "The client's name", nameof(client));
        Unicode.ThrowIfBroken(owner, "The owner", nameof(owner));
        Client = client;
        Owner = owner;
        Identity = identity;
    }

    /// <summary>The client's name.</summary>
    public string Client { get; }

    /// <summary>On whose behalf; empty for the app itself.</summary>
    public string Owner { get; }

    /// <summary>As whom, and how.</summary>
    public AuthIdentity Identity { get; }
}
