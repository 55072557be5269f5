using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// A request's cookies, in the order in which they came: browsers send that of the longest path first, and of those the oldest (RFC 6265, 5.4).
/// Names are case sensitive, which the framework's collection does not know, and may come more than once.
/// </summary>
internal static class CookieHeader
{
    internal delegate void Seen(ReadOnlySpan<char> name, ReadOnlySpan<char> value);

    internal static void ForEach(StringValues header, Seen seen)
    {
        foreach (string? line in header)
        {
            foreach (Range part in line.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> pair = line.AsSpan(part).Trim();
                int end = pair.IndexOf('=');
                if (end >= 0)
                {
                    seen(pair[..end].TrimEnd(), pair[(end + 1)..].TrimStart());
                }
            }
        }
    }

    /// <summary>The values of the cookies of that name.</summary>
    internal static List<string> Values(StringValues header, string name)
    {
        List<string> values = [];
        ForEach(header, (cookie, value) =>
        {
            if (cookie.SequenceEqual(name))
            {
                values.Add(Unescaped(value));
            }
        });
        return values;
    }

    // As the framework reads it.
    private static string Unescaped(ReadOnlySpan<char> text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();
}
