using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Stores;

/// <summary>A manager of this project's: any store, with the secrets encrypted, and with a lock.</summary>
internal sealed class StoredTokenManager : ITokenSessionManager, ITokenRenewalLock, IAsyncDisposable
{
    private const string AccessField = "access_token";
    private const string RefreshField = "refresh_token";
    private const string ExtraField = "extra";

    private readonly ITokenStore _store;
    private readonly ITokenRenewalLock _lock;
    private readonly TokenProtector _protector;
    private readonly DecryptedTokens _decrypted = new();
    private readonly ILogger _logger;

    internal StoredTokenManager(ITokenStore store, TokenStoreContext context)
    {
        _store = store;
        _lock = store as ITokenRenewalLock ?? new StoredLock(store, context.Clock);
        _logger = context.Loggers.CreateLogger("FuelSessions.Tokens");
        _protector = new TokenProtector(
            context.DataProtection ?? (store as IBringDataProtection)?.DataProtection ?? throw new InvalidOperationException(
                $"The tokens of client '{context.Client}' can't be encrypted: there is no Data Protection. Call services.AddDataProtection(), or set "
                + "TokenSessionOptions.DataProtection, for instance to DataProtectionProvider.Create(folder)."),
            context.Client);
    }

    internal ITokenStore Store => _store;

    public async Task<OAuthToken> GetAsync(TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return (await ReadAsync(key, cancellationToken).ConfigureAwait(false)).Token;
    }

    public async Task SetAsync(OAuthToken token, TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(key);

        // Who loses to another writer comes after it, as in any order of the two.
        while (!await _store.TryWriteAsync(
            key, (await ReadAsync(key, cancellationToken).ConfigureAwait(false)).Version, Protect(token, key), cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<bool> TryReplaceAsync(OAuthToken expected, OAuthToken next, TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(key);
        (long version, OAuthToken stored) = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
        return expected.IsSameIssueAs(stored)
            && await _store.TryWriteAsync(key, version, Protect(next, key), cancellationToken).ConfigureAwait(false);
    }

    public Task<IAsyncDisposable?> TryAcquireAsync(TokenKey key, TimeSpan lifetime, CancellationToken cancellationToken = default) =>
        _lock.TryAcquireAsync(key, lifetime, cancellationToken);

    /// <summary>Closes what the store has opened for itself, such as a connection.</summary>
    public ValueTask DisposeAsync() => _store is IAsyncDisposable store ? store.DisposeAsync() : default;

    private async ValueTask<(long Version, OAuthToken Token)> ReadAsync(TokenKey key, CancellationToken cancellationToken)
    {
        long version = 0;
        try
        {
            if (await _store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                _decrypted.Forget(key);
                return (0, OAuthToken.Empty);
            }

            version = stored.Version;
            if (_decrypted.Of(key, stored) is not { } token)
            {
                token = Unprotect(stored, key);
                _decrypted.Keep(key, stored, token);
            }

            return (version, token);
        }
        catch (Exception error) when (error is StoredTokenFormatException or CryptographicException)
        {
            // Never taken for plain text. It is overwritten by the next sign-in.
            _decrypted.Forget(key);
            StoreLog.Unreadable(_logger, key.Client, key.Identity.Type, error);
            return ((error as StoredTokenFormatException)?.Version ?? version, OAuthToken.Empty);
        }
    }

    private StoredToken? Protect(OAuthToken token, TokenKey key) => token.IsEmpty ? null : new StoredToken(
        NewVersion(),
        token.AccessToken.Length == 0 ? null : _protector.Protect(token.AccessToken, key, AccessField),
        string.IsNullOrEmpty(token.RefreshToken) ? null : _protector.Protect(token.RefreshToken, key, RefreshField),
        WholeSeconds(token.IssuedAt),
        WholeSeconds(token.ExpiresAt),
        WholeSeconds(token.RefreshTokenExpiresAt),
        token.Scope,
        token.Ref,
        StoredTokenJson.EncodeExtra(token.Extra) is { } extra ? _protector.Protect(extra, key, ExtraField) : null);

    private OAuthToken Unprotect(StoredToken stored, TokenKey key) => new()
    {
        AccessToken = stored.AccessToken is { } access ? _protector.Unprotect(access, key, AccessField) : "",
        RefreshToken = stored.RefreshToken is { } refresh ? _protector.Unprotect(refresh, key, RefreshField) : null,
        IssuedAt = stored.IssuedAt,
        ExpiresAt = stored.ExpiresAt,
        RefreshTokenExpiresAt = stored.RefreshTokenExpiresAt,
        Scope = stored.Scope,
        Ref = stored.Ref,
        Extra = stored.Extra is { } extra ? StoredTokenJson.DecodeExtra(_protector.Unprotect(extra, key, ExtraField), stored.Version) : ExtraFields.None,
    };

    // What each store can keep; OAuth counts in seconds.
    private static DateTimeOffset? WholeSeconds(DateTimeOffset? time) =>
        time is { } exact ? DateTimeOffset.FromUnixTimeSeconds(exact.ToUnixTimeSeconds()) : null;

    internal static long NewVersion()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue | 1;
    }
}
