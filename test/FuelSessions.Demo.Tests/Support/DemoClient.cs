using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FuelSessions.Demo.Tests.Support;

/// <summary>A browser without scripts: keeps cookies, follows redirects after forms, sends the antiforgery token of the page it saw.</summary>
internal sealed partial class DemoClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 256 }) { BaseAddress = address };

    /// <summary>The newest value of each cookie.</summary>
    internal ConcurrentDictionary<string, string> Jar { get; private init; } = new();

    /// <summary>What it calls itself.</summary>
    internal string UserAgent { get; init; } = "Mozilla/5.0 (X11; Linux x86_64) DemoTests/1.0";

    /// <summary>Another browser with the same cookies, as a request that was sent a while ago has.</summary>
    internal DemoClient Copy() => new(address) { Jar = new(Jar) };

    /// <param name="keep">Whether cookies of the answer go into the jar.</param>
    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, bool keep = true, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Jar.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        HttpResponseMessage response = await _http.SendAsync(request);
        if (keep)
        {
            Keep(response);
        }

        return response;
    }

    internal async Task<string> PageAsync(string path = "/")
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Presses a button of a page; the page that the redirect leads to.</summary>
    internal async Task<string> PressAsync(string page, string handler, params (string Name, string Value)[] fields)
    {
        using HttpResponseMessage response = await SubmitAsync(page, handler, fields);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return await PageAsync(response.Headers.Location!.OriginalString.Split('#')[0]);
    }

    /// <summary>Presses a button of a page that answers by itself: it has something to object to.</summary>
    internal async Task<string> PressInVainAsync(string page, string handler, params (string Name, string Value)[] fields)
    {
        using HttpResponseMessage response = await SubmitAsync(page, handler, fields);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    internal async Task<HttpResponseMessage> SubmitAsync(string page, string handler, params (string Name, string Value)[] fields)
    {
        Match token = AntiforgeryToken().Match(await PageAsync(page));
        var form = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token.Groups[1].Value)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await SendAsync(HttpMethod.Post, $"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}handler={handler}", form);
    }

    internal async Task<JsonElement> JsonAsync(HttpMethod method, string path, object? body = null)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body is null ? null : JsonContent.Create(body));
        Assert.True(response.IsSuccessStatusCode, $"{method} {path} answered {response.StatusCode}.");
        return response.StatusCode == HttpStatusCode.NoContent ? default : await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    internal Task<JsonElement> GetAsync(string path) => JsonAsync(HttpMethod.Get, path);

    internal Task<JsonElement> PostAsync(string path, object? body = null) => JsonAsync(HttpMethod.Post, path, body);

    internal async Task<long> CountAsync() => (await PostAsync("/api/count")).GetProperty("counter").GetInt64();

    /// <summary>The text of the element with that id.</summary>
    internal static string TextOf(string page, string id) =>
        WebUtility.HtmlDecode(Regex.Match(page, $"id=\"{id}\"[^>]*>(?:<span>)?([^<]*)<").Groups[1].Value);

    /// <summary>What the answer sets that cookie to; null if it does not.</summary>
    internal static string? CookieOf(HttpResponseMessage response, string name) => Cookies(response)
        .Where(cookie => cookie.Name == name)
        .Select(cookie => cookie.Value)
        .SingleOrDefault();

    public void Dispose() => _http.Dispose();

    private void Keep(HttpResponseMessage response)
    {
        foreach ((string name, string value) in Cookies(response))
        {
            if (value.Length == 0)
            {
                Jar.TryRemove(name, out _);
            }
            else
            {
                Jar[name] = value;
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> Cookies(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? headers)
            ? headers.Select(header => header.Split(';')[0].Split('=', 2)).Select(pair => (pair[0], pair[1]))
            : [];

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
