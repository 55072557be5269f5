using System.Collections.Concurrent;

namespace FuelSessions.Tokens.Stores;

/// <summary>
/// What was decrypted last, by key. Each call of an API reads its token, whose ciphers are the same from one renewal to the next, and to decrypt them takes longer than all
/// else that is done for the call.
/// </summary>
internal sealed class DecryptedTokens
{
    internal const int Most = 1000;

    private readonly ConcurrentDictionary<TokenKey, (StoredToken Stored, OAuthToken Token)> _tokens = new();

    /// <summary>The token of exactly that; null if it has to be decrypted.</summary>
    internal OAuthToken? Of(TokenKey key, StoredToken stored) =>
        _tokens.TryGetValue(key, out (StoredToken Stored, OAuthToken Token) known) && known.Stored == stored ? known.Token : null;

    internal void Keep(TokenKey key, StoredToken stored, OAuthToken token)
    {
        // All at once: those that are used are back with their next call.
        if (_tokens.Count >= Most)
        {
            _tokens.Clear();
        }

        _tokens[key] = (stored, token);
    }

    internal void Forget(TokenKey key) => _tokens.TryRemove(key, out _);
}
