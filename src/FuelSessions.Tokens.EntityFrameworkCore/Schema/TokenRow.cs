using FuelSessions.Tokens.Stores;

namespace FuelSessions.Tokens.EntityFrameworkCore.Schema;

/// <summary>
/// A row of the tokens table, as the app's model and its migrations see it. Not for use by the app. Times are Unix milliseconds: they compare the
/// same on every provider.
/// </summary>
/// <remarks>Public, open and virtual, so that compiled models and proxies of an app's context work.</remarks>
public class TokenRow
{
    /// <summary>32 bytes: a hash, so that whose token it is can't be read.</summary>
    public virtual required byte[] TokenKey { get; set; }

    /// <summary>The client's name, for people.</summary>
    public virtual required string Client { get; set; }

    /// <summary>The access token, encrypted.</summary>
    public virtual string? AccessToken { get; set; }

    /// <summary>The refresh token, encrypted; null if there is none.</summary>
    public virtual string? RefreshToken { get; set; }

    /// <summary>When it was issued.</summary>
    public virtual long? IssuedAt { get; set; }

    /// <summary>When the access token ends; null: not known.</summary>
    public virtual long? ExpiresAt { get; set; }

    /// <summary>When the refresh token ends; null: not known.</summary>
    public virtual long? RefreshExpiresAt { get; set; }

    /// <summary>What it permits, as the provider said.</summary>
    public virtual string? Scope { get; set; }

    /// <summary>What it refers to: the kind.</summary>
    public virtual string? RefType { get; set; }

    /// <summary>What it refers to: the identifier.</summary>
    public virtual string? RefId { get; set; }

    /// <summary>What else the provider answered, encrypted.</summary>
    public virtual string? Extra { get; set; }

    /// <summary>Drawn at random with each write.</summary>
    public virtual required long Version { get; set; }

    /// <summary>From when on the row is of no use; null: never.</summary>
    public virtual long? EndsAt { get; set; }

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
