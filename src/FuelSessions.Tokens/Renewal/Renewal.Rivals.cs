namespace FuelSessions.Tokens.Renewal;

/// <summary>What becomes of a renewal that another process, or a person, came before.</summary>
internal sealed partial class Renewal
{
    /// <summary>After a refusal: whether another process had used the refresh token up, and there is a successor.</summary>
    private async Task<OAuthToken> AdoptOrClearAsync(TokenRefusedException refusal)
    {
        HeldToken refused = _held;
        using var patience = new CancellationTokenSource(tools.Options.LockLifetime, tools.Clock);
        try
        {
            _held = await tools.Shelf.ReadAsync(key, patience.Token).ConfigureAwait(false);
            if (_held.Token.IsSameIssueAs(refused.Token))
            {
                await tools.Shelf.TryClearAsync(key, refused, patience.Token).ConfigureAwait(false);
            }
            else if (_held.Token.AccessToken != rejected && _held.Token.IsAlive(tools.Clock.GetUtcNow()))
            {
                tools.Diagnostics.Adopted(key);
                return _held.Token;
            }
        }
        catch (Exception error)
        {
            // What counts for the callers is the refusal.
            tools.Diagnostics.ClearFailed(key, error);
        }

        throw refusal;
    }

    /// <summary>Somebody signed in or out while the provider was asked: what they left counts.</summary>
    private async Task<OAuthToken> YieldAsync(OAuthToken next)
    {
        using var patience = new CancellationTokenSource(tools.Options.LockLifetime, tools.Clock);
        _held = await tools.Shelf.ReadAsync(key, patience.Token).ConfigureAwait(false);
        if (_held.Token.AccessToken.Length == 0)
        {
            throw new TokenRefusedException($"The token of client '{tools.Client}' was deleted while it was renewed. Sign in again.") { Client = tools.Client };
        }

        // The same, where an earlier attempt to write it had only seemed to fail.
        if (_held.Token.IsSameIssueAs(next))
        {
            tools.Diagnostics.Refreshed(key);
        }
        else
        {
            tools.Diagnostics.Adopted(key);
        }

        return _held.Token;
    }
}
