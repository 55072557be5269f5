namespace FuelSessions.Tokens;

/// <summary>
/// Keeps tokens between runs. A manager of your own needs the first two members; it is used by many callers at once.
/// What it is given is not encrypted: that is its own to do.
/// </summary>
public interface ITokenSessionManager
{
    /// <summary>The stored token; <see cref="OAuthToken.Empty"/>, never null, if there is none. Throws only when the store can't be reached.</summary>
    Task<OAuthToken> GetAsync(TokenKey key, CancellationToken cancellationToken = default);

    /// <summary>Stores a token in place of whatever is there; <see cref="OAuthToken.Empty"/> deletes it.</summary>
    Task SetAsync(OAuthToken token, TokenKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores <paramref name="next"/> only if <paramref name="expected"/> is the issue that is stored: the same secrets (<see cref="OAuthToken.Empty"/>: nothing).
    /// False: it is not, and nothing changed. The managers of this project do it atomically; this default reads, compares and writes, so
    /// that another process can come between.
    /// </summary>
    async Task<bool> TryReplaceAsync(OAuthToken expected, OAuthToken next, TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (!expected.IsSameIssueAs(await GetAsync(key, cancellationToken).ConfigureAwait(false)))
        {
            return false;
        }

        await SetAsync(next, key, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
