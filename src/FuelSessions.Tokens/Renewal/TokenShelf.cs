using System.Collections.Concurrent;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// The manager's tokens, and those that it failed to store. A provider that rotates has forgotten the predecessor of such a token: as long
/// as the process lives it is kept here, and counts in place of what is stored, until that is stored or something else is.
/// </summary>
internal sealed class TokenShelf(ITokenSessionManager manager, TimeProvider clock, TimeSpan patience, TokenDiagnostics diagnostics)
{
    private const int MostUnsaved = 10_000;

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1)];

    private readonly ConcurrentDictionary<TokenKey, HeldToken> _unsaved = new();

    internal async Task<HeldToken> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        // Looked up before the store is read, so that what is read is never older than it.
        if (!_unsaved.TryGetValue(key, out HeldToken unsaved))
        {
            OAuthToken stored = await manager.GetAsync(key, cancellationToken).ConfigureAwait(false);
            return new HeldToken(stored, stored);
        }

        try
        {
            return await SaveAsync(key, unsaved, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            diagnostics.StillUnsaved(key, error);
            return unsaved;
        }
    }

    /// <summary>
    /// Puts <paramref name="next"/> in place of what was read. False: something else is stored by now, and was left alone. Where the store
    /// fails, this tries again for a while, and then keeps the token here.
    /// </summary>
    internal Task<bool> ReplaceAsync(TokenKey key, HeldToken held, OAuthToken next) =>
        WriteAsync(key, () => held.Stored, next, cancellationToken => TryReplaceAsync(key, held, next, cancellationToken));

    /// <summary>Puts a token in place of whatever is stored. Where the store fails, as above.</summary>
    /// <exception cref="InvalidOperationException">The store says that it can't be stored there, ever.</exception>
    internal async Task PutAsync(TokenKey key, OAuthToken token)
    {
        OAuthToken? before = null;
        _unsaved.TryRemove(key, out _);
        await WriteAsync(key, () => before, token, async cancellationToken =>
        {
            before = await manager.GetAsync(key, cancellationToken).ConfigureAwait(false);
            await manager.SetAsync(token, key, cancellationToken).ConfigureAwait(false);
            return true;
        }, error => error is InvalidOperationException or SessionUnprovedException).ConfigureAwait(false);
    }

    /// <summary>Deletes a token, if it is still the one that was read.</summary>
    internal Task<bool> TryClearAsync(TokenKey key, HeldToken held, CancellationToken cancellationToken)
    {
        _unsaved.TryRemove(new(key, held));
        return TryReplaceAsync(key, held, OAuthToken.Empty, cancellationToken);
    }

    /// <summary>Deletes whatever is stored.</summary>
    internal Task ClearAsync(TokenKey key, CancellationToken cancellationToken)
    {
        _unsaved.TryRemove(key, out _);
        return manager.SetAsync(OAuthToken.Empty, key, cancellationToken);
    }

    /// <summary>Stores what is still to be stored: a key's token, or all. What fails is logged and stays here.</summary>
    /// <returns>The last failure; null if nothing is left to be stored.</returns>
    internal async Task<Exception?> SaveAsync(TokenKey? only, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        foreach ((TokenKey key, HeldToken unsaved) in _unsaved.Where(entry => only is null || entry.Key == only))
        {
            try
            {
                await SaveAsync(key, unsaved, either.Token).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                diagnostics.StillUnsaved(key, error);
                failure = error;
            }
        }

        return failure;
    }

    private async Task<HeldToken> SaveAsync(TokenKey key, HeldToken unsaved, CancellationToken cancellationToken)
    {
        if (await TryReplaceAsync(key, unsaved, unsaved.Token, cancellationToken).ConfigureAwait(false))
        {
            _unsaved.TryRemove(new(key, unsaved));
            diagnostics.Saved(key);
            return new HeldToken(unsaved.Token, unsaved.Token);
        }

        // It is stored already, by another caller or by a write that failed afterwards; or somebody has signed in or out since.
        OAuthToken stored = await manager.GetAsync(key, cancellationToken).ConfigureAwait(false);
        _unsaved.TryRemove(new(key, unsaved));
        return new HeldToken(stored, stored);
    }

    private async Task<bool> TryReplaceAsync(TokenKey key, HeldToken held, OAuthToken next, CancellationToken cancellationToken)
    {
        if (held.Stored is { } known)
        {
            return await manager.TryReplaceAsync(known, next, key, cancellationToken).ConfigureAwait(false);
        }

        // A sign-in takes the place of whatever was there before it.
        OAuthToken found = await manager.GetAsync(key, cancellationToken).ConfigureAwait(false);
        return !(found.IssuedAt > held.Token.IssuedAt) && await manager.TryReplaceAsync(found, next, key, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="before">What is stored, as far as is known when writing has failed for good.</param>
    /// <param name="isFinal">Whether whoever waits for the token is better told of a failure than given a token that is not stored.</param>
    private async Task<bool> WriteAsync(
        TokenKey key,
        Func<OAuthToken?> before,
        OAuthToken next,
        Func<CancellationToken, Task<bool>> write,
        Func<Exception, bool>? isFinal = null)
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                bool isWritten = await write(deadline.Token).ConfigureAwait(false);
                if (isWritten)
                {
                    _unsaved.TryRemove(key, out _);
                }

                return isWritten;
            }
            catch (Exception error) when (isFinal?.Invoke(error) is true)
            {
                throw;
            }
            catch (Exception error) when (attempt < Pauses.Length && !deadline.IsCancellationRequested)
            {
                diagnostics.StoreFailed(key, attempt + 1, error);
                await Task.Delay(Pauses[attempt], clock, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Keep(key, new HeldToken(before(), next), error);
                return true;
            }
        }
    }

    private void Keep(TokenKey key, HeldToken unsaved, Exception error)
    {
        if (_unsaved.Count >= MostUnsaved && !_unsaved.ContainsKey(key))
        {
            diagnostics.Lost(key, error);
            return;
        }

        _unsaved[key] = unsaved;
        diagnostics.Unsaved(key, error);
    }
}
