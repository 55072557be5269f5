using System.Net;
using FuelSessions.Demo.Authority;
using FuelSessions.Tokens;

namespace FuelSessions.Demo.Client;

/// <summary>Many calls of the API at once, as an app has them when many things happen to one user.</summary>
internal sealed class ParallelCalls(IHttpClientFactory clients, AuthorityCounts counts)
{
    internal const int Number = 100;

    /// <summary>Calls with the token of this request's session.</summary>
    /// <param name="signIn">That token, by which the provider's counts are looked up.</param>
    internal async Task<CallReport> RunAsync(OAuthToken signIn, CancellationToken cancellationToken)
    {
        string? name = signIn.Extra.GetValueOrDefault(AuthorityEndpoints.SignIn);
        (int refreshes, int rejected) = (counts.RefreshesOf(name), counts.RejectedOf(name));
        using HttpClient api = clients.CreateClient(ProviderClient.Api);
        HttpStatusCode?[] answers = await Task.WhenAll(Enumerable.Range(0, Number).Select(_ => CallAsync(api, cancellationToken)));
        return new CallReport(
            answers.Count(status => status == HttpStatusCode.OK),
            answers.Count(status => status == HttpStatusCode.Unauthorized),
            answers.Count(status => status is not (HttpStatusCode.OK or HttpStatusCode.Unauthorized)),
            counts.RejectedOf(name) - rejected,
            refreshes,
            counts.RefreshesOf(name));
    }

    private static async Task<HttpStatusCode?> CallAsync(HttpClient api, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await api.GetAsync("me", cancellationToken);
            return response.StatusCode;
        }
        catch (Exception error) when (error is TokenRefusedException or HttpRequestException)
        {
            // Counted. Why it was, the log says.
            return null;
        }
    }
}
