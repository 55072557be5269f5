namespace FuelSessions.Tokens.Endpoint;

internal static class Times
{
    /// <summary>The time without its fraction of a second. All times of a token are such, so that every store gives back what it got.</summary>
    internal static DateTimeOffset InSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    internal static DateTimeOffset? InSeconds(DateTimeOffset? time) => time is { } known ? InSeconds(known) : null;

    /// <summary>
    /// From when on nothing of a token is of use: the end of its refresh token, or of its access token where there is no other or that ends later; null: not known.
    /// </summary>
    internal static DateTimeOffset? Last(DateTimeOffset? access, bool hasRefreshToken, DateTimeOffset? refresh) =>
        !hasRefreshToken || access > refresh ? access : refresh;
}
