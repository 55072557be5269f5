using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using FuelSessions.Demo.Web;

namespace FuelSessions.Demo.Theft;

/// <summary>
/// Has copies of visitors' cookies, in memory only, and uses them as a thief would: from a connection of its own, with the same user agent. A page of a demo is the one place where
/// that is anybody's wish.
/// </summary>
internal sealed class Thief(TimeProvider clock) : IDisposable
{
    private const int MostCopies = 100;

    private readonly ConcurrentDictionary<string, CookieCopy> _copies = new();

    // It asks this very app on this machine, whose certificate may be a developer's own.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });

    /// <summary>The latest copy of that session's cookies; null if there is none.</summary>
    internal CookieCopy? CopyOf(Session session) => _copies.GetValueOrDefault(session.Fingerprint);

    internal void Copy(Session session, HttpRequest request)
    {
        if (_copies.Count >= MostCopies)
        {
            _copies.Clear();
        }

        _copies[session.Fingerprint] = new CookieCopy(session.Fingerprint, request.Headers.Cookie.ToString(), request.Headers.UserAgent.ToString(), clock.GetUtcNow());
    }

    /// <summary>Whether the copy opens the session that it was made of.</summary>
    internal async Task<bool> OpensAsync(CookieCopy copy, HttpContext visitor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(visitor));
        request.Headers.Host = visitor.Request.Host.Value;
        request.Headers.TryAddWithoutValidation("Cookie", copy.Cookies);
        request.Headers.TryAddWithoutValidation("User-Agent", copy.UserAgent);
        using HttpResponseMessage response = await _http.SendAsync(request, visitor.RequestAborted);
        return response.IsSuccessStatusCode
            && (await response.Content.ReadFromJsonAsync<SessionView>(JsonSerializerOptions.Web, visitor.RequestAborted))?.Fingerprint == copy.Fingerprint;
    }

    public void Dispose() => _http.Dispose();

    // Where the visitor's own request has arrived.
    private static Uri AddressOf(HttpContext visitor)
    {
        IPAddress address = visitor.Connection.LocalIpAddress ?? IPAddress.Loopback;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new UriBuilder(visitor.Request.Scheme, address.ToString(), visitor.Connection.LocalPort, $"{visitor.Request.PathBase}/api/session").Uri;
    }
}
