namespace FuelSessions.Tokens.Stores;

/// <summary>
/// A token as it is stored: both secrets and the extra fields under Data Protection, everything else readable. Times have millisecond precision;
/// those of a token are whole seconds, so that no store changes them.
/// </summary>
/// <param name="Version">Drawn at random for each write, never 0: a write replaces only the version that its writer has read.</param>
/// <param name="AccessToken">The protected access token; null if there is none.</param>
/// <param name="RefreshToken">The protected refresh token; null if there is none.</param>
/// <param name="Extra">The protected other fields of the answer; null if there are none.</param>
internal sealed record StoredToken(
    long Version,
    string? AccessToken,
    string? RefreshToken,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RefreshTokenExpiresAt,
    string? Scope,
    OAuthTokenRef? Ref,
    string? Extra = null)
{
    /// <summary>From when on nothing of it is of use, so that the store may forget it; null: never.</summary>
    internal DateTimeOffset? EndsAt => Endpoint.Times.Last(ExpiresAt, RefreshToken is not null, RefreshTokenExpiresAt);

    public override string ToString() => $"StoredToken version {Version:x}";
}
