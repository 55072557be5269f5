using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FuelSessions;

/// <summary>Sets and deletes the cookie; the cookie driver's one in chunks, as browsers take 4 KB each.</summary>
internal static class SessionCookie
{
    private static readonly ChunkingCookieManager Chunks = new() { ThrowForPartialCookies = false };

    private static volatile LastAttributes? _lastAttributes;

    /// <summary>What a protected id or a bare one consists of.</summary>
    internal static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>
    /// The cookie's value, empty if there is none. Taken out of the header without parsing all the others, where it is plain what
    /// they would be parsed to.
    /// </summary>
    /// <param name="several">All values, if there is more than one: of other paths or domains, or of another app.</param>
    internal static ReadOnlySpan<char> Read(HttpContext context, string name, out List<string>? several)
    {
        several = null;
        StringValues header = context.Request.Headers.Cookie;
        if (header.Count == 0)
        {
            return default;
        }

        ReadOnlySpan<char> text = header.Count == 1 ? header[0] : null;
        int start = text.IndexOf(name, StringComparison.Ordinal);
        int end = start + name.Length;
        if (start >= 0 && text[..start].TrimEnd(' ') is [] or [.., ';'] && end < text.Length && text[end] == '=')
        {
            ReadOnlySpan<char> value = text[(end + 1)..];
            int length = value.IndexOfAnyExcept(Base64UrlCharacters);
            if (length < 0)
            {
                return value;
            }

            if (value[length] == ';' && !value[length..].Contains(name, StringComparison.OrdinalIgnoreCase))
            {
                return value[..length];
            }
        }
        else if (header.Count == 1 && !text.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        // Twice, quoted, escaped, or part of another name.
        List<string> values = CookieHeader.Values(header, name);
        several = values.Count > 1 ? values : null;
        return values.Count > 0 ? values[0] : default;
    }

    /// <summary>The whole of a value that may be in chunks, of which the first one only says how many there are.</summary>
    internal static ReadOnlySpan<char> ReadChunks(HttpContext context, string name, ReadOnlySpan<char> value) =>
        value.StartsWith("chunks-", StringComparison.Ordinal) ? Chunks.GetRequestCookie(context, name) : value;

    internal static void Set(HttpContext context, FuelSessionsOptions options, string name, string value, TimeSpan lifetime, bool inChunks)
    {
        Withdraw(context, name);
        if (!inChunks && context.Features.Get<IResponseCookiesFeature>() is null)
        {
            // Nobody watches cookies, as a cookie policy would. The value is base64url, which needs no escaping.
            context.Response.Headers.Append(HeaderNames.SetCookie, string.Concat(name, "=", value, TextOfAttributes(context, options, lifetime)));
            ForbidStorage(context);
            return;
        }

        CookieOptions cookie = Attributes(context, options, lifetime);
        if (inChunks)
        {
            // Also deletes the parts of a larger value, which would make every later request longer.
            Chunks.AppendResponseCookie(context, name, value, cookie);
        }
        else
        {
            context.Response.Cookies.Append(name, value, cookie);
        }

        ForbidStorage(context);
    }

    internal static void Delete(HttpContext context, FuelSessionsOptions options, string name, bool inChunks)
    {
        Withdraw(context, name);
        if (inChunks)
        {
            Chunks.DeleteCookie(context, name, Attributes(context, options));
        }
        else
        {
            context.Response.Cookies.Delete(name, Attributes(context, options));
        }

        ForbidStorage(context);
    }

    // OWASP: no cache may keep a response that sets an id.
    internal static void ForbidStorage(HttpContext context) => context.Response.Headers.CacheControl = "no-store";

    // What stands behind the value: the same for nearly every cookie.
    private static string TextOfAttributes(HttpContext context, FuelSessionsOptions options, TimeSpan lifetime)
    {
        bool isHttps = context.Request.IsHttps;
        if (_lastAttributes is not { } last || !ReferenceEquals(last.Options, options) || last.Lifetime != lifetime || last.IsHttps != isHttps)
        {
            string text = Attributes(context, options, lifetime).CreateCookieHeader(options.CookieName, "-").ToString();
            _lastAttributes = last = new LastAttributes(options, lifetime, isHttps, text[(options.CookieName.Length + 2)..]);
        }

        return last.Text;
    }

    private static CookieOptions Attributes(HttpContext context, FuelSessionsOptions options, TimeSpan lifetime)
    {
        CookieOptions cookie = Attributes(context, options);
        cookie.MaxAge = options.ExpireOnClose ? null : lifetime;
        return cookie;
    }

    private static CookieOptions Attributes(HttpContext context, FuelSessionsOptions options)
    {
        var cookie = new CookieOptions
        {
            Domain = options.CookieDomain,
            Path = options.CookiePath,
            HttpOnly = options.CookieHttpOnly,
            SameSite = options.CookieSameSite,
            Secure = IsSecure(context, options),
        };
        if (options.CookiePartitioned)
        {
            cookie.Extensions.Add("Partitioned");
        }

        return cookie;
    }

    /// <summary>Whether the cookie is marked Secure.</summary>
    internal static bool IsSecure(HttpContext context, FuelSessionsOptions options) =>
        options.CookieSecure == CookieSecurePolicy.Always
        || (options.CookieSecure == CookieSecurePolicy.SameAsRequest && context.Request.IsHttps)
        || options.CookiePartitioned
        || CookiePrefix.Length(options.CookieName) > 0;

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

    private sealed record LastAttributes(FuelSessionsOptions Options, TimeSpan Lifetime, bool IsHttps, string Text);
}
