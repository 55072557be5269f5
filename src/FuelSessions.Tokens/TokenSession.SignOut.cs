using FuelSessions.Tokens.Renewal;

namespace FuelSessions.Tokens;

public sealed partial class TokenSession
{
    // Other processes renew a token once in minutes at most: who has met as many successors meets something else.
    private const int MostSuccessors = 3;

    /// <summary>Deletes the token of this identity here, not at the provider. The identity stays, and stays remembered.</summary>
    public Task ClearAsync(CancellationToken cancellationToken = default) =>
        Identity is { } identity ? ClearAsync(identity, cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// Revokes both tokens at the provider (RFC 7009), if <see cref="TokenSessionOptions.RevocationEndpoint"/> is set, and deletes them here in any
    /// case; with them what a renewal brings that is under way. The provider is asked also while it wants to be left alone.
    /// </summary>
    /// <exception cref="TokenRequestException">The provider did not revoke them: it may still accept them. Here they were deleted.</exception>
    public async Task RevokeAsync(CancellationToken cancellationToken = default)
    {
        if (Identity is not { } identity)
        {
            return;
        }

        _client.ThrowIfReadOnly(Key(identity));
        try
        {
            if (_client.Options.RevocationEndpoint is { } endpoint)
            {
                await RevokeAsync(endpoint, Key(identity), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await ClearAsync(identity, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // A renewal that is under way ends with tokens that would outlive the sign-out: one of this process is waited for, and what another has stored meanwhile is revoked as well.
    private async Task RevokeAsync(Uri endpoint, TokenKey key, CancellationToken cancellationToken)
    {
        await _client.RenewalAsync(key, cancellationToken).ConfigureAwait(false);
        for (int revoked = 0; revoked <= MostSuccessors; revoked++)
        {
            HeldToken held = await _client.Shelf.ReadAsync(key, cancellationToken).ConfigureAwait(false);
            await RevokeAsync(endpoint, held.Token, cancellationToken).ConfigureAwait(false);
            if (held.Token.IsEmpty || await _client.Shelf.TryClearAsync(key, held, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    // The refresh token first: it is the one that lasts. The other is asked about also if that failed.
    private async Task RevokeAsync(Uri endpoint, OAuthToken token, CancellationToken cancellationToken)
    {
        TokenRequestException? failure = null;
        if (token.RefreshToken is { Length: > 0 } refresh)
        {
            failure = await TryRevokeAsync(endpoint, refresh, "refresh_token", cancellationToken).ConfigureAwait(false);
        }

        if (token.AccessToken.Length > 0)
        {
            TokenRequestException? second = await TryRevokeAsync(endpoint, token.AccessToken, "access_token", cancellationToken).ConfigureAwait(false);

            // Access tokens that nobody looks up can't be revoked (RFC 7009, section 2.2.1); what renewed them is.
            failure ??= second?.Error?.Error == "unsupported_token_type" && !string.IsNullOrEmpty(token.RefreshToken) ? null : second;
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task<TokenRequestException?> TryRevokeAsync(Uri endpoint, string token, string hint, CancellationToken cancellationToken)
    {
        try
        {
            await _client.Endpoint.RevokeAsync(endpoint, token, hint, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (TokenRequestException error)
        {
            return error;
        }
    }

    private async Task ClearAsync(AuthIdentity identity, CancellationToken cancellationToken)
    {
        _client.ThrowIfReadOnly(Key(identity));
        await _client.Shelf.ClearAsync(Key(identity), cancellationToken).ConfigureAwait(false);

        // Also if the token was renewed meanwhile; but not if the session is another identity's by now.
        for (State seen = Current; seen.Identity == identity && !Become(seen, OAuthToken.Empty); seen = Current)
        {
        }
    }
}
