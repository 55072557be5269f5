namespace FuelSessions.Tokens;

/// <summary>Says for one request as whom it is made, where an <see cref="HttpClient"/> has a <see cref="TokenSessionHandler"/>.</summary>
public static class TokenRequestExtensions
{
    /// <summary>As whom the request is made.</summary>
    public static readonly HttpRequestOptionsKey<AuthIdentity> IdentityKey = new("FuelSessions.Tokens.Identity");

    /// <summary>On whose behalf the request is made.</summary>
    public static readonly HttpRequestOptionsKey<string> OwnerKey = new("FuelSessions.Tokens.Owner");

    /// <summary>Sends the request with the token of this identity. Else: of the one that the owner used last.</summary>
    /// <returns>The same request.</returns>
    public static HttpRequestMessage SetTokenIdentity(this HttpRequestMessage request, AuthIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(identity);
        request.Options.Set(IdentityKey, identity);
        return request;
    }

    /// <summary>Sends the request with a token of this owner. Else: as <see cref="TokenSessionOptions.Owner"/> says.</summary>
    /// <returns>The same request.</returns>
    public static HttpRequestMessage SetTokenOwner(this HttpRequestMessage request, string owner)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(owner);
        request.Options.Set(OwnerKey, owner);
        return request;
    }
}
