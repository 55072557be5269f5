namespace FuelSessions.Tokens;

/// <summary>A sign-in at the provider's page that has begun. To be kept until the user is back, where nobody else can read or replace it.</summary>
/// <param name="Url">Where to send the user.</param>
/// <param name="State">Comes back with the user, and tells that it is the same one (RFC 6749, section 10.12).</param>
/// <param name="CodeVerifier">Proves that who brings the code is who asked for it (RFC 7636). It never goes through the browser.</param>
/// <param name="RedirectUri">Where the provider sends the user back to.</param>
public sealed record AuthorizationRequest(Uri Url, string State, string CodeVerifier, string RedirectUri)
{
    /// <summary>Where the user comes back to, and no secret.</summary>
    public override string ToString() => $"AuthorizationRequest {{ RedirectUri = {RedirectUri} }}";
}
