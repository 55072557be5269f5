using FuelSessions.Tokens.Endpoint;

namespace FuelSessions.Tokens;

public sealed partial class TokenSession
{
    /// <summary>
    /// Begins a sign-in at the provider's page (RFC 6749, section 4.1.1), with PKCE (RFC 7636, S256) and <c>state</c>. A web app leaves this to
    /// <c>app.MapTokenSignIn</c>.
    /// </summary>
    /// <param name="redirectUri">Where the provider sends the user back to, with the code.</param>
    /// <param name="scope">What the token is to permit, names separated by spaces; null: as the provider has it.</param>
    /// <returns>Where to send the user, and what to keep until they are back: where only that user's own request finds it.</returns>
    /// <exception cref="InvalidOperationException"><see cref="TokenSessionOptions.AuthorizationEndpoint"/> is not set.</exception>
    public AuthorizationRequest BeginAuthorization(string redirectUri, string? scope = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(redirectUri);
        return AuthorizationUrl.Begin(_client.Name, _client.Options, redirectUri, scope);
    }

    /// <summary>
    /// Ends a sign-in at the provider's page (RFC 6749, section 4.1.3): compares <c>state</c> and, where <see cref="TokenSessionOptions.Issuer"/>
    /// is set, <c>iss</c> (RFC 9207), and asks for tokens with the code.
    /// </summary>
    /// <param name="request">What <see cref="BeginAuthorization"/> returned, which is good once.</param>
    /// <param name="callback">The address that the user came back to, with its query.</param>
    /// <param name="user">Which user, where one owner keeps several; null: as this session's identity has it.</param>
    /// <param name="cancellationToken">Gives up, until the provider has answered.</param>
    /// <exception cref="TokenRefusedException">
    /// The user or the provider refused, which <see cref="TokenRefusedException.Error"/> tells; or the answer does not belong to that request.
    /// </exception>
    /// <exception cref="TokenRequestException">There is no token for any other reason.</exception>
    public Task CompleteAuthorizationAsync(AuthorizationRequest request, Uri callback, string? user = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(callback);
        string code = AuthorizationAnswer.CodeOf(_client.Name, _client.Options, request, callback);
        AuthIdentity identity = AuthIdentity.AuthorizationCode(user ?? "");
        return AuthenticateAsync(
            "authorization_code",
            [new("code", code), new("redirect_uri", request.RedirectUri), new("code_verifier", request.CodeVerifier)],
            user is null && Identity is { } own && own.Type == identity.Type ? own : identity,
            cancellationToken);
    }
}
