using FuelSessions.Tokens.Endpoint;

namespace FuelSessions.Tokens.Hosting;

/// <summary>Looks into a 401 of the API without taking anything from whom it is for.</summary>
internal static class UnauthorizedResponse
{
    private const int MostOfBody = 64 * 1024;

    /// <summary>What the API said. The response's body can be read afterwards as if nobody had.</summary>
    internal static async Task<OAuthError> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        HttpContent content = response.Content;
        Stream rest = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        (byte[] start, bool isAll) = await BoundedBody.ReadAsync(rest, MostOfBody, cancellationToken).ConfigureAwait(false);
        response.Content = new ReadAheadContent(content, start, isAll ? Stream.Null : rest);
        return OAuthErrors.Read(response, start);
    }
}
