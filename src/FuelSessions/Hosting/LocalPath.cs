using Microsoft.AspNetCore.Http;

namespace FuelSessions;

/// <summary>Tells paths of the app's own from addresses elsewhere, to which nobody may be led from a sign-in (RFC 9700, section 4.11).</summary>
internal static class LocalPath
{
    internal static bool Is(string? path) =>
        path is ['/', ..] && !(path.Length > 1 && path[1] is ('/' or '\\')) && !path.Any(char.IsControl);

    /// <summary>The path as a header can have it: a query's values arrive decoded.</summary>
    internal static string InHeader(string path) =>
        string.Concat(path.EnumerateRunes().Select(rune => rune.IsAscii && rune.Value != ' ' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));

    /// <summary>Where this request itself leads to.</summary>
    internal static string Of(HttpRequest request) => $"{request.PathBase}{request.Path}{request.QueryString}";
}
