using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// The cookie beside a session's own, for a client that sends the cookie of a session which answers to another one: what it does is kept
/// there, and the good cookie stays [R11].
/// </summary>
internal static class OtherCookie
{
    internal static string Name(CookieUse use, string cookieName) => use == CookieUse.Other ? OtherName.Of(cookieName) : cookieName;

    /// <summary>Whether a request may carry one: few do, and nothing more is asked of the others.</summary>
    internal static bool MayBeIn(HttpContext context)
    {
        foreach (string? line in context.Request.Headers.Cookie)
        {
            if (line is not null && line.Contains(OtherName.Mark, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
