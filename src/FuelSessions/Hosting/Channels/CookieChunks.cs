using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// A value that is too long for one cookie, as browsers take 4 KB each: the cookie of the name says <c>chunks-3</c>, and what it consists of is
/// in those called <c>nameC1</c> to <c>nameC3</c>.
/// </summary>
internal static class CookieChunks
{
    /// <summary>What the first cookie's value begins with.</summary>
    internal const string Count = "chunks-";

    /// <summary>More are never sent: browsers keep that many of a site, and servers would refuse the request's headers.</summary>
    internal const int Most = 50;

    internal static bool IsCount(ReadOnlySpan<char> value) => value.StartsWith(Count, StringComparison.Ordinal);

    internal static string NameOf(string name, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{name}C{chunk}");

    /// <summary>The number of the chunk that a cookie of this name is; 0: it is none.</summary>
    internal static int NumberOf(ReadOnlySpan<char> cookie, string name) =>
        cookie.Length > name.Length + 1
        && cookie.StartsWith(name, StringComparison.Ordinal)
        && cookie[name.Length] == 'C'
        && cookie[name.Length + 1] != '0'
        && int.TryParse(cookie[(name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;

    /// <summary>The chunks that a request's cookies have, by number; of each all values, in the order in which they came.</summary>
    internal static SortedDictionary<int, List<string>> In(StringValues header, string name)
    {
        SortedDictionary<int, List<string>> chunks = [];
        CookieHeader.ForEach(header, (cookie, value) =>
        {
            if (NumberOf(cookie, name) is > 0 and var number)
            {
                (chunks.TryGetValue(number, out List<string>? values) ? values : chunks[number] = []).Add(value.ToString());
            }
        });
        return chunks;
    }

    /// <summary>The value as a whole; empty if a part of it is missing, null if the count is none.</summary>
    /// <param name="occurrence">
    /// How many cookies of that name came before: browsers send those of one path in the same place among each name's. A set that has more
    /// chunks than the others stands alone from there on.
    /// </param>
    internal static string? Join(ReadOnlySpan<char> count, SortedDictionary<int, List<string>> chunks, int occurrence)
    {
        if (!int.TryParse(count[Count.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is 0 or > Most)
        {
            return null;
        }

        string[] parts = new string[number];
        for (int i = 0; i < number; i++)
        {
            if (!chunks.TryGetValue(i + 1, out List<string>? values))
            {
                return "";
            }

            parts[i] = values[Math.Min(occurrence, values.Count - 1)];
        }

        return string.Concat(parts);
    }
}
