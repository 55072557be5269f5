using System.Collections.Concurrent;
using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens.Stores;

/// <summary>In this process, until it ends.</summary>
internal sealed class MemoryTokenStore : ITokenStore, IBringDataProtection
{
    private readonly ConcurrentDictionary<TokenKey, StoredToken> _tokens = new();

    /// <summary>Its keys last as long as the tokens.</summary>
    public IDataProtectionProvider DataProtection { get; } = new EphemeralDataProtectionProvider();

    public ValueTask<StoredToken?> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_tokens.GetValueOrDefault(key));
    }

    public ValueTask<bool> TryWriteAsync(TokenKey key, long version, StoredToken? next, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_tokens.TryGetValue(key, out StoredToken? stored))
        {
            return new(version == 0 && (next is null || _tokens.TryAdd(key, next)));
        }

        return new(stored.Version == version
            && (next is null ? _tokens.TryRemove(new(key, stored)) : _tokens.TryUpdate(key, next, stored)));
    }
}
