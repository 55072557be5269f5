using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using FuelSessions.Engine;
using Microsoft.AspNetCore.Http;
using HeaderNames = Microsoft.Net.Http.Headers.HeaderNames;

namespace FuelSessions.Configuration;

/// <summary>What settings must be, each with a message that names the setting, its value and what is allowed.</summary>
internal static class FuelSessionsOptionsRules
{
    /// <summary>The most content that the cookie driver takes, in bytes.</summary>
    internal const int MostInCookies = 16 * 1024;

    /// <summary>The most that its cookies may take in a request, in bytes: Kestrel takes 32 KiB of headers in all, others included.</summary>
    internal const int MostCookieBytes = 24 * 1024;

    private const int MostAtServer = 1024 * 1024 * 1024;

    internal static readonly TimeSpan TenYears = TimeSpan.FromDays(3660);

    // RFC 9110: the characters of a token, which cookie and header names are.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // An id in one of them would be taken for something else, and what else is in them for an id.
    private static readonly FrozenSet<string> StandardHeaders =
        typeof(HeaderNames).GetFields().Select(header => (string)header.GetValue(null)!).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every rule that the settings of a driver break; empty if they are good.</summary>
    internal static IEnumerable<string> Violations(FuelSessionsOptions options, string driver)
    {
        return Times(options).Concat(Cookie(options)).Concat(Rest(options, driver))
            .Select(violation => $"Session setting {violation}");
    }

    private static IEnumerable<string> Times(FuelSessionsOptions o)
    {
        string?[] times =
        [
            Within(nameof(o.ExpirationTime), o.ExpirationTime, TimeSpan.FromSeconds(1), TenYears),
            o.AbsoluteExpiration == Timeout.InfiniteTimeSpan ? null : Within(nameof(o.AbsoluteExpiration), o.AbsoluteExpiration, TimeSpan.FromSeconds(1), TenYears, " or false (never)"),
            Within(nameof(o.TouchInterval), o.TouchInterval, TimeSpan.Zero, o.ExpirationTime),
            Within(nameof(o.RotationTime), o.RotationTime, TimeSpan.FromMilliseconds(1), TenYears),
            Within(nameof(o.PreviousIdGrace), o.PreviousIdGrace, TimeSpan.Zero, TimeSpan.FromDays(1)),
            Within(nameof(o.TokenLifetime), o.TokenLifetime, TimeSpan.FromSeconds(1), TenYears),
            Within(nameof(o.StoreTimeout), o.StoreTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)),
            o.GcInterval == TimeSpan.Zero ? null : Within(nameof(o.GcInterval), o.GcInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), " or 00:00:00 (off)"),
        ];
        return times.OfType<string>();
    }

    private static IEnumerable<string> Cookie(FuelSessionsOptions o)
    {
        if (!IsToken(o.CookieName))
        {
            yield return Is(nameof(o.CookieName), o.CookieName, "a cookie name of letters, digits and !#$%&'*+-.^_`|~ (RFC 6265)");
        }

        if (OtherName.Is(o.CookieName))
        {
            yield return Is(nameof(o.CookieName), o.CookieName, $"a name that does not begin with '{OtherName.Mark}': that is for the second cookie of a browser that a session does not answer to");
        }

        if (!Enum.IsDefined(o.CookieSameSite))
        {
            yield return Is(nameof(o.CookieSameSite), o.CookieSameSite, string.Join(", ", Enum.GetNames<SameSiteMode>()));
        }

        if (!Enum.IsDefined(o.CookieSecure))
        {
            yield return Is(nameof(o.CookieSecure), o.CookieSecure, string.Join(", ", Enum.GetNames<CookieSecurePolicy>()));
        }

        if (!o.CookiePath.StartsWith('/') || HasControlOrSemicolon(o.CookiePath))
        {
            yield return Is(nameof(o.CookiePath), o.CookiePath, "a path that begins with '/', without ';' and control characters");
        }

        if (o.CookieDomain is { } domain && (domain.Contains('/') || domain.Contains(' ') || HasControlOrSemicolon(domain)))
        {
            yield return Is(nameof(o.CookieDomain), domain, "a host name such as example.org");
        }

        if (o.CookieSecure == CookieSecurePolicy.None && (o.CookieSameSite == SameSiteMode.None || o.CookiePartitioned))
        {
            yield return Is(nameof(o.CookieSecure), o.CookieSecure, "Always or SameAsRequest, because browsers refuse SameSite=None and Partitioned cookies that are not Secure");
        }

        foreach (string violation in Prefix(o))
        {
            yield return violation;
        }
    }

    // RFC 6265bis, section 4.1.3.
    private static IEnumerable<string> Prefix(FuelSessionsOptions o)
    {
        bool host = CookiePrefix.IsHost(o.CookieName);
        if (CookiePrefix.Length(o.CookieName) == 0)
        {
            yield break;
        }

        if (o.CookieSecure == CookieSecurePolicy.None)
        {
            yield return Is(nameof(o.CookieSecure), o.CookieSecure, $"Always, because the cookie's name is '{o.CookieName}'");
        }

        if (host && o.CookieDomain is { } domain)
        {
            yield return Is(nameof(o.CookieDomain), domain, $"none, because the cookie's name is '{o.CookieName}'");
        }

        if (host && o.CookiePath != "/")
        {
            yield return Is(nameof(o.CookiePath), o.CookiePath, $"'/', because the cookie's name is '{o.CookieName}'");
        }
    }

    private static IEnumerable<string> Rest(FuelSessionsOptions o, string driver)
    {
        if (!Enum.IsDefined(o.MatchUserAgent))
        {
            yield return Is(nameof(o.MatchUserAgent), o.MatchUserAgent, string.Join(", ", Enum.GetNames<UserAgentMatching>()));
        }

        if (!Enum.IsDefined(o.OnStaleId))
        {
            yield return Is(nameof(o.OnStaleId), o.OnStaleId, string.Join(", ", Enum.GetNames<StaleIdAction>()));
        }

        if (!Enum.IsDefined(o.OnStoreFailure))
        {
            yield return Is(nameof(o.OnStoreFailure), o.OnStoreFailure, string.Join(", ", Enum.GetNames<StoreFailureAction>()));
        }

        if (o.HeaderName is { } header && (!IsToken(header) || StandardHeaders.Contains(header)))
        {
            yield return Is(nameof(o.HeaderName), header, "a header name (RFC 9110) that means nothing else, such as Session-Id, or none");
        }

        if (string.IsNullOrEmpty(o.FlashId) || o.FlashId.Contains(FlashName.Separator) || Unicode.IndexOfBroken(o.FlashId) >= 0)
        {
            yield return Is(nameof(o.FlashId), o.FlashId, "any text that is not empty, in valid Unicode and without U+001F");
        }

        if (string.IsNullOrWhiteSpace(o.Table))
        {
            yield return Is(nameof(o.Table), o.Table, "the name of a table");
        }

        // A cookie that is too large would go out, and never come back.
        int most = driver == "cookie" ? MostInCookies : MostAtServer;
        if (o.MaxPayloadBytes < 1024 || o.MaxPayloadBytes > most)
        {
            yield return Is(nameof(o.MaxPayloadBytes), o.MaxPayloadBytes, string.Create(CultureInfo.InvariantCulture, $"1024 to {most}"));
        }

        if (o.MaxCookieBytes is < 1024 or > MostCookieBytes)
        {
            yield return Is(nameof(o.MaxCookieBytes), o.MaxCookieBytes, string.Create(CultureInfo.InvariantCulture, $"1024 to {MostCookieBytes}"));
        }

        if (o.MaxSessions < 1)
        {
            yield return Is(nameof(o.MaxSessions), o.MaxSessions, "1 or more");
        }

        if (o.MaxSessionsPerPrincipal < 1)
        {
            yield return Is(nameof(o.MaxSessionsPerPrincipal), o.MaxSessionsPerPrincipal, "1 or more, or none (off)");
        }

        if (!Enum.IsDefined(o.OnTooManySessions))
        {
            yield return Is(nameof(o.OnTooManySessions), o.OnTooManySessions, string.Join(", ", Enum.GetNames<TooManySessionsAction>()));
        }

        if (o.NewSessionsPerMinute < 1)
        {
            yield return Is(nameof(o.NewSessionsPerMinute), o.NewSessionsPerMinute, "1 or more, or none (off)");
        }
    }

    private static string? Within(string name, TimeSpan? time, TimeSpan least, TimeSpan most, string? or = null) =>
        time is not { } value || (value >= least && value <= most) ? null : Is(name, value, $"{least:c} to {most:c}{or}");

    private static string Is(string name, object? value, string allowed) =>
        string.Create(CultureInfo.InvariantCulture, $"'{name}' is '{value}'; allowed: {allowed}");

    private static bool IsToken(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(Token);

    private static bool HasControlOrSemicolon(string text) => text.Any(c => c == ';' || char.IsControl(c));
}
