using FuelSessions.Tests;
using LongConnections;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Samples.Tests;

/// <summary>The sample's connections in this process, on a clock that only the test moves, and one browser that has a session.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly TestApp _app;
    private readonly DirectoryInfo _folder;

    private Site(TestApp app, DirectoryInfo folder) => (_app, _folder, Browser) = (app, folder, app.NewBrowser());

    internal TestBrowser Browser { get; }

    internal TestApp App => _app;

    internal static async Task<Site> StartAsync(string driver = "memory", Action<WebApplication>? map = null)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fuelsessions-");
        var site = new Site(await TestApp.StartAsync(
            options =>
            {
                options.Driver = driver;
                options.Path = folder.FullName;
            },
            app =>
            {
                app.UseWebSockets();
                app.MapLongConnections();
                map?.Invoke(app);
            },
            services: services => services.AddSignalR()), folder);
        Assert.Equal(1, await site.PostAsync("/add"));
        return site;
    }

    /// <summary>An ordinary request of the same browser.</summary>
    internal async Task<long> PostAsync(string path)
    {
        TestResponse response = await Browser.SendAsync(HttpMethod.Post, path);
        Assert.Equal(200, (int)response.Status);
        return long.TryParse(response.Body, out long count) ? count : 0;
    }

    internal async Task<long> CountAsync() => long.Parse(await Browser.TextAsync("/count"), System.Globalization.CultureInfo.InvariantCulture);

    internal void AddCookies(Action<string, string> addHeader)
    {
        if (!Browser.Jar.IsEmpty)
        {
            addHeader("Cookie", string.Join("; ", Browser.Jar.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        addHeader("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) TestBrowser/120.0");
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
