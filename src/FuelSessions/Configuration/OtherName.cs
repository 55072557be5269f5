namespace FuelSessions;

/// <summary>The name of the cookie beside a session's own [R11].</summary>
internal static class OtherName
{
    /// <summary>What it begins with, behind a prefix that browsers know.</summary>
    internal const string Mark = "other-";

    internal static string Of(string cookieName) => cookieName.Insert(CookiePrefix.Length(cookieName), Mark);

    internal static bool Is(string cookieName) => cookieName.AsSpan(CookiePrefix.Length(cookieName)).StartsWith(Mark, StringComparison.OrdinalIgnoreCase);
}
