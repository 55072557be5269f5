using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FuelSessions;

/// <summary>Sets and deletes the cookie; the cookie driver's one in chunks, as browsers take 4 KB each [C5].</summary>
internal static class SessionCookie
{
    // What browsers take for one cookie, with its name and attributes, is 4096; some count what stands between them too.
    private const int Largest = 4050;

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

    /// <param name="age">How long the client is to keep it; null: until its browser is closed.</param>
    /// <param name="isEssential">Whether it needs no consent.</param>
    /// <param name="inChunks">Whether it may be too long for one cookie.</param>
    /// <returns>False if the pipeline did not take it, as a cookie policy may not.</returns>
    internal static bool Set(HttpContext context, FuelSessionsOptions options, string name, IdText value, TimeSpan? age, bool isEssential, bool inChunks)
    {
        Withdraw(context, name);
        if (!inChunks && context.Features.Get<IResponseCookiesFeature>() is null)
        {
            // Nobody watches cookies, as a cookie policy would. The value is base64url, which needs no escaping.
            context.Response.Headers.Append(HeaderNames.SetCookie, string.Concat([name, "=", value.Own, value.Shared, TextOfAttributes(context, options, age)]));
            return true;
        }

        int before = context.Response.Headers.SetCookie.Count;
        CookieOptions cookie = Attributes(context, options, age);
        cookie.IsEssential = isEssential;
        int chunks = 0;
        if (inChunks)
        {
            chunks = SetChunks(context, name, value.ToString(), cookie);
        }
        else
        {
            context.Response.Cookies.Append(name, value.ToString(), cookie);
        }

        bool isTaken = context.Response.Headers.SetCookie.Count > before;
        if (inChunks)
        {
            DeleteChunks(context, name, cookie, beyond: chunks);
        }

        return isTaken;
    }

    /// <summary>
    /// Whether the response still has the cookie of that value. One that was given another name or value on the way counts, as long as there are
    /// as many as there were.
    /// </summary>
    internal static bool IsIn(HttpContext context, string value, StringValues announced)
    {
        StringValues present = context.Response.Headers.SetCookie;
        return present == announced || present.Count >= announced.Count || present.Any(header => header?.Contains(value, StringComparison.Ordinal) == true);
    }

    internal static void Delete(HttpContext context, FuelSessionsOptions options, string name, bool inChunks)
    {
        Withdraw(context, name);
        CookieOptions cookie = Attributes(context, options);
        context.Response.Cookies.Delete(name, cookie);
        if (inChunks)
        {
            DeleteChunks(context, name, cookie, beyond: 0);
        }
    }

    // How many there are; 0: the value fits into the first cookie.
    private static int SetChunks(HttpContext context, string name, string value, CookieOptions cookie)
    {
        if (value.Length <= Largest - LengthOf(name, cookie))
        {
            context.Response.Cookies.Append(name, value, cookie);
            return 0;
        }

        int size = Largest - LengthOf(CookieChunks.NameOf(name, CookieChunks.Most), cookie);
        int count = size > 0 ? (value.Length + size - 1) / size : int.MaxValue;
        if (count > CookieChunks.Most)
        {
            throw new InvalidOperationException(
                $"The session does not fit into {CookieChunks.Most} cookies, because their name, domain and path leave too little room in each. Give the cookie '{name[..Math.Min(name.Length, 50)]}' a shorter name, domain or path.");
        }

        context.Response.Cookies.Append(name, string.Create(CultureInfo.InvariantCulture, $"{CookieChunks.Count}{count}"), cookie);
        foreach ((int i, char[] part) in value.Chunk(size).Index())
        {
            context.Response.Cookies.Append(CookieChunks.NameOf(name, i + 1), new string(part), cookie);
        }

        return count;
    }

    // Whatever the browser holds beyond what this answer says, also of an answer that another one has overtaken: it would make every later
    // request longer.
    private static void DeleteChunks(HttpContext context, string name, CookieOptions cookie, int beyond)
    {
        foreach (int number in CookieChunks.In(context.Request.Headers.Cookie, name).Keys)
        {
            if (number > beyond)
            {
                context.Response.Cookies.Delete(CookieChunks.NameOf(name, number), cookie);
            }
        }
    }

    private static int LengthOf(string name, CookieOptions cookie) => cookie.CreateCookieHeader(name, "").ToString().Length;

    // What stands behind the value: the same for nearly every cookie.
    private static string TextOfAttributes(HttpContext context, FuelSessionsOptions options, TimeSpan? age)
    {
        bool isHttps = context.Request.IsHttps;
        if (_lastAttributes is not { } last || !ReferenceEquals(last.Options, options) || last.Age != age || last.IsHttps != isHttps)
        {
            string text = Attributes(context, options, age).CreateCookieHeader(options.CookieName, "-").ToString();
            _lastAttributes = last = new LastAttributes(options, age, isHttps, text[(options.CookieName.Length + 2)..]);
        }

        return last.Text;
    }

    private static CookieOptions Attributes(HttpContext context, FuelSessionsOptions options, TimeSpan? age)
    {
        CookieOptions cookie = Attributes(context, options);
        cookie.MaxAge = age;
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
        if (context.Response.Headers.SetCookie is { Count: > 0 } sent)
        {
            context.Response.Headers.SetCookie = Others(sent, name);
        }

        static string?[] Others(StringValues sent, string name) => [.. sent.Where(value => !IsOf(value, name))];

        static bool IsOf(string? header, string name) =>
            SetCookieHeaderValue.TryParse(header, out SetCookieHeaderValue? cookie)
            && (cookie.Name.Equals(name, StringComparison.Ordinal) || CookieChunks.NumberOf(cookie.Name, name) > 0);
    }

    private sealed record LastAttributes(FuelSessionsOptions Options, TimeSpan? Age, bool IsHttps, string Text);
}
