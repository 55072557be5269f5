namespace FuelSessions.Tokens.Renewal;

/// <summary>Judges the age of access tokens.</summary>
internal static class Freshness
{
    /// <summary>
    /// Whether an access token can be used without a thought of renewing it: it does not end within <paramref name="renewBefore"/>, or within
    /// a tenth of its life if that is less. One that can't be renewed is fresh to its end; one with no known end always.
    /// </summary>
    /// <param name="onDemand">Whether it can be renewed without a refresh token.</param>
    internal static bool IsFresh(this OAuthToken token, DateTimeOffset now, TimeSpan renewBefore, bool onDemand)
    {
        TimeSpan margin = string.IsNullOrEmpty(token.RefreshToken) && !onDemand ? TimeSpan.Zero : renewBefore;
        if (token.ExpiresAt - token.IssuedAt is { } life && life / 10 < margin)
        {
            margin = life / 10;
        }

        return token.AccessToken.Length > 0 && (token.ExpiresAt is not { } end || now < end - margin);
    }

    /// <summary>Whether an access token is still accepted, as far as is known.</summary>
    internal static bool IsAlive(this OAuthToken token, DateTimeOffset now) => token.AccessToken.Length > 0 && !(token.ExpiresAt <= now);
}
