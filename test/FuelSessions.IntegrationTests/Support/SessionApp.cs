using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>
/// An app on one store. Requests go through Kestrel like any other; what their endpoint does is written where the test
/// sends them.
/// </summary>
internal sealed class SessionApp : IAsyncDisposable
{
    /// <summary>What an endpoint does with the request's sessions.</summary>
    internal delegate Task Endpoint(HttpContext http, ISessionStore sessions);

    private readonly ConcurrentDictionary<int, Endpoint> _endpoints = new();
    private readonly ConcurrentBag<TestBrowser> _browsers = [];
    private TestApp _app = null!;
    private ProbedDriver? _probe;
    private int _count;

    private SessionApp(Store store) => Store = store;

    internal Store Store { get; }

    internal FakeTimeProvider Clock => _app.Clock;

    internal LogRecorder Logs => _app.Logs;

    internal Uri Address => _app.Address;

    internal IServiceProvider Services => _app.Services;

    /// <summary>What the app was told that is not as it should be.</summary>
    internal IReadOnlyList<SessionEvent> Events => [.. Told.All.Where(happened => happened.Kind is < SessionEventKind.Began or SessionEventKind.SignInRefused)];

    /// <summary>All that the app was told.</summary>
    internal EventRecorder Told { get; } = new();

    /// <summary>What reached the app's exception handler.</summary>
    internal ConcurrentQueue<Exception> Errors { get; } = new();

    /// <summary>Around the driver; it is made with the driver, at the first use of a session.</summary>
    internal ProbedDriver Probe => _probe ?? (ProbedDriver)Services.GetRequiredService<DriverRegistry>().Driver(Store.Driver);

    internal static async Task<SessionApp> StartAsync(
        Store store,
        Action<FuelSessionsOptions>? configure,
        Action<WebApplication>? map,
        Action<WebApplication>? before,
        FakeTimeProvider? clock,
        Action<IServiceCollection>? services = null)
    {
        var app = new SessionApp(store);
        app._app = await TestApp.StartAsync(
            options =>
            {
                store.Configure(options);
                configure?.Invoke(options);
            },
            web => app.Map(web, map),
            sessions => store.AddProbed(sessions, probe => app._probe = probe),
            web =>
            {
                web.UseExceptionHandler(errors => errors.Run(app.ReportAsync));
                before?.Invoke(web);
            },
            configuration: StoreTimeouts.Long,
            services: added =>
            {
                added.AddSingleton<SessionEvents>(app.Told);
                services?.Invoke(added);
            },
            clock: clock);
        await store.PrepareAsync(app.Services);
        return app;
    }

    internal TestBrowser NewBrowser(string? userAgent = null)
    {
        TestBrowser browser = userAgent is null ? _app.NewBrowser() : _app.NewBrowser(userAgent);
        _browsers.Add(browser);
        return browser;
    }

    /// <summary>A browser that holds the same cookies now: a copy of what another one would have sent.</summary>
    internal TestBrowser CopyOf(TestBrowser browser, string? userAgent = null)
    {
        TestBrowser copy = NewBrowser(userAgent);
        foreach ((string name, string value) in browser.Jar)
        {
            copy.Jar[name] = value;
        }

        return copy;
    }

    /// <summary>Sends a request whose endpoint does this.</summary>
    /// <param name="path">The endpoint: <c>/run</c>; <c>/look</c>, which is read-only; <c>/stream</c>, which reads no form; or one of the test's own.</param>
    internal Task<TestResponse> SendAsync(
        TestBrowser browser,
        Endpoint endpoint,
        string path = "/run",
        HttpContent? content = null,
        Action<HttpRequestMessage>? edit = null,
        string query = "",
        bool deliver = true) =>
        browser.SendAsync(content is null ? HttpMethod.Get : HttpMethod.Post, PathOf(endpoint, path) + query, content, edit, deliver);

    /// <summary>Where a request is to go whose endpoint does this, for who sends it by other means.</summary>
    internal string PathOf(Endpoint endpoint, string path = "/run")
    {
        int number = Interlocked.Increment(ref _count);
        _endpoints[number] = endpoint;
        return string.Create(CultureInfo.InvariantCulture, $"{path}/{number}");
    }

    /// <summary>Sends a request that does this to the app's default session.</summary>
    internal Task<TestResponse> DoAsync(TestBrowser browser, Func<Session, Task> act, string path = "/run", bool deliver = true) =>
        SendAsync(browser, async (_, sessions) => await act(await sessions.ForgeAsync()), path, deliver: deliver);

    internal Task<TestResponse> DoAsync(TestBrowser browser, Action<Session> act, string path = "/run", bool deliver = true) => DoAsync(
        browser,
        session =>
        {
            act(session);
            return Task.CompletedTask;
        },
        path,
        deliver);

    /// <summary>The same, and it must succeed.</summary>
    internal async Task<TestResponse> DoneAsync(TestBrowser browser, Action<Session> act, string path = "/run", bool deliver = true) =>
        AssertOk(await DoAsync(browser, act, path, deliver));

    /// <summary>The same, from another address, where the app takes it from a proxy's header.</summary>
    internal async Task<TestResponse> DoneFromAsync(TestBrowser browser, string address, Action<Session> act) => AssertOk(await SendAsync(
        browser,
        async (_, sessions) => act(await sessions.ForgeAsync()),
        edit: Addresses.From(address)));

    /// <summary>What a request's session answers.</summary>
    internal async Task<T> AskAsync<T>(TestBrowser browser, Func<Session, T> ask, string path = "/run")
    {
        T answer = default!;
        await DoneAsync(browser, session => answer = ask(session), path);
        return answer;
    }

    internal Task<string?> GetAsync(TestBrowser browser, string name) => AskAsync(browser, session => session.Get<string>(name));

    /// <summary>The key of the session that the browser holds.</summary>
    internal Task<SessionKey> KeyAsync(TestBrowser browser) => AskAsync(browser, session => session.Transaction.Key);

    internal TestResponse AssertOk(TestResponse response)
    {
        Assert.True(response.Status == HttpStatusCode.OK, $"{response.Status}: {response.Body}{Environment.NewLine}{Errors.LastOrDefault()}");
        return response;
    }

    /// <summary>The request failed in the app's exception handler with this error, and sent no cookie of the store.</summary>
    internal TError AssertFailed<TError>(TestResponse response)
        where TError : Exception
    {
        Assert.Equal(HttpStatusCode.InternalServerError, response.Status);
        AssertNoCookie(response);
        Assert.True(Errors.TryDequeue(out Exception? error));
        return Assert.IsType<TError>(error);
    }

    /// <summary>Nothing that could change what the browser holds for this store.</summary>
    internal void AssertNoCookie(TestResponse response) =>
        Assert.DoesNotContain(response.SetCookies, cookie => cookie.StartsWith(Store.CookieName, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (TestBrowser browser in _browsers)
        {
            browser.Dispose();
        }

        await _app.DisposeAsync();
    }

    private void Map(WebApplication web, Action<WebApplication>? map)
    {
        web.Map("/run/{number}", RunAsync);
        web.Map("/look/{number}", RunAsync).WithReadOnlySession();
        web.Map("/stream/{number}", RunAsync).WithoutSessionForm();
        map?.Invoke(web);
    }

    /// <summary>For a test's own endpoints.</summary>
    internal Task RunAsync(HttpContext http, int number) => _endpoints[number](http, http.RequestServices.GetRequiredService<ISessionStore>());

    private async Task ReportAsync(HttpContext http)
    {
        Exception error = http.Features.GetRequiredFeature<IExceptionHandlerFeature>().Error;
        Errors.Enqueue(error);
        await http.Response.WriteAsync($"{error.GetType().Name}: {error.Message}");
    }
}
