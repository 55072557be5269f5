namespace FuelSessions.Tokens.Stores;

/// <summary>
/// A lock for any store: an entry beside the token's, which whoever writes it first holds until it deletes it, or until it ends. Ends
/// are judged by each process's own clock.
/// </summary>
internal sealed class StoredLock(ITokenStore store, TimeProvider clock) : ITokenRenewalLock
{
    public async Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var name = new TokenKey(key.Client, key.Owner, key.Identity.Lock());
        DateTimeOffset now = clock.GetUtcNow();
        StoredToken? holder = await store.ReadAsync(name, cancellationToken).ConfigureAwait(false);
        if (holder?.ExpiresAt > now)
        {
            return null;
        }

        var own = new StoredToken(StoredTokenManager.NewVersion(), null, null, IssuedAt: now, ExpiresAt: now + lifetime, null, null, null);
        return await store.TryWriteAsync(name, holder?.Version ?? 0, own, cancellationToken).ConfigureAwait(false)
            ? new Hold(store, name, own.Version)
            : null;
    }

    private sealed class Hold(ITokenStore store, TokenKey name, long version) : IAsyncDisposable
    {
        // Only its own version: after the end it may be another's.
        public async ValueTask DisposeAsync() => await store.TryWriteAsync(name, version, null, CancellationToken.None).ConfigureAwait(false);
    }
}
