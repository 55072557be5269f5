using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// The cookie beside a session's own, for a client that sends the cookie of a session which answers to another one: what it does is kept
/// there, and the good cookie stays [R11].
/// </summary>
internal static class OtherCookie
{
    /// <summary>What its name begins with, behind a prefix that browsers know.</summary>
    internal const string Mark = "other-";

    internal static string Name(string cookieName) => cookieName.Insert(CookiePrefix.Length(cookieName), Mark);

    internal static string Name(CookieUse use, string cookieName) => use == CookieUse.Other ? Name(cookieName) : cookieName;

    internal static bool IsName(string cookieName) => cookieName.AsSpan(CookiePrefix.Length(cookieName)).StartsWith(Mark, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a request may carry one: few do, and nothing more is asked of the others.</summary>
    internal static bool MayBeIn(HttpContext context)
    {
        foreach (string? line in context.Request.Headers.Cookie)
        {
            if (line is not null && line.Contains(Mark, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
