using System.Net;
using System.Net.Http.Headers;
using FuelSessions.Tokens.Hosting;
using FuelSessions.Tokens.Renewal;

namespace FuelSessions.Tokens;

/// <summary>
/// Sends requests with the stored token of the identity that each names (<see cref="TokenRequestExtensions"/>), renewed if need be. After a
/// 401 that means an expired token, it renews, and sends the request once more if its body can be sent again; another 401 is returned as it
/// came. Without a stored token it throws, unless <see cref="TokenSessionOptions.SendWithoutToken"/> is set. A request that has an
/// <c>Authorization</c> header is left alone. It knows no user: a pooled handler serves all.
/// </summary>
public sealed class TokenSessionHandler : DelegatingHandler
{
    private readonly TokenClient _client;
    private readonly TokenSession? _session;

    /// <summary>A handler for a client of the app's.</summary>
    /// <param name="factory">From the app's services.</param>
    /// <param name="client">The client's name, as registered.</param>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    public TokenSessionHandler(TokenSessionFactory factory, string client)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _client = factory.Client(client);
    }

    /// <param name="session">As whom requests are made that do not say so.</param>
    internal TokenSessionHandler(TokenClient client, TokenSession session) => (_client, _session) = (client, session);

    /// <inheritdoc/>
    /// <exception cref="TokenRefusedException">There is no token, or it can't be renewed any more: signing in is what helps.</exception>
    /// <exception cref="TokenRequestException">The token has ended and could not be renewed this time.</exception>
    /// <exception cref="InvalidOperationException">The token would go over plain http to another machine.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.Authorization is not null || Redirection.HasLed(request))
        {
            return await PassOnAsync(request, cancellationToken).ConfigureAwait(false);
        }

        TokenKey? key = await KeyAsync(request, cancellationToken).ConfigureAwait(false);
        if (key is null || await TokenAsync(key, cancellationToken).ConfigureAwait(false) is not { AccessToken.Length: > 0 } token)
        {
            return _client.Options.SendWithoutToken ? await PassOnAsync(request, cancellationToken).ConfigureAwait(false) : throw Nobody();
        }

        HttpResponseMessage response = await SendAsync(request, token, cancellationToken).ConfigureAwait(false);

        // What another host says, to which a redirect has led, is not about the token: it never had it.
        if (response.StatusCode != HttpStatusCode.Unauthorized || Redirection.HasLed(request) || _client.WasJustRenewed(key, token))
        {
            return response;
        }

        OAuthToken renewed;
        try
        {
            if (!_client.Options.IsTokenExpired(await UnauthorizedResponse.ReadErrorAsync(response, cancellationToken).ConfigureAwait(false)))
            {
                return response;
            }

            // Also if the body can't be sent again: the next request has the new token then.
            renewed = await _client.RenewAsync(key, token.AccessToken, cancellationToken).ConfigureAwait(false);
            if (renewed.AccessToken == token.AccessToken || !ResendableContent.Is(request.Content))
            {
                return response;
            }
        }
        catch (TokenRefusedException) when (_client.Options.SendWithoutToken)
        {
            // From now on there is nothing to send; what was sent has its answer.
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }

        response.Dispose();
        _client.Diagnostics.Retry();
        return await SendAsync(request, renewed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Not supported: token stores and providers are asked asynchronously.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"HttpClient.Send can't be used with the tokens of client '{_client.Name}', which are stored and renewed asynchronously. Use SendAsync.");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, OAuthToken token, CancellationToken cancellationToken)
    {
        ThrowIfReadable(request);
        request.Headers.Authorization = new AuthenticationHeaderValue(_client.Options.Scheme, token.AccessToken);
        try
        {
            return await PassOnAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Whoever sends the same request again, as a handler that retries does, gets the token of then.
            request.Headers.Authorization = null;
        }
    }

    private async Task<HttpResponseMessage> PassOnAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri? address = request.RequestUri;
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Redirection.Note(request, address);
        }
    }

    // A grant that was refused just now leaves the same as one that was never given: nothing to send.
    private async Task<OAuthToken> TokenAsync(TokenKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (TokenRefusedException) when (_client.Options.SendWithoutToken)
        {
            return OAuthToken.Empty;
        }
    }

    private TokenRefusedException Nobody() => new(
        $"There is no token of client '{_client.Name}' to send: nobody has signed in, or somebody has signed out. Sign in; app.UseTokenSignIn leads a user there. "
        + "To send such requests without a token, set SendWithoutToken.") { Client = _client.Name };

    private void ThrowIfReadable(HttpRequestMessage request)
    {
        if (_client.Options.RequireHttps && request.RequestUri is { } address && address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
        {
            throw new InvalidOperationException(
                $"A token of client '{_client.Name}' would go to {address.Host} over {address.Scheme}, where it can be read on the way. Use https, or set RequireHttps to false.");
        }
    }

    private async ValueTask<TokenKey?> KeyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(TokenRequestExtensions.OwnerKey, out string? owner))
        {
            owner = _session?.Owner ?? await _client.OwnerAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!request.Options.TryGetValue(TokenRequestExtensions.IdentityKey, out AuthIdentity? identity))
        {
            identity = owner == _session?.Owner ? _session.Identity : null;
            identity ??= await _client.IdentityAsync(owner, cancellationToken).ConfigureAwait(false);
        }

        return identity is null ? null : new TokenKey(_client.Name, owner, identity);
    }
}
