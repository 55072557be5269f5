using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>The headers of Device Bound Session Credentials (W3C draft of 2026-02-17), as browsers send them.</summary>
internal static class ProofHeaders
{
    internal const string Registration = "Secure-Session-Registration";
    internal const string Challenge = "Secure-Session-Challenge";
    internal const string Skipped = "Secure-Session-Skipped";

    internal const string Response = "Secure-Session-Response";
    private const string Id = "Sec-Secure-Session-Id";

    // What a browser says of why it did not refresh; whatever else comes is counted as one.
    private static readonly string[] Reasons = ["unreachable", "server_error", "quota_exceeded"];

    internal static ReadOnlySpan<char> ProofIn(IHeaderDictionary headers) => One(headers[Response]);

    internal static ReadOnlySpan<char> IdIn(IHeaderDictionary headers) => One(headers[Id]);

    /// <summary>Why the browser has sent a request without refreshing first; null if it does not say so.</summary>
    internal static string? SkippedIn(IHeaderDictionary headers)
    {
        ReadOnlySpan<char> value = headers[Skipped].ToString();
        if (value.IsEmpty)
        {
            return null;
        }

        int end = value.IndexOfAny(';', ',');
        value = (end < 0 ? value : value[..end]).Trim(' ');
        foreach (string reason in Reasons)
        {
            if (value.SequenceEqual(reason))
            {
                return reason;
            }
        }

        return "other";
    }

    /// <summary>
    /// A value that the draft has as a structured string (RFC 9651), and Chromium sends bare. Empty if there is none, or more than one. None of the values has a character that is escaped in such a string.
    /// </summary>
    internal static ReadOnlySpan<char> One(StringValues values)
    {
        if (values.Count != 1)
        {
            return default;
        }

        ReadOnlySpan<char> value = values[0].AsSpan().Trim(' ');
        if (value is not ['"', ..])
        {
            int parameters = value.IndexOf(';');
            return parameters < 0 ? value : value[..parameters].TrimEnd(' ');
        }

        value = value[1..];
        int end = value.IndexOf('"');
        return end >= 0 && value[(end + 1)..].TrimStart(' ') is [] or [';', ..] ? value[..end] : default;
    }
}
