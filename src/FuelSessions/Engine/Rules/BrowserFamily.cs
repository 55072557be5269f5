namespace FuelSessions.Engine;

/// <summary>
/// What stays of a user agent (RFC 9110, 10.1.5) when its browser is updated, or asked for a desktop site: the names of its products. Versions go,
/// and all that stands in parentheses, where platform and device are. Client hints are not looked at: browsers send them over https only, not with
/// each request (none when they open a WebSocket), and with names made up anew in each version.
/// </summary>
internal static class BrowserFamily
{
    // Says what the site is asked for as, or the version of something else.
    private static readonly string[] Passing = ["Mobile", "Version"];

    // Edg, EdgA and EdgiOS: with its desktop site, the one of a phone calls itself what the one of a desktop does.
    private const string Edge = "Edg";

    /// <param name="destination">As long as the user agent, and one character longer.</param>
    /// <returns>How many characters were written.</returns>
    internal static int Write(ReadOnlySpan<char> userAgent, Span<char> destination)
    {
        int size = 0;
        int depth = 0;
        for (int i = 0; i < userAgent.Length; i++)
        {
            switch (userAgent[i])
            {
                case '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    depth = Math.Max(0, depth - 1);
                    break;
                case ' ' or '\t':
                    break;
                case var _ when depth == 0:
                    ReadOnlySpan<char> product = userAgent[i..];
                    int end = product.IndexOfAny(" \t([");
                    product = end < 0 ? product : product[..end];
                    i += product.Length - 1;
                    size += WriteName(product, destination[size..]);
                    break;
            }
        }

        return size;
    }

    private static int WriteName(ReadOnlySpan<char> product, Span<char> destination)
    {
        int slash = product.IndexOf('/');
        ReadOnlySpan<char> name = slash < 0 ? product : product[..slash];
        foreach (string passing in Passing)
        {
            if (name.SequenceEqual(passing))
            {
                return 0;
            }
        }

        name = name.StartsWith(Edge, StringComparison.Ordinal) ? Edge : name;
        int size = 0;
        foreach (char c in name)
        {
            if (c is not ('.' or (>= '0' and <= '9')))
            {
                destination[size++] = c;
            }
        }

        if (size > 0)
        {
            destination[size++] = ' ';
        }

        return size;
    }
}
