namespace FuelSessions.Tokens;

/// <summary>
/// An ability of a token manager: lets one of several processes renew a token while the others wait and then adopt what it stored.
/// A manager implements it beside <see cref="ITokenSessionManager"/>.
/// </summary>
public interface ITokenRenewalLock
{
    /// <summary>Tries once, without waiting, to be the one that renews the token of that key.</summary>
    /// <param name="key">The token's key.</param>
    /// <param name="lifetime">After which the lock ends by itself, so that a process that was killed holds up nobody for longer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What to dispose of to let go; disposing of it late does not end another holder's lock. Null: somebody else holds it.</returns>
    Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default);
}
