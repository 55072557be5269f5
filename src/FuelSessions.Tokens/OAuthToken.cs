namespace FuelSessions.Tokens;

/// <summary>
/// What an OAuth provider issued (RFC 6749, section 5.1), with times made absolute when it arrived. Immutable. Two are equal if all
/// their values are. Its text form holds no secret.
/// </summary>
public sealed record OAuthToken
{
    // Typed so that two tokens are equal where this is.
    private readonly ExtraFields _extra = ExtraFields.None;

    /// <summary>No token: nothing is stored, or nothing is to be.</summary>
    public static OAuthToken Empty { get; } = new();

    /// <summary>What is sent to the API; empty if there is none.</summary>
    public string AccessToken { get; init; } = "";

    /// <summary>What the next access token is asked for with; null if the provider gave none.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>When the token arrived; null if that is not known. With <see cref="ExpiresAt"/> it tells how long the token lives.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>From when on the access token is not accepted any more; null if the provider did not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>From when on the refresh token is not accepted any more; null if that is not known.</summary>
    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    /// <summary>What the token permits, names separated by spaces (RFC 6749, section 3.3); null if the provider did not say.</summary>
    public string? Scope { get; init; }

    /// <summary>What the token was issued for; null if the provider did not say.</summary>
    public OAuthTokenRef? Ref { get; init; }

    /// <summary>
    /// What else the provider answered, such as <c>id_token</c> or <c>instance_url</c>, by name: texts as they are, anything else as JSON. Stored
    /// encrypted. A renewal's answer adds to it and replaces. Values of more than 32 KB are left out.
    /// </summary>
    public IReadOnlyDictionary<string, string> Extra { get => _extra; init => _extra = ExtraFields.Of(value); }

    /// <summary>Whether there is nothing in it that anything could be done with.</summary>
    public bool IsEmpty => AccessToken.Length == 0 && string.IsNullOrEmpty(RefreshToken) && Ref is null;

    /// <summary>Whether it is the same issue of a token: both secrets are the same.</summary>
    internal bool IsSameIssueAs(OAuthToken other) => AccessToken == other.AccessToken && (RefreshToken ?? "") == (other.RefreshToken ?? "");

    /// <summary>What kinds of token there are and when they end, never a token.</summary>
    public override string ToString() => IsEmpty
        ? "OAuthToken { Empty }"
        : $"OAuthToken {{ AccessToken = {Redacted(AccessToken)}, RefreshToken = {Redacted(RefreshToken)}, ExpiresAt = {ExpiresAt:u}, Scope = {Scope}, Ref = {Ref} }}";

    private static string Redacted(string? secret) => string.IsNullOrEmpty(secret) ? "none" : "[redacted]";
}
