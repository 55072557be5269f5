namespace FuelSessions.Tokens.Hosting;

/// <summary>
/// Knows of a request that a redirect has led to another host. The handler that follows redirects takes the token off and leaves the request at its new address, so that whoever
/// sends it again sends it there: no token may go along then either.
/// </summary>
internal static class Redirection
{
    private static readonly HttpRequestOptionsKey<(Uri From, Uri To)> Led = new("FuelSessions.Tokens.Redirection");

    /// <summary>Whether the request stands where a redirect has left it, and not where somebody has sent it to.</summary>
    internal static bool HasLed(HttpRequestMessage request) => request.Options.TryGetValue(Led, out (Uri From, Uri To) led) && led.To == request.RequestUri;

    /// <summary>Looks where a request has come that was sent to <paramref name="sentTo"/>.</summary>
    internal static void Note(HttpRequestMessage request, Uri? sentTo)
    {
        // Whoever has merely rewritten the address has left the token on.
        if (sentTo is null || request.RequestUri is not { } to || to == sentTo || request.Headers.Authorization is not null)
        {
            return;
        }

        // Of several redirects in a row the host counts that had the token.
        Uri from = request.Options.TryGetValue(Led, out (Uri From, Uri To) led) && led.To == sentTo ? led.From : sentTo;
        if (IsSameHost(from, to))
        {
            ((IDictionary<string, object?>)request.Options).Remove(Led.Key);
        }
        else
        {
            request.Options.Set(Led, (from, to));
        }
    }

    private static bool IsSameHost(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
