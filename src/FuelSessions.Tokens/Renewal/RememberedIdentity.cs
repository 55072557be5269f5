namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// Which identity each owner used last, for those that name none. Kept by the same manager, as a token that has nothing but
/// <see cref="OAuthToken.Ref"/>; it ends when the identity's token does.
/// </summary>
internal sealed class RememberedIdentity(string client, ITokenSessionManager manager, TimeProvider clock, TimeSpan patience, TokenDiagnostics diagnostics)
{
    internal async Task<AuthIdentity?> ReadAsync(string owner, CancellationToken cancellationToken)
    {
        OAuthToken stored = await manager.GetAsync(Key(owner), cancellationToken).ConfigureAwait(false);
        try
        {
            return stored.Ref is { } last ? new AuthIdentity(last.Type, last.Id) : null;
        }
        catch (ArgumentException)
        {
            // Not of our writing.
            return null;
        }
    }

    /// <summary>Remembers the identity of a token that was just issued or chosen. A failure is logged only: the token itself is stored.</summary>
    internal Task WriteAsync(TokenKey key, OAuthToken token) => WriteAsync(key, token, evenIfAnother: true);

    /// <summary>After a renewal: has the identity remembered for longer, if it is the one that is.</summary>
    internal Task ProlongAsync(TokenKey key, OAuthToken token) => WriteAsync(key, token, evenIfAnother: false);

    private async Task WriteAsync(TokenKey key, OAuthToken token, bool evenIfAnother)
    {
        DateTimeOffset? end = Issue.End(token);
        var next = new OAuthToken { ExpiresAt = end, RefreshTokenExpiresAt = end, Ref = new OAuthTokenRef(key.Identity.Type, key.Identity.Identifier) };
        using var deadline = new CancellationTokenSource(patience, clock);
        try
        {
            OAuthToken stored = await manager.GetAsync(Key(key.Owner), deadline.Token).ConfigureAwait(false);
            if (stored != next && (evenIfAnother || stored.Ref == next.Ref))
            {
                await manager.SetAsync(next, Key(key.Owner), deadline.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            diagnostics.RememberFailed(error);
        }
    }

    private TokenKey Key(string owner) => new(client, owner, AuthIdentity.Remembered);
}
