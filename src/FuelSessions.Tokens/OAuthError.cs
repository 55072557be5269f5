using System.Net;

namespace FuelSessions.Tokens;

/// <summary>
/// What a server said about a refusal: from the <c>WWW-Authenticate</c> header (RFC 6750, section 3) or from a JSON body with
/// <c>error</c> and <c>error_description</c> (RFC 6749, section 5.2, and what APIs make of it).
/// </summary>
/// <param name="StatusCode">The response's status.</param>
/// <param name="Error">The error's code, such as <c>invalid_token</c>; null if there was none.</param>
/// <param name="Description">The text beside it; null if there was none.</param>
public sealed record OAuthError(HttpStatusCode StatusCode, string? Error, string? Description);
