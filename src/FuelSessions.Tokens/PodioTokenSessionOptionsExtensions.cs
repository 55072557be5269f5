namespace FuelSessions.Tokens;

/// <summary>What Podio's documentation says of its OAuth (developers.podio.com/authentication).</summary>
public static class PodioTokenSessionOptionsExtensions
{
    /// <summary>
    /// Podio: its addresses, the scheme <c>OAuth2</c>, and refresh tokens of 28 days (access tokens of 8 hours say so themselves). Its rate limit (status 420) keeps the token. It has no address to revoke tokens at.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <param name="clientId">The API key's name.</param>
    /// <param name="clientSecret">Its secret.</param>
    /// <returns>The same options.</returns>
    public static TokenSessionOptions UsePodio(this TokenSessionOptions options, string clientId, string clientSecret)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ClientId = clientId;
        options.ClientSecret = clientSecret;
        options.ClientAuthentication = ClientAuthentication.Form;
        options.TokenEndpoint = new Uri("https://api.podio.com/oauth/token/v2");
        options.AuthorizationEndpoint = new Uri("https://podio.com/oauth/authorize");
        options.Scheme = "OAuth2";
        options.RefreshTokenLifetime = TimeSpan.FromDays(28);
        return options;
    }
}
