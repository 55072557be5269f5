using System.Net;
using System.Runtime.ExceptionServices;
using FuelSessions.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Fuel;

/// <summary>
/// An app whose pages do what the test says: each visit is one HTTP request of the browser, and what the page returned
/// or threw comes back to the test.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly string _folder;
    private Func<Task> _page = () => Task.CompletedTask;
    private TestApp? _app;
    private TestBrowser? _browser;

    private Site(string folder) => _folder = folder;

    internal TestApp App => _app!;

    internal FakeTimeProvider Clock => App.Clock;

    internal TestBrowser Browser => _browser!;

    /// <summary>The response of the last visit.</summary>
    internal TestResponse Last { get; private set; } = null!;

    internal static async Task<Site> StartAsync(
        string driver,
        Action<FuelSessionsOptions>? configure = null,
        Action<FuelSessionsBuilder>? drivers = null,
        IEnumerable<KeyValuePair<string, string?>>? configuration = null)
    {
        var site = new Site(Directory.CreateTempSubdirectory("fuelsessions-").FullName);
        try
        {
            site._app = await TestApp.StartAsync(
                options =>
                {
                    options.Driver = driver;
                    options.Path = site._folder;
                    if (driver is "file" or "db")
                    {
                        // A disk that is busy with something else is no failure here.
                        options.StoreTimeout = TimeSpan.FromMinutes(1);
                    }

                    configure?.Invoke(options);
                },
                site.Map,
                builder =>
                {
                    Drivers.AddTo(builder, site._folder);
                    drivers?.Invoke(builder);
                },
                before: app => app.UseExceptionHandler(errors => errors.Run(_ => Task.CompletedTask)),
                configuration: configuration);
            if (driver == "db")
            {
                await site._app.Services.EnsureFuelSessionsCreatedAsync();
            }

            site._browser = site._app.NewBrowser();
            return site;
        }
        catch
        {
            // Tests of settings that stop the app come here.
            Directory.Delete(site._folder, recursive: true);
            throw;
        }
    }

    /// <summary>A request that uses the session.</summary>
    internal Task<T> Visit<T>(Func<Session, T> page, TestBrowser? browser = null) => Request(() => Task.FromResult(page(Session.Current)), "/page", browser);

    internal Task Visit(Action<Session> page, TestBrowser? browser = null) => Request(() => Run(() => page(Session.Current)), "/page", browser);

    internal Task<T> VisitAsync<T>(Func<Session, Task<T>> page) => Request(() => page(Session.Current), "/page");

    internal Task VisitAsync(Func<Session, Task> page) => Request(() => Then(page(Session.Current)), "/page");

    /// <summary>Another request of the same browser, while a page is running.</summary>
    internal async Task Beside(Action<Session> page)
    {
        _page = () => Run(() => page(Session.Current));
        Assert.Equal(HttpStatusCode.OK, (await Browser.GetAsync("/page")).Status);
    }

    /// <summary>A request of an endpoint that only looks.</summary>
    internal Task<T> Look<T>(Func<Session, T> page) => Request(() => Task.FromResult(page(Session.Current)), "/look");

    internal Task Look(Action<Session> page) => Request(() => Run(() => page(Session.Current)), "/look");

    /// <summary>A request that uses no session by itself.</summary>
    internal Task<T> Elsewhere<T>(Func<T> page) => Request(() => Task.FromResult(page()), "/elsewhere");

    internal Task Elsewhere(Action? page = null) => Request(() => Run(page ?? (() => { })), "/elsewhere");

    /// <summary>A request whose endpoint throws in the end.</summary>
    internal async Task Fail(Action<Session> page)
    {
        _page = () => Run(() => page(Session.Current));
        Last = await Browser.GetAsync("/fail");
        Assert.Equal(HttpStatusCode.InternalServerError, Last.Status);
    }

    public async ValueTask DisposeAsync()
    {
        _browser?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/page", (HttpContext _) => _page());
        app.MapGet("/elsewhere", (HttpContext _) => _page());
        app.MapGet("/look", (HttpContext _) => _page()).WithReadOnlySession();
        app.MapGet("/fail", async (HttpContext _) =>
        {
            await _page();
            throw new InvalidOperationException("The endpoint fails.");
        });
    }

    // What the page throws is the test's to judge: the request itself goes on, as if the app had caught it.
    private async Task<T> Request<T>(Func<Task<T>> page, string path, TestBrowser? browser = null)
    {
        T? result = default;
        ExceptionDispatchInfo? error = null;
        _page = async () =>
        {
            try
            {
                result = await page();
            }
            catch (Exception thrown)
            {
                error = ExceptionDispatchInfo.Capture(thrown);
            }
        };
        Last = await (browser ?? Browser).GetAsync(path);
        error?.Throw();
        Assert.True(Last.Status == HttpStatusCode.OK, string.Join('\n', App.Logs.Lines.Where(line => line.Error is not null).Select(line => line.Error)));
        return result!;
    }

    private static Task<bool> Run(Action page)
    {
        page();
        return Task.FromResult(true);
    }

    private static async Task<bool> Then(Task page)
    {
        await page;
        return true;
    }
}
