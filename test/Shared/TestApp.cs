using System.Collections.Concurrent;
using System.Net;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Net.Http.Headers;

namespace FuelSessions.Tests;

/// <summary>An app on Kestrel, on a free port of 127.0.0.1, with a clock that only the test moves.</summary>
public sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, FakeTimeProvider clock, LogRecorder logs, Uri address)
    {
        _app = app;
        Clock = clock;
        Logs = logs;
        Address = address;
    }

    public FakeTimeProvider Clock { get; }

    public LogRecorder Logs { get; }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="drivers">Adds drivers beyond the built-in ones.</param>
    /// <param name="before">Middleware in front of the sessions.</param>
    public static async Task<TestApp> StartAsync(
        Action<FuelSessionsOptions>? configure = null,
        Action<WebApplication>? map = null,
        Action<FuelSessionsBuilder>? drivers = null,
        Action<WebApplication>? before = null,
        IEnumerable<KeyValuePair<string, string?>>? configuration = null,
        Action<IServiceCollection>? services = null,
        FakeTimeProvider? clock = null)
    {
        clock ??= FakeClock.AtPresent();
        var logs = new LogRecorder();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // The default driver would leave a folder on the disk. Whatever a test configures comes after it.
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("FuelSessions:Driver", (string?)"memory")]).AddInMemoryCollection(configuration ?? []);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logs);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services?.Invoke(builder.Services);
        FuelSessionsBuilder sessions = builder.Services.AddFuelSessions(configure);
        drivers?.Invoke(sessions);
        WebApplication app = builder.Build();
        before?.Invoke(app);
        app.UseFuelSessions();
        map?.Invoke(app);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new TestApp(app, clock, logs, new Uri(address));
    }

    /// <summary>A browser of its own: a cookie jar and a user agent.</summary>
    public TestBrowser NewBrowser(string userAgent = "Mozilla/5.0 (X11; Linux x86_64) TestBrowser/120.0") => new(Address, userAgent);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>An HTTP client with a jar that keeps only what a browser would: the last value of each cookie name.</summary>
public sealed class TestBrowser(Uri address, string userAgent) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 256 }) { BaseAddress = address };

    public ConcurrentDictionary<string, string> Jar { get; } = new();

    public string UserAgent => userAgent;

    /// <summary>Sends a request with the jar's cookies, and takes over the cookies of its response.</summary>
    public async Task<TestResponse> SendAsync(HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? edit = null, bool deliver = true)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (!Jar.IsEmpty)
        {
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Jar.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        edit?.Invoke(request);
        using HttpResponseMessage response = await _client.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        string[] cookies = response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? values) ? [.. values] : [];
        var result = new TestResponse(response.StatusCode, body, cookies, response.Headers.ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
        if (deliver)
        {
            Deliver(result);
        }

        return result;
    }

    public Task<TestResponse> GetAsync(string path, bool deliver = true) => SendAsync(HttpMethod.Get, path, deliver: deliver);

    public async Task<string> TextAsync(string path) => (await GetAsync(path)).Body;

    /// <summary>What a response that was held back does when it arrives after all.</summary>
    public void Deliver(TestResponse response)
    {
        // Attributes are read where they stand: what a value holds may look like one of them.
        foreach (SetCookieHeaderValue cookie in SetCookieHeaderValue.ParseStrictList(response.SetCookies))
        {
            string name = cookie.Name.ToString();
            if (cookie.Value.Length == 0 || cookie.MaxAge <= TimeSpan.Zero || cookie.Expires <= DateTimeOffset.UnixEpoch)
            {
                Jar.TryRemove(name, out _);
            }
            else
            {
                Jar[name] = cookie.Value.ToString();
            }
        }
    }

    public void Dispose() => _client.Dispose();
}

public sealed record TestResponse(HttpStatusCode Status, string Body, string[] SetCookies, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The value that the response sets for a cookie; null if it sets none.</summary>
    public string? Cookie(string name) => SetCookies
        .Where(header => header.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(header => header[(name.Length + 1)..].Split(';')[0])
        .LastOrDefault();
}
