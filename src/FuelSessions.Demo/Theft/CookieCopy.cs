namespace FuelSessions.Demo.Theft;

/// <summary>What somebody has who has copied a browser's cookies: all but the device's key.</summary>
/// <param name="Fingerprint">Of the session that they opened.</param>
internal sealed record CookieCopy(string Fingerprint, string Cookies, string UserAgent, DateTimeOffset Made)
{
    // As the bound cookies of all drivers begin.
    private const string BoundName = "bound-";

    internal bool HasBoundCookie => Parts.Any(IsBound);

    /// <summary>The same without what only the device gets anew.</summary>
    internal CookieCopy WithoutBoundCookie => this with { Cookies = string.Join("; ", Parts.Where(part => !IsBound(part))) };

    private IEnumerable<string> Parts => Cookies.Split("; ");

    private static bool IsBound(string part) =>
        part.StartsWith("__Host-" + BoundName, StringComparison.Ordinal) || part.StartsWith("__Secure-" + BoundName, StringComparison.Ordinal);
}
