namespace FuelSessions.Tokens;

public sealed partial class TokenSession
{
    /// <summary>Signs in as an app, with the app's own token, as Podio has it (grant <c>app</c>).</summary>
    /// <inheritdoc cref="AuthenticateAsync"/>
    public Task AuthenticateWithAppAsync(string appId, string appToken, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(appToken);
        return AuthenticateAsync("app", [new("app_id", appId), new("app_token", appToken)], AuthIdentity.App(appId), cancellationToken);
    }

    /// <summary>Signs in with a user's name and password (RFC 6749, section 4.3), neither of which is stored.</summary>
    /// <inheritdoc cref="AuthenticateAsync"/>
    public Task AuthenticateWithPasswordAsync(string user, string password, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(password);
        return AuthenticateAsync("password", [new("username", user), new("password", password)], AuthIdentity.Password(user), cancellationToken);
    }

    /// <summary>
    /// Signs in with any grant. The token is stored at once, in place of whatever is stored for that identity, which becomes this session's and
    /// is remembered for the next run. A sign-in that fails changes nothing.
    /// </summary>
    /// <param name="grant">The <c>grant_type</c>, such as <c>client_credentials</c>.</param>
    /// <param name="parameters">What else the form has in it; the client's own identifier and secret are added.</param>
    /// <param name="identity">As whom; null: one of that grant, with no more to it.</param>
    /// <param name="cancellationToken">Gives up, until the provider has answered.</param>
    /// <exception cref="TokenRefusedException">The provider said that the grant is no good.</exception>
    /// <exception cref="TokenRequestException">There is no token for any other reason.</exception>
    public async Task AuthenticateAsync(
        string grant,
        IEnumerable<KeyValuePair<string, string>> parameters,
        AuthIdentity? identity = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(grant);
        ArgumentNullException.ThrowIfNull(parameters);
        identity ??= new AuthIdentity(grant);
        OAuthToken token = await _client.SignInAsync(Key(identity), grant, parameters, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _state, new State(identity, token));
    }

    /// <summary>
    /// Signs in with a token that another program got, such as one that is moved here. Stored and remembered as after any sign-in.
    /// </summary>
    /// <param name="token">The token. One whose end is not known to have come is used as it is; one that has ended is renewed by the first call.</param>
    /// <param name="identity">As whom.</param>
    /// <param name="cancellationToken">Gives up before anything is stored.</param>
    /// <exception cref="ArgumentException">There is neither an access token nor a refresh token in it.</exception>
    public async Task ImportAsync(OAuthToken token, AuthIdentity identity, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(identity);
        if (token.AccessToken.Length == 0 && string.IsNullOrEmpty(token.RefreshToken))
        {
            throw new ArgumentException("There is neither an access token nor a refresh token in it.", nameof(token));
        }

        cancellationToken.ThrowIfCancellationRequested();
        await _client.StoreAsync(Key(identity), token).ConfigureAwait(false);
        Volatile.Write(ref _state, new State(identity, token));
    }
}
