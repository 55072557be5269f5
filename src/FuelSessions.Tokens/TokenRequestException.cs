using System.Net;

namespace FuelSessions.Tokens;

/// <summary>
/// The provider did not issue a token, and did not say that the grant is no good: it could not be reached, was too busy, or refused
/// the client. What is stored was kept.
/// </summary>
public class TokenRequestException : HttpRequestException
{
    /// <summary>A failure, with what the provider said of it.</summary>
    public TokenRequestException(string message, OAuthError? error = null, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner, error?.StatusCode)
    {
        Error = error;
        RetryAfter = retryAfter;
    }

    /// <summary>What the provider said; null if there was no answer, or none that could be read.</summary>
    public OAuthError? Error { get; }

    /// <summary>For how long the provider is not asked again for this token: as it said, or because it failed just now. Null if it may be asked at once.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same request may succeed later: no answer, a status of 5xx, 408, 420 or 429.</summary>
    public bool IsTransient => StatusCode is null or >= HttpStatusCode.InternalServerError
        or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)420;

    /// <summary>Whether the provider was not asked at all, because of how it had answered. There is nothing new to log then.</summary>
    internal bool IsRest { get; init; }

    /// <summary>Whether it is sure that the provider has not seen the request: there was no connection.</summary>
    internal bool IsUnsent { get; init; }
}
