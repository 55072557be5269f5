using System.Net;
using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>
/// A cookie that a browser drops, because it came over http: nothing fails, and each request begins a session of its own. Nobody can see that from here, but for the
/// address that was asked for and what a proxy adds.
/// </summary>
internal static class CookieOverHttp
{
    /// <summary>Why browsers drop it; null: they take it, as far as can be told.</summary>
    internal static string? WhyDropped(HttpContext context, FuelSessionsOptions options)
    {
        HttpRequest request = context.Request;
        if (request.IsHttps)
        {
            return null;
        }

        if (!SessionCookie.IsSecure(context, options))
        {
            return options.CookieSameSite == SameSiteMode.None ? "it is SameSite=None and not Secure" : null;
        }

        // Where TLS ends at a proxy, the browser has got it over https. Of this machine itself most take it over http as well.
        return request.Headers.ContainsKey("X-Forwarded-Proto") || request.Headers.ContainsKey("Forwarded") || IsThisMachine(request.Host.Host) ? null : "it is Secure";
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
