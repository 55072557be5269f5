namespace FuelSessions;

/// <summary>What browsers know at the beginning of a cookie's name, and take from pages with TLS only (RFC 6265bis, section 4.1.3).</summary>
internal static class CookiePrefix
{
    /// <summary>From this host, for all of it.</summary>
    internal const string Host = "__Host-";

    internal const string Secure = "__Secure-";

    /// <summary>How long the name's prefix is; 0 if it has none.</summary>
    internal static int Length(string cookieName) => IsHost(cookieName) ? Host.Length
        : cookieName.StartsWith(Secure, StringComparison.OrdinalIgnoreCase) ? Secure.Length
        : 0;

    internal static bool IsHost(string cookieName) => cookieName.StartsWith(Host, StringComparison.OrdinalIgnoreCase);
}
