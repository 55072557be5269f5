using System.Globalization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FuelSessions;

/// <summary>Sets and deletes the cookie; the cookie driver's one in chunks, as browsers take 4 KB each.</summary>
internal static class SessionCookie
{
    private static readonly ChunkingCookieManager Chunks = new() { ThrowForPartialCookies = false };

    internal static string? ReadChunks(HttpContext context, string name) => Chunks.GetRequestCookie(context, name);

    internal static void Set(HttpContext context, SessionOptions options, string value, TimeSpan lifetime, bool inChunks)
    {
        CookieOptions cookie = Attributes(context, options);
        cookie.MaxAge = options.ExpireOnClose ? null : lifetime;
        Withdraw(context, options.CookieName);
        if (inChunks)
        {
            // Also deletes the parts of a larger value, which would make every later request longer.
            Chunks.AppendResponseCookie(context, options.CookieName, value, cookie);
        }
        else
        {
            context.Response.Cookies.Append(options.CookieName, value, cookie);
        }

        ForbidStorage(context);
    }

    internal static void Delete(HttpContext context, SessionOptions options, bool inChunks)
    {
        Withdraw(context, options.CookieName);
        if (inChunks)
        {
            Chunks.DeleteCookie(context, options.CookieName, Attributes(context, options));
        }
        else
        {
            context.Response.Cookies.Delete(options.CookieName, Attributes(context, options));
        }

        ForbidStorage(context);
    }

    // OWASP: no cache may keep a response that sets an id.
    internal static void ForbidStorage(HttpContext context) => context.Response.Headers.CacheControl = "no-store";

    private static CookieOptions Attributes(HttpContext context, SessionOptions options)
    {
        var cookie = new CookieOptions
        {
            Domain = options.CookieDomain,
            Path = options.CookiePath,
            HttpOnly = options.CookieHttpOnly,
            SameSite = options.CookieSameSite,
            Secure = options.CookieSecure == CookieSecurePolicy.Always
                || (options.CookieSecure == CookieSecurePolicy.SameAsRequest && context.Request.IsHttps)
                || options.CookiePartitioned
                || HasSecurePrefix(options.CookieName),
        };
        if (options.CookiePartitioned)
        {
            cookie.Extensions.Add("Partitioned");
        }

        return cookie;
    }

    // Browsers refuse a cookie of such a name that is not Secure.
    private static bool HasSecurePrefix(string name) =>
        name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase);

    // A request may be answered twice, as when an error page is made: the last answer counts.
    private static void Withdraw(HttpContext context, string name)
    {
        var sent = context.Response.Headers.SetCookie;
        if (sent.Count > 0)
        {
            context.Response.Headers.SetCookie = sent.Where(value => !IsOf(value, name)).ToArray();
        }

        static bool IsOf(string? header, string name) =>
            SetCookieHeaderValue.TryParse(header, out SetCookieHeaderValue? cookie)
            && (cookie.Name.Equals(name, StringComparison.Ordinal)
                || (cookie.Name.StartsWith(name + "C", StringComparison.Ordinal)
                    && int.TryParse(cookie.Name.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)));
    }
}
