using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// The values that a request's cookies of one name have, in the order in which they came: browsers send that of the longest path first, and of
/// those the oldest (RFC 6265, 5.4). Names are case sensitive, which the framework's collection does not know.
/// </summary>
internal static class CookieHeader
{
    internal static List<string> Values(StringValues header, string name)
    {
        List<string> values = [];
        foreach (string? line in header)
        {
            foreach (Range part in line.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> pair = line.AsSpan(part).Trim();
                int end = pair.IndexOf('=');
                if (end >= 0 && pair[..end].TrimEnd().SequenceEqual(name))
                {
                    values.Add(Value(pair[(end + 1)..].TrimStart()));
                }
            }
        }

        return values;
    }

    // As the framework reads it.
    private static string Value(ReadOnlySpan<char> text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();
}
