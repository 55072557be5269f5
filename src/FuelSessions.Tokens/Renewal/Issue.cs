namespace FuelSessions.Tokens.Renewal;

/// <summary>Completes what a provider issued.</summary>
internal static class Issue
{
    /// <summary>Carries over from the predecessor what the answer leaves out (RFC 6749, section 6).</summary>
    /// <param name="previous"><see cref="OAuthToken.Empty"/> after a sign-in.</param>
    internal static OAuthToken Complete(OAuthToken answer, OAuthToken previous, TokenSessionOptions options)
    {
        string? refreshToken = answer.RefreshToken ?? previous.RefreshToken;
        DateTimeOffset? end = answer.RefreshTokenExpiresAt;
        if (end is null && refreshToken is not null)
        {
            // The end belongs to a refresh token: it stays only if that does.
            end = refreshToken == previous.RefreshToken ? previous.RefreshTokenExpiresAt : Endpoint.Times.InSeconds(answer.IssuedAt + options.RefreshTokenLifetime);
        }

        return answer with
        {
            RefreshToken = refreshToken,
            RefreshTokenExpiresAt = end,
            Scope = answer.Scope ?? previous.Scope,
            Ref = answer.Ref ?? previous.Ref,
            Extra = Both(previous.Extra, answer.Extra),
        };
    }

    private static IReadOnlyDictionary<string, string> Both(IReadOnlyDictionary<string, string> previous, IReadOnlyDictionary<string, string> answer)
    {
        if (previous.Count == 0 || answer.Count == 0)
        {
            return answer.Count == 0 ? previous : answer;
        }

        var both = new Dictionary<string, string>(previous, StringComparer.Ordinal);
        foreach ((string name, string value) in answer)
        {
            both[name] = value;
        }

        return both;
    }

    /// <summary>From when on nothing of a token is of use; null if that is not known.</summary>
    internal static DateTimeOffset? End(OAuthToken token) => Endpoint.Times.Last(token.ExpiresAt, !string.IsNullOrEmpty(token.RefreshToken), token.RefreshTokenExpiresAt);
}
