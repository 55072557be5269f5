using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>The address of the page where a user agrees (RFC 6749, section 4.1.1; RFC 7636).</summary>
internal static class AuthorizationUrl
{
    private const int SecretSize = 32;

    internal static AuthorizationRequest Begin(string client, TokenSessionOptions options, string redirectUri, string? scope)
    {
        Uri endpoint = options.AuthorizationEndpoint ?? throw new InvalidOperationException(
            $"Token client '{client}' has no AuthorizationEndpoint: set it to the provider's address where users agree.");
        string state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretSize));
        string verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretSize));
        var query = new StringBuilder(endpoint.Query.TrimStart('?'));
        Append("response_type", "code");
        Append("client_id", options.ClientId);
        Append("redirect_uri", redirectUri);
        Append("scope", scope);
        Append("state", state);
        Append("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
        Append("code_challenge_method", "S256");
        foreach ((string name, string value) in options.AuthorizationParameters)
        {
            Append(name, value);
        }

        return new AuthorizationRequest(new UriBuilder(endpoint) { Query = query.ToString() }.Uri, state, verifier, redirectUri);

        void Append(string name, string? value)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }
}
