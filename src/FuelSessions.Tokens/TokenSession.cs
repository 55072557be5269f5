using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Renewal;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tokens;

/// <summary>
/// A client's tokens for one owner: signs in once, and goes on with what it stored at the next run. A token is stored as soon as it changes;
/// the end of the session stores only what could not be stored before, and never over anything newer. Safe for use from many threads.
/// </summary>
public sealed partial class TokenSession : IAsyncDisposable
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
    public bool IsFresh => _client.IsFresh(Current.Identity, Current.Token);

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

    /// <summary>
    /// An access token to send: the session's own while that is fresh, else what is stored or a renewed one. One that is about to end is
    /// renewed in the background.
    /// </summary>
    /// <exception cref="TokenRefusedException">There is none, and signing in again is what helps.</exception>
    /// <exception cref="TokenRequestException">It has ended and could not be renewed this time.</exception>
    public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken = default)
    {
        State seen = Current;
        if (_client.IsFresh(seen.Identity, seen.Token))
        {
            return seen.Token.AccessToken;
        }

        if (seen.Identity is { } identity && _client.IsAlive(seen.Token)
            && await _client.GetAsync(Key(identity), cancellationToken).ConfigureAwait(false) is { AccessToken.Length: > 0 } stored)
        {
            Become(seen, stored);
            return stored.AccessToken;
        }

        return (await RenewAsync(seen, rejected: null, cancellationToken).ConfigureAwait(false)).AccessToken;
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
    /// A session of another identity, for the same client and owner, with what is stored loaded. Nothing changes for anybody else: see
    /// <see cref="RememberAsync"/>. It is good as long as this session is.
    /// </summary>
    public Task<TokenSession> For(AuthIdentity identity, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return LoadAsync(_client, Owner, identity, isClientOwn: false, cancellationToken);
    }

    /// <summary>
    /// Makes this session's identity the one that its owner acts as where none is named: at the next run, and in all requests from now on. A
    /// sign-in does that too.
    /// </summary>
    /// <exception cref="TokenRefusedException">This session has no token.</exception>
    public Task RememberAsync()
    {
        State seen = Current;
        if (seen.Identity is not { } identity || seen.Token.IsEmpty)
        {
            throw Nobody();
        }

        _client.ThrowIfReadOnly(Key(identity));
        return _client.Remembered.WriteAsync(Key(identity), seen.Token);
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
        identity ??= await client.IdentityAsync(owner, cancellationToken).ConfigureAwait(false);
        OAuthToken token = identity is null
            ? OAuthToken.Empty
            : await client.LoadAsync(new TokenKey(client.Name, owner, identity), cancellationToken).ConfigureAwait(false);
        return new TokenSession(client, owner, new State(identity, token), isClientOwn);
    }

    private TokenRefusedException Nobody() =>
        new($"Nobody has signed in with client '{_client.Name}' yet. Call one of the Authenticate methods.") { Client = _client.Name };

    private TokenKey Key(AuthIdentity identity) => new(_client.Name, Owner, identity);

    private async Task<OAuthToken> RenewAsync(State seen, string? rejected, CancellationToken cancellationToken)
    {
        if (seen.Identity is not { } identity)
        {
            throw Nobody();
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
