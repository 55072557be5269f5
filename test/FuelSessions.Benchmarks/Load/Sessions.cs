using System.Collections.Concurrent;
using System.Globalization;
using FuelSessions.Tests;

namespace FuelSessions.Benchmarks.Load;

/// <summary>Makes the sessions that a measurement uses, over HTTP as a browser would get them, and adds their counters up afterwards.</summary>
internal static class Sessions
{
    internal const int Usual = 1024;

    private const int Parallel = 8;

    /// <returns>A Cookie header for each session.</returns>
    internal static async Task<string[]> BeginAsync(
        ServerProcess server, int count, int bytes, CancellationToken cancellationToken, int variables = 1)
    {
        var cookies = new ConcurrentBag<string>();
        await System.Threading.Tasks.Parallel.ForAsync(0, count, Bounded(cancellationToken), async (_, token) =>
        {
            using HttpResponseMessage response = await server.Client.GetAsync(new Uri($"/seed?bytes={bytes}&variables={variables}", UriKind.Relative), token);
            response.EnsureSuccessStatusCode();
            string cookie = CookieHeader(response);
            cookies.Add(response.Headers.TryGetValues(DeviceOffer.Header, out IEnumerable<string>? offer)
                ? await BindAsync(server, cookie, DeviceOffer.Parse(offer.Single()), token)
                : cookie);
        });
        return [.. cookies];
    }

    /// <summary>The sum of the counters.</summary>
    internal static async Task<long> SumAsync(ServerProcess server, IEnumerable<string> cookies, CancellationToken cancellationToken)
    {
        long sum = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(cookies, Bounded(cancellationToken), async (cookie, token) =>
            Interlocked.Add(ref sum, await SendAsync(server, "/look", cookie, token)));
        return sum;
    }

    /// <summary>Sends one request and gives back the number that it is answered with.</summary>
    internal static async Task<long> SendAsync(ServerProcess server, string path, string? cookie, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        using HttpResponseMessage response = await server.Client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return long.Parse(await response.Content.ReadAsStringAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    // As a browser does whose session may be bound to its device. The first request with both cookies is written down: it is no part of a measurement.
    private static async Task<string> BindAsync(ServerProcess server, string cookie, DeviceOffer offer, CancellationToken cancellationToken)
    {
        using var device = new DeviceSigner();
        using var request = new HttpRequestMessage(HttpMethod.Post, offer.Path);
        request.Headers.TryAddWithoutValidation(DeviceOffer.Answer, device.Register(offer.Challenge, offer.Authorization));
        using HttpResponseMessage response = await server.Client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        string both = $"{cookie}; {CookieHeader(response)}";
        await SendAsync(server, "/look", both, cancellationToken);
        return both;
    }

    private static ParallelOptions Bounded(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };

    // The cookie driver's session may come in several.
    private static string CookieHeader(HttpResponseMessage response) => response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set)
        ? string.Join("; ", set.Select(cookie => cookie.Split(';')[0]))
        : throw new InvalidOperationException($"{response.RequestMessage!.RequestUri} set no cookie.");
}
