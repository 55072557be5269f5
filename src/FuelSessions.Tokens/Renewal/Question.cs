namespace FuelSessions.Tokens.Renewal;

/// <summary>What the provider is asked for one renewal: with the refresh token, or as the client signs in on demand.</summary>
internal sealed record Question(string Grant, IEnumerable<KeyValuePair<string, string>> Parameters)
{
    internal const string Refresh = "refresh_token";

    internal bool UsesRefreshToken => Grant == Refresh;

    /// <summary>Null: nothing can be asked, and somebody has to sign in.</summary>
    internal static Question? Of(OAuthToken held, TokenKey key, TokenSessionOptions options, DateTimeOffset now)
    {
        Question? onDemand = OnDemand(key, options);
        return held.RefreshToken is { Length: > 0 } refreshToken && (onDemand is null || !(held.RefreshTokenExpiresAt <= now))
            ? new Question(Refresh, [new("refresh_token", refreshToken), .. options.RefreshParameters])
            : onDemand;
    }

    internal static Question? OnDemand(TokenKey key, TokenSessionOptions options) =>
        options.OnDemand is { } signIn && signIn.Identity == key.Identity ? new Question(signIn.Grant, signIn.Parameters) : null;

    /// <summary>Names the grant only: the parameters are secrets.</summary>
    public override string ToString() => Grant;
}
