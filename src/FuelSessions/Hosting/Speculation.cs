using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FuelSessions;

/// <summary>
/// Requests that a browser sends before its user asks for the page: <c>Sec-Purpose</c> (Fetch standard), and the older <c>Purpose</c> and
/// <c>X-Moz</c>. Nobody may ever see their answers.
/// </summary>
internal static class Speculation
{
    private static readonly string[] Names = ["Sec-Purpose", "Purpose", "X-Moz"];

    internal static bool IsIn(IHeaderDictionary headers)
    {
        foreach (string name in Names)
        {
            foreach (string? value in headers[name])
            {
                // With parameters behind it, such as "prefetch;prerender".
                ReadOnlySpan<char> purpose = value.AsSpan().TrimStart();
                if (purpose.StartsWith("prefetch", StringComparison.OrdinalIgnoreCase) && (purpose.Length == 8 || purpose[8] is ';' or ',' or ' '))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
