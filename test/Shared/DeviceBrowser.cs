using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FuelSessions.Tests;

/// <summary>A browser with a device's key, which registers and refreshes when the test says so.</summary>
public sealed partial class DeviceBrowser(Uri address, string algorithm = "ES256") : IDisposable
{
    private readonly HttpClient _client = new(Handler()) { BaseAddress = address };

    public DeviceSigner Signer { get; } = new(algorithm);

    public ConcurrentDictionary<string, string> Jar { get; } = new();

    /// <summary>What the last registration was told; null before.</summary>
    public JsonElement? Instructions { get; private set; }

    public string Identifier => Instructions!.Value.GetProperty("session_identifier").GetString()!;

    public string RefreshPath => Instructions!.Value.GetProperty("refresh_url").GetString()!;

    public string BoundCookie => Instructions!.Value.GetProperty("credentials")[0].GetProperty("name").GetString()!;

    /// <summary>What is to be signed next.</summary>
    public string? Challenge { get; set; }

    /// <summary>The last offer to bind a session, of whatever response.</summary>
    public (string Path, string Challenge, string Authorization)? Offer { get; private set; }

    public Task<DeviceResponse> GetAsync(string path, bool cookies = true) => SendAsync(HttpMethod.Get, path, cookies: cookies);

    public async Task<string> TextAsync(string path) => (await GetAsync(path)).Body;

    public Task<DeviceResponse> PostAsync(string path, bool cookies = true, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, cookies, headers);

    public async Task<DeviceResponse> SendAsync(HttpMethod method, string path, bool cookies = true, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (cookies && !Jar.IsEmpty)
        {
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Jar.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) TestBrowser/120.0");
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage answer = await _client.SendAsync(request);
        string[] set = answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? values) ? [.. values] : [];
        Keep(set);
        var response = new DeviceResponse(answer.StatusCode, await answer.Content.ReadAsStringAsync(), set, Header(answer, "Secure-Session-Registration"), Header(answer, "Secure-Session-Challenge"));
        if (response.Offer is { } offer)
        {
            Match parts = OfferParts().Match(offer);
            Assert.True(parts.Success, offer);
            Offer = (parts.Groups[1].Value, parts.Groups[2].Value, parts.Groups[3].Value);
        }

        return response;
    }

    /// <summary>Takes the last offer, without any cookie, as after a sign-in that another site has posted.</summary>
    public async Task<DeviceResponse> RegisterAsync()
    {
        (string path, string challenge, string authorization) = Offer!.Value;
        DeviceResponse response = await PostAsync(path, cookies: false, ("Secure-Session-Response", Signer.Register(challenge, authorization)));
        if (response.Status == HttpStatusCode.OK)
        {
            Learn(response);
        }

        return response;
    }

    /// <summary>Takes over what a registration was answered with.</summary>
    public void Learn(DeviceResponse registered)
    {
        Instructions = JsonDocument.Parse(registered.Body).RootElement;
        TakeChallenge(registered);
    }

    /// <summary>Asks with what it holds, and signs again if it is given another challenge.</summary>
    public async Task<DeviceResponse> RefreshAsync(bool cookies = true)
    {
        DeviceResponse response = await RefreshOnceAsync(cookies);
        return response.Status == HttpStatusCode.Forbidden && response.Challenge is not null ? await RefreshOnceAsync(cookies) : response;
    }

    public async Task<DeviceResponse> RefreshOnceAsync(bool cookies = true, string? proof = null)
    {
        proof ??= Challenge is { } challenge ? Signer.Refresh(challenge) : null;
        DeviceResponse response = await PostAsync(
            RefreshPath,
            cookies,
            proof is null ? [("Sec-Secure-Session-Id", Identifier)] : [("Sec-Secure-Session-Id", Identifier), ("Secure-Session-Response", proof)]);
        TakeChallenge(response);
        return response;
    }

    /// <summary>Another browser with the same cookies and no key.</summary>
    public DeviceBrowser Thief()
    {
        var thief = new DeviceBrowser(address);
        foreach ((string name, string value) in Jar)
        {
            thief.Jar[name] = value;
        }

        return thief;
    }

    public void Dispose()
    {
        Signer.Dispose();
        _client.Dispose();
    }

    private void TakeChallenge(DeviceResponse response)
    {
        if (response.Challenge is { } header)
        {
            Match parts = ChallengeParts().Match(header);
            Assert.True(parts.Success, header);
            Assert.Equal(Identifier, parts.Groups[2].Value);
            Challenge = parts.Groups[1].Value;
        }
    }

    private void Keep(string[] cookies)
    {
        foreach (string header in cookies)
        {
            string pair = header.Split(';')[0];
            (string name, string value) = (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
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

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : null;

    // The certificate is made for the test; that its authority is trusted is a matter of real browsers.
    private static SocketsHttpHandler Handler() => new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 64,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    };

    [GeneratedRegex("""^\(ES256 RS256\);path="([^"]+)";challenge="([^"]+)";authorization="([^"]+)"$""")]
    private static partial Regex OfferParts();

    [GeneratedRegex("""^"([^"]+)";id="([^"]+)"$""")]
    private static partial Regex ChallengeParts();
}

public sealed record DeviceResponse(HttpStatusCode Status, string Body, string[] SetCookies, string? Offer, string? Challenge);
