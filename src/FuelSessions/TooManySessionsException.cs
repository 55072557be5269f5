using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// A client's address has begun as many sessions within a minute as <see cref="FuelSessionsOptions.NewSessionsPerMinute"/> allows; one more was
/// not stored. Thrown when the session would have been saved, before anything of the response goes out: from <see cref="Session.SaveAsync"/>, or
/// from the write that begins the response. If the app's code lets it pass, the middleware answers with status 429 (RFC 6585) and
/// <c>Retry-After</c>, without a body: the status code pages of the app (<c>UseStatusCodePages</c>) give it one.
/// </summary>
public sealed class TooManySessionsException : BadHttpRequestException
{
    internal TooManySessionsException(int limit, TimeSpan retryAfter)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"This client's address has begun {limit} sessions within a minute, as many as it may (NewSessionsPerMinute). No session was begun; the next may be in {retryAfter.TotalSeconds:0} s."),
            StatusCodes.Status429TooManyRequests) =>
        RetryAfter = retryAfter;

    /// <summary>How long until that address may begin another session, in whole seconds of 1 to 60: for the header <c>Retry-After</c> (RFC 9110).</summary>
    public TimeSpan RetryAfter { get; }
}
