using FuelSessions.Tokens.Stores;

namespace FuelSessions.Tokens.EntityFrameworkCore.Schema;

/// <summary>A row of the tokens table. Times are Unix milliseconds: they compare the same on every provider.</summary>
internal sealed class TokenRow
{
    /// <summary>32 bytes: a hash, so that whose token it is can't be read.</summary>
    public required byte[] TokenKey { get; init; }

    /// <summary>The client's name, for people.</summary>
    public required string Client { get; init; }

    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public long? IssuedAt { get; init; }

    public long? ExpiresAt { get; init; }

    public long? RefreshExpiresAt { get; init; }

    public string? Scope { get; init; }

    public string? RefType { get; init; }

    public string? RefId { get; init; }

    public string? Extra { get; init; }

    public required long Version { get; init; }

    /// <summary>From when on the row is of no use; null: never.</summary>
    public long? EndsAt { get; init; }

    internal static TokenRow Of(byte[] key, string client, StoredToken token) => new()
    {
        TokenKey = key,
        Client = client,
        AccessToken = token.AccessToken,
        RefreshToken = token.RefreshToken,
        IssuedAt = token.IssuedAt?.ToUnixTimeMilliseconds(),
        ExpiresAt = token.ExpiresAt?.ToUnixTimeMilliseconds(),
        RefreshExpiresAt = token.RefreshTokenExpiresAt?.ToUnixTimeMilliseconds(),
        Scope = token.Scope,
        RefType = token.Ref?.Type,
        RefId = token.Ref?.Id,
        Extra = token.Extra,
        Version = token.Version,
        EndsAt = token.EndsAt?.ToUnixTimeMilliseconds(),
    };

    /// <exception cref="StoredTokenFormatException">A time is none.</exception>
    internal StoredToken Token() => new(
        Version,
        AccessToken,
        RefreshToken,
        Time(IssuedAt),
        Time(ExpiresAt),
        Time(RefreshExpiresAt),
        Scope,
        RefType is not null && RefId is not null ? new OAuthTokenRef(RefType, RefId) : null,
        Extra);

    private DateTimeOffset? Time(long? milliseconds)
    {
        try
        {
            return milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new StoredTokenFormatException("A time of the stored row is not what was stored.", error, Version);
        }
    }
}
