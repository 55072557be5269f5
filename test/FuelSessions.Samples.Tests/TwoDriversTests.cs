using System.Net;
using FuelSessions.Samples.Tests.Support;
using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests;

/// <summary>A minimal API with one session in the database and one in the cookie.</summary>
public sealed class TwoDriversTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-");
    private SampleProcess _api = null!;

    [Fact]
    public async Task Each_session_has_a_life_of_its_own()
    {
        using TestBrowser browser = _api.NewBrowser();
        await browser.SendAsync(HttpMethod.Put, "/preferences/theme/dark");
        Assert.Equal(["two-drivers-preferences"], browser.Jar.Keys);
        Assert.Equal("""{"theme":"dark"}""", await browser.TextAsync("/preferences"));
        await browser.SendAsync(HttpMethod.Post, "/cart/pen");
        await browser.SendAsync(HttpMethod.Post, "/cart/pen");
        await browser.SendAsync(HttpMethod.Post, "/cart/A.2");
        Assert.Equal("""{"pen":2,"A.2":1}""", await browser.TextAsync("/cart"));
        Assert.Equal("""{"items":3,"theme":"dark"}""", await browser.TextAsync("/"));

        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(HttpMethod.Delete, "/cart")).Status);
        Assert.Equal("""{"items":0,"theme":"dark"}""", await browser.TextAsync("/"));
        Assert.Equal(["two-drivers-preferences"], browser.Jar.Keys);
    }

    [Fact]
    public async Task Both_outlive_a_restart()
    {
        using TestBrowser before = _api.NewBrowser();
        await before.SendAsync(HttpMethod.Put, "/preferences/theme/dark");
        await before.SendAsync(HttpMethod.Post, "/cart/pen");
        await _api.DisposeAsync();
        await InitializeAsync();
        using TestBrowser after = _api.NewBrowser();
        foreach ((string name, string value) in before.Jar)
        {
            after.Jar[name] = value;
        }

        Assert.Equal("""{"items":1,"theme":"dark"}""", await after.TextAsync("/"));
    }

    public async Task InitializeAsync() => _api = await SampleProcess.StartAsync("TwoDrivers", $"--ConnectionStrings:Sessions=Data Source={Path.Join(_folder.FullName, "sessions.db")}");

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
