using System.Security.Cryptography;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// One renewal of one token: takes what another has renewed, or else asks the provider, while no other process does. What can't be closed:
/// a process that dies between the provider's answer and the write takes the new refresh token with it.
/// </summary>
internal sealed class Renewal(RenewalTools tools, TokenKey key, string? rejected)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    // As it was read last.
    private HeldToken _held = new(OAuthToken.Empty, OAuthToken.Empty);

    /// <summary>A token that is fresh and not the rejected one; or one that could not be renewed this time but is still alive.</summary>
    internal async Task<OAuthToken> RunAsync()
    {
        try
        {
            return await TakeTurnAsync().ConfigureAwait(false);
        }
        catch (TokenRefusedException error)
        {
            tools.Diagnostics.Refused(key, error);
            throw;
        }
        catch (TokenRequestException error) when (error.IsTransient && _held.Token.AccessToken != rejected && _held.Token.IsAlive(tools.Clock.GetUtcNow()))
        {
            tools.Diagnostics.FailedButAlive(key, error);
            return _held.Token;
        }
        catch (Exception error)
        {
            tools.Diagnostics.Failed(key, error);
            throw;
        }
    }

    private async Task<OAuthToken> TakeTurnAsync()
    {
        using var patience = new CancellationTokenSource(tools.Options.LockLifetime + tools.Options.RequestTimeout, tools.Clock);
        IAsyncDisposable? hold = null;
        try
        {
            hold = await AcquireAsync(patience.Token).ConfigureAwait(false);
            if (hold is null || await IsRenewedAsync(patience.Token).ConfigureAwait(false))
            {
                tools.Diagnostics.Adopted(key);
                return _held.Token;
            }

            return await RefreshAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            // Nobody else can have cancelled it.
            throw new TokenRequestException(
                $"The token of client '{tools.Client}' could not be renewed within LockLifetime and RequestTimeout: another process has been at it all the time, or the token store does not answer.",
                inner: error);
        }
        finally
        {
            await ReleaseAsync(hold).ConfigureAwait(false);
        }
    }

    /// <summary>The lock; null if meanwhile another has renewed the token.</summary>
    private async Task<IAsyncDisposable?> AcquireAsync(CancellationToken patience)
    {
        TimeSpan pause = ShortestPause;
        while (!await IsRenewedAsync(patience).ConfigureAwait(false))
        {
            if (await tools.Lock.TryAcquireAsync(key, tools.Options.LockLifetime, patience).ConfigureAwait(false) is { } hold)
            {
                return hold;
            }

            if (pause == ShortestPause)
            {
                tools.Diagnostics.LockWait();
            }

            // Half of it at random, so that those who wait do not all ask at once.
            await Task.Delay(pause * (1 - RandomNumberGenerator.GetInt32(512) / 1024.0), tools.Clock, patience).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }

        return null;
    }

    private async Task<bool> IsRenewedAsync(CancellationToken cancellationToken)
    {
        _held = await tools.Shelf.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        return _held.Token.AccessToken != rejected && _held.Token.IsFresh(tools.Clock.GetUtcNow(), tools.Options.RenewBefore);
    }

    private async Task<OAuthToken> RefreshAsync()
    {
        if (_held.Token.RefreshToken is not { Length: > 0 } refreshToken)
        {
            throw new TokenRefusedException(_held.Token.AccessToken.Length == 0
                ? $"Client '{tools.Client}' has no token to renew: nobody has signed in by '{key.Identity.Type}', or somebody has signed out. Sign in."
                : $"The access token of client '{tools.Client}' is no good any more, and the provider gave no refresh token to renew it with. Sign in again.");
        }

        OAuthToken next;
        try
        {
            // Nobody's cancellation: once the provider has rotated, its answer must be read.
            next = await tools.Endpoint.RequestAsync("refresh_token", [new("refresh_token", refreshToken)], CancellationToken.None).ConfigureAwait(false);
        }
        catch (TokenRefusedException refusal)
        {
            return await AdoptOrClearAsync(refusal).ConfigureAwait(false);
        }

        next = Issue.Complete(next, _held.Token, tools.Options);
        if (!await tools.Shelf.ReplaceAsync(key, _held, next).ConfigureAwait(false))
        {
            return await YieldAsync(next).ConfigureAwait(false);
        }

        await tools.Remembered.ProlongAsync(key, next).ConfigureAwait(false);
        tools.Diagnostics.Refreshed(key);
        return next;
    }

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
            throw new TokenRefusedException($"The token of client '{tools.Client}' was deleted while it was renewed. Sign in again.");
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

    private async Task ReleaseAsync(IAsyncDisposable? hold)
    {
        try
        {
            await (hold?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // It ends by itself; the renewal is done.
            tools.Diagnostics.ReleaseFailed(key, error);
        }
    }
}
