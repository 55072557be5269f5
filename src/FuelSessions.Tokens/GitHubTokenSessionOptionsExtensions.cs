namespace FuelSessions.Tokens;

/// <summary>What GitHub's documentation says of its OAuth (docs.github.com/apps, "Refreshing user access tokens").</summary>
public static class GitHubTokenSessionOptionsExtensions
{
    /// <summary>
    /// GitHub: its addresses; refusals of a grant, which it answers with status 200; the wording of a 401 for a token that has expired. Apps
    /// with expiring user tokens get a refresh token, other tokens last until they are revoked. Its API demands a <c>User-Agent</c>. It revokes
    /// tokens at an address of another kind than RFC 7009 has.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <param name="clientId">The app's client identifier.</param>
    /// <param name="clientSecret">Its secret.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UseGitHub(this TokenSessionOptions options, string clientId, string clientSecret)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ClientId = clientId;
        options.ClientSecret = clientSecret;
        options.ClientAuthentication = ClientAuthentication.Form;
        options.TokenEndpoint = new Uri("https://github.com/login/oauth/access_token");
        options.AuthorizationEndpoint = new Uri("https://github.com/login/oauth/authorize");
        options.IsGrantRefused = static error => error.Error is "bad_refresh_token" or "bad_verification_code" or "invalid_grant";
        options.IsTokenExpired = static error => TokenSessionOptions.SaysExpired(error) || error.Description == "Bad credentials";
        return options;
    }
}
