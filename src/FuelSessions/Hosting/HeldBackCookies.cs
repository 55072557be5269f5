using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// Requests from pages of another site, with which browsers hold back cookies that they have (SameSite, RFC 6265bis): what comes without a session's cookie
/// need not be a new visitor's [R12]. <c>Sec-Fetch-Site</c> tells (Fetch Metadata); what does not send it is no browser that does so.
/// </summary>
internal static class HeldBackCookies
{
    /// <summary>Whether there may be a session's cookie that the browser has not sent.</summary>
    internal static bool MayBe(HttpContext context, FuelSessionsOptions options)
    {
        HttpRequest request = context.Request;
        return string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.OrdinalIgnoreCase)
            && (options.CookieSameSite == SameSiteMode.Strict || (options.CookieSameSite == SameSiteMode.Lax && !IsSafe(request.Method)))
            && !request.Cookies.ContainsKey(options.CookieName);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
