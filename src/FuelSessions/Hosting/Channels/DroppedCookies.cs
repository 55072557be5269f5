using System.Net;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// Cookies that a browser drops: nothing fails, and each request begins a session of its own. Nobody can see that from here, but for the address that was
/// asked for and what a proxy adds.
/// </summary>
internal static class DroppedCookies
{
    // What a proxy that hides the address of the browser's request tells of it; UseForwardedHeaders takes it out.
    private static readonly string[] Proxied = ["X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For", "Forwarded"];

    /// <summary>Why browsers drop it, and what helps; null: they take it, as far as can be told.</summary>
    internal static string? WhyDropped(HttpContext context, FuelSessionsOptions options)
    {
        HttpRequest request = context.Request;
        if (options.CookieDomain is { } domain && !IsOf(request.Host.Host, domain) && !IsProxied(request))
        {
            return "its CookieDomain is not the host that was asked for, nor one above it. Set one that is, or none; where a proxy asks for another host than the browser did, "
                + "have it send X-Forwarded-Host and call app.UseForwardedHeaders().";
        }

        if (request.IsHttps)
        {
            return null;
        }

        if (!SessionCookie.IsSecure(context, options))
        {
            return options.CookieSameSite == SameSiteMode.None ? "it is SameSite=None, and not Secure because it went out over http. Use https." : null;
        }

        // Where TLS ends at a proxy, the browser has got it over https. Of this machine itself most take it over http as well.
        return IsProxied(request) || IsThisMachine(request.Host.Host)
            ? null
            : "it is Secure, and went out over http. Use https; where TLS ends at a proxy, have it send X-Forwarded-Proto and call app.UseForwardedHeaders().";
    }

    // RFC 6265bis, 5.1.3; a dot in front of the domain means nothing. Of an empty domain browsers think as of none, and what HTTP/1.0 asks for nobody knows.
    private static bool IsOf(string host, string domain)
    {
        ReadOnlySpan<char> above = domain.AsSpan().TrimStart('.');
        return host.Length == 0
            || above.Length == 0
            || above.Equals(host, StringComparison.OrdinalIgnoreCase)
            || (host.Length > above.Length
                && host[^(above.Length + 1)] == '.'
                && host.AsSpan().EndsWith(above, StringComparison.OrdinalIgnoreCase)
                && !IPAddress.TryParse(host, out _));
    }

    private static bool IsProxied(HttpRequest request) => Proxied.Any(request.Headers.ContainsKey);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
