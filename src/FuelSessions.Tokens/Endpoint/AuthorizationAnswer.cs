using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>Reads what the provider sent a user back with (RFC 6749, sections 4.1.2 and 4.1.2.1; RFC 9207).</summary>
internal static class AuthorizationAnswer
{
    /// <exception cref="TokenRefusedException">The answer is not to this request, or it is a refusal.</exception>
    /// <exception cref="TokenRequestException">The provider was in trouble, or refused the client.</exception>
    internal static string CodeOf(string client, TokenSessionOptions options, AuthorizationRequest request, Uri callback)
    {
        string query = callback.IsAbsoluteUri ? callback.Query : callback.OriginalString.IndexOf('?') is var start and >= 0 ? callback.OriginalString[start..] : "";
        Dictionary<string, StringValues> answer = QueryHelpers.ParseQuery(query);

        // Before anything else is believed. One value of each: which of two counts would be anybody's guess.
        if (Single(answer, "state") is not { } state || !IsSame(state, request.State))
        {
            throw Foreign("its state is another's");
        }

        if (options.Issuer is { } issuer && Single(answer, "iss") != issuer)
        {
            throw Foreign("its iss is not the Issuer of this client, so it may come from another provider");
        }

        if (Single(answer, "error") is { Length: > 0 } code)
        {
            throw Refusal(client, OAuthErrors.Told(StatusOf(code), code, Single(answer, "error_description"), request.State));
        }

        return Single(answer, "code") is { Length: > 0 } found ? found : throw Foreign("it has neither a code nor an error");

        TokenRefusedException Foreign(string why) => new($"The answer to a sign-in with client '{client}' does not count: {why}. Sign in again.") { Client = client };
    }

    private static Exception Refusal(string client, OAuthError error)
    {
        string told = error.Description is null ? $"{error.Error}" : $"{error.Error}: {error.Description}";
        return error.StatusCode == HttpStatusCode.Forbidden
            ? new TokenRefusedException($"The sign-in with client '{client}' was refused ({told}).", error) { Client = client }
            : new TokenRequestException($"The provider did not sign the user in with client '{client}' ({told}).", error);
    }

    // The codes of RFC 6749 stand for a status that a redirect can't have.
    private static HttpStatusCode StatusOf(string code) => code switch
    {
        "server_error" => HttpStatusCode.InternalServerError,
        "temporarily_unavailable" => HttpStatusCode.ServiceUnavailable,
        "access_denied" or "login_required" or "consent_required" or "interaction_required" or "account_selection_required" => HttpStatusCode.Forbidden,
        _ => HttpStatusCode.BadRequest,
    };

    private static string? Single(Dictionary<string, StringValues> answer, string name) =>
        answer.TryGetValue(name, out StringValues values) && values.Count == 1 ? values[0] : null;

    private static bool IsSame(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
