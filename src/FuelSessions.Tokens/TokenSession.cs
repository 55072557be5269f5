using System.Text;
using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Renewal;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tokens;

/// <summary>
/// A client's tokens for one owner: signs in once, and goes on with what it stored at the next run. A token is stored as soon as it changes;
/// the end of the session stores only what could not be stored before, and never over anything newer. Safe for use from many threads.
/// </summary>
public sealed class TokenSession : IAsyncDisposable
{
    private readonly TokenClient _client;
    private readonly bool _isClientOwn;

    // Replaced as a whole, so that a token is never seen beside another one's identity.
    private State _state;
    private int _isDisposed;

    private TokenSession(TokenClient client, string owner, State state, bool isClientOwn) =>
        (_client, Owner, _state, _isClientOwn) = (client, owner, state, isClientOwn);

    /// <summary>On whose behalf the app keeps the tokens; empty for the app itself.</summary>
    public string Owner { get; }

    /// <summary>As whom; null if none was named, none is remembered, and nobody has signed in yet.</summary>
    public AuthIdentity? Identity => Current.Identity;

    /// <summary>The token as this session knows it; <see cref="OAuthToken.Empty"/> if there is none.</summary>
    public OAuthToken Token => Current.Token;

    /// <summary>Whether there is an access token. It may have ended: see <see cref="IsFresh"/>.</summary>
    public bool IsAuthenticated => Current.Token.AccessToken.Length > 0;

    /// <summary>Whether the access token is used as it is, without being renewed first.</summary>
    public bool IsFresh => _client.IsFresh(Current.Token);

    private State Current => Volatile.Read(ref _state);

    /// <summary>A session of a program without services, with what is stored loaded. In an app, take <see cref="TokenSessionFactory"/>.</summary>
    /// <param name="options">The client. They are not changed any more from here on.</param>
    /// <param name="client">The client's name: part of the key of each of its tokens, so it should stay.</param>
    /// <param name="owner">On whose behalf; empty for the program itself.</param>
    /// <param name="identity">As whom; null: the identity that the owner used last, if any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OptionsValidationException">The options are not in order.</exception>
    /// <exception cref="InvalidOperationException">The manager can't be made.</exception>
    public static async Task<TokenSession> CreateAsync(
        TokenSessionOptions options,
        string client = "default",
        string owner = "",
        AuthIdentity? identity = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        ArgumentNullException.ThrowIfNull(owner);
        TokenSessionOptionsRules.ThrowIfBroken(client, options);
        var own = new TokenClient(client, options, NoServices.Instance);
        try
        {
            return await LoadAsync(own, owner, identity, isClientOwn: true, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

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

    /// <summary>Signs in with the code that the provider's page sent back (RFC 6749, section 4.1.3).</summary>
    /// <param name="code">The code, which is good once.</param>
    /// <param name="redirectUri">The same text as in <see cref="AuthorizeUrl"/>.</param>
    /// <param name="user">Which user, where one owner keeps several; null: as this session's identity has it.</param>
    /// <inheritdoc cref="AuthenticateAsync"/>
    public Task AuthenticateWithAuthorizationCodeAsync(string code, string redirectUri, string? user = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(redirectUri);
        AuthIdentity identity = AuthIdentity.AuthorizationCode(user ?? "");
        return AuthenticateAsync(
            "authorization_code",
            [new("code", code), new("redirect_uri", redirectUri)],
            user is null && Identity is { } own && own.Type == identity.Type ? own : identity,
            cancellationToken);
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

    /// <summary>Where to send a user who is to agree (RFC 6749, section 4.1.1).</summary>
    /// <param name="redirectUri">Where the provider sends the user back to, with the code.</param>
    /// <param name="scope">What the token is to permit, names separated by spaces; null: as the provider has it.</param>
    /// <param name="state">
    /// A value that can't be guessed, kept in the user's own session and compared when the user comes back. Without it somebody else could have
    /// the user go on with a foreign account (RFC 6749, section 10.12).
    /// </param>
    /// <exception cref="InvalidOperationException"><see cref="TokenSessionOptions.AuthorizationEndpoint"/> is not set.</exception>
    public Uri AuthorizeUrl(string redirectUri, string? scope, string state)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(redirectUri);
        ArgumentException.ThrowIfNullOrWhiteSpace(state);
        Uri endpoint = _client.Options.AuthorizationEndpoint ?? throw new InvalidOperationException(
            $"Token client '{_client.Name}' has no AuthorizationEndpoint: set it to the provider's address where users agree.");
        var query = new StringBuilder(endpoint.Query.TrimStart('?'));
        Append("response_type", "code");
        Append("client_id", _client.Options.ClientId);
        Append("redirect_uri", redirectUri);
        Append("scope", scope);
        Append("state", state);
        return new UriBuilder(endpoint) { Query = query.ToString() }.Uri;

        void Append(string name, string? value)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    /// <summary>An access token to send: the session's own if that is fresh, else a renewed one.</summary>
    /// <exception cref="TokenRefusedException">There is none, and signing in again is what helps.</exception>
    /// <exception cref="TokenRequestException">It has ended and could not be renewed this time.</exception>
    public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken = default)
    {
        State seen = Current;
        OAuthToken token = _client.IsFresh(seen.Token) ? seen.Token : await RenewAsync(seen, rejected: null, cancellationToken).ConfigureAwait(false);
        return token.AccessToken;
    }

    /// <summary>
    /// Another access token, also in place of a fresh one. If another session or process has renewed it already, that one is taken. However
    /// many ask at once, the provider is asked once.
    /// </summary>
    /// <param name="rejectedAccessToken">The one that the API did not accept; null: the session's own.</param>
    /// <param name="cancellationToken">Stops waiting; the renewal goes on for others who wait.</param>
    /// <exception cref="TokenRefusedException">It can't be renewed any more, and signing in again is what helps.</exception>
    /// <exception cref="TokenRequestException">It could not be renewed this time; what is stored was kept.</exception>
    public Task<OAuthToken> RenewAsync(string? rejectedAccessToken = null, CancellationToken cancellationToken = default)
    {
        State seen = Current;
        return RenewAsync(seen, rejectedAccessToken ?? seen.Token.AccessToken, cancellationToken);
    }

    /// <summary>
    /// A session of another identity, for the same client and owner, with what is stored loaded. If there is a token, the identity is
    /// remembered for the next run. It is good as long as this session is.
    /// </summary>
    public async Task<TokenSession> For(AuthIdentity identity, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        TokenSession session = await LoadAsync(_client, Owner, identity, isClientOwn: false, cancellationToken).ConfigureAwait(false);
        if (!session.Token.IsEmpty)
        {
            await _client.Remembered.WriteAsync(Key(identity), session.Token).ConfigureAwait(false);
        }

        return session;
    }

    /// <summary>Deletes the token of this identity here, not at the provider. The identity stays, and stays remembered.</summary>
    public Task ClearAsync(CancellationToken cancellationToken = default) =>
        Identity is { } identity ? ClearAsync(identity, cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// Revokes the token at the provider (RFC 7009), if <see cref="TokenSessionOptions.RevocationEndpoint"/> is set, and deletes it here in any
    /// case.
    /// </summary>
    /// <exception cref="TokenRequestException">The provider did not revoke it: it may still accept the token. Here it was deleted.</exception>
    public async Task RevokeAsync(CancellationToken cancellationToken = default)
    {
        if (Identity is not { } identity)
        {
            return;
        }

        try
        {
            if (_client.Options.RevocationEndpoint is { } endpoint)
            {
                OAuthToken token = await _client.LoadAsync(Key(identity), cancellationToken).ConfigureAwait(false);
                Task revoked = token switch
                {
                    { RefreshToken: { Length: > 0 } refresh } => _client.Endpoint.RevokeAsync(endpoint, refresh, "refresh_token", cancellationToken),
                    { AccessToken: { Length: > 0 } access } => _client.Endpoint.RevokeAsync(endpoint, access, "access_token", cancellationToken),
                    _ => Task.CompletedTask,
                };
                await revoked.ConfigureAwait(false);
            }
        }
        finally
        {
            await ClearAsync(identity, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A handler that sends this session's tokens, for an <see cref="HttpClient"/> of a program without services. It is good as long as the
    /// session is.
    /// </summary>
    /// <param name="inner">What sends; null: a handler of its own.</param>
    public TokenSessionHandler CreateHandler(HttpMessageHandler? inner = null) => new(_client, this) { InnerHandler = inner ?? new SocketsHttpHandler { UseCookies = false } };

    /// <summary>
    /// Stores a token that could not be stored before, unless something newer is stored. A session that had its client to itself also waits for
    /// a renewal that is under way.
    /// </summary>
    /// <exception cref="InvalidOperationException">That failed again, and the token is lost: this session had its client to itself.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        if (!_isClientOwn)
        {
            // A client that others share keeps what can't be stored even now.
            await (Identity is { } identity ? _client.Shelf.SaveAsync(Key(identity), CancellationToken.None) : Task.CompletedTask).ConfigureAwait(false);
            return;
        }

        // Both that it waits for end by themselves.
        Exception? failure;
        try
        {
            failure = await _client.FinishAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _client.DisposeAsync().ConfigureAwait(false);
        }

        if (failure is not null)
        {
            throw new InvalidOperationException($"A token of client '{_client.Name}' could not be stored and is lost. Repair the store, then sign in again.", failure);
        }
    }

    internal static async Task<TokenSession> LoadAsync(
        TokenClient client,
        string owner,
        AuthIdentity? identity,
        bool isClientOwn,
        CancellationToken cancellationToken)
    {
        identity ??= await client.Remembered.ReadAsync(owner, cancellationToken).ConfigureAwait(false);
        OAuthToken token = identity is null
            ? OAuthToken.Empty
            : await client.LoadAsync(new TokenKey(client.Name, owner, identity), cancellationToken).ConfigureAwait(false);
        return new TokenSession(client, owner, new State(identity, token), isClientOwn);
    }

    private TokenKey Key(AuthIdentity identity) => new(_client.Name, Owner, identity);

    private async Task ClearAsync(AuthIdentity identity, CancellationToken cancellationToken)
    {
        await _client.Shelf.ClearAsync(Key(identity), cancellationToken).ConfigureAwait(false);

        // Also if the token was renewed meanwhile; but not if the session is another identity's by now.
        for (State seen = Current; seen.Identity == identity && !Become(seen, OAuthToken.Empty); seen = Current)
        {
        }
    }

    private async Task<OAuthToken> RenewAsync(State seen, string? rejected, CancellationToken cancellationToken)
    {
        if (seen.Identity is not { } identity)
        {
            throw new TokenRefusedException($"Nobody has signed in with client '{_client.Name}' yet. Call one of the Authenticate methods.");
        }

        try
        {
            OAuthToken token = await _client.RenewAsync(Key(identity), rejected, cancellationToken).ConfigureAwait(false);
            Become(seen, token);
            return token;
        }
        catch (TokenRefusedException) when (!string.IsNullOrEmpty(seen.Token.RefreshToken))
        {
            Become(seen, OAuthToken.Empty);
            throw;
        }
    }

    // Unless somebody has signed in, out or renewed meanwhile: then that counts.
    private bool Become(State seen, OAuthToken token) => Interlocked.CompareExchange(ref _state, seen with { Token = token }, seen) == seen;

    private sealed record State(AuthIdentity? Identity, OAuthToken Token);
}
