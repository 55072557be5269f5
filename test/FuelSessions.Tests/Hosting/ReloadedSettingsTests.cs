using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>Settings that change in the app's configuration while it runs.</summary>
public class ReloadedSettingsTests
{
    [Fact]
    public async Task New_requests_go_by_the_new_settings()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        Assert.Equal(["xid"], browser.Jar.Keys);

        Change(app, ("FuelSessions:Memory:CookieName", "sid"), ("FuelSessions:Memory:CookieSameSite", "Strict"), ("FuelSessions:HeaderName", "X-Session"));
        TestResponse response = await browser.GetAsync("/count");
        Assert.Equal("1", response.Body);
        Assert.Contains("samesite=strict", response.SetCookies.Single(cookie => cookie.StartsWith("sid=", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("X-Session", response.Headers.Keys);
        Assert.Equal("2", await browser.TextAsync("/count"));

        // And whoever asks the framework for them.
        Assert.Equal("sid", app.Services.GetRequiredService<IOptionsMonitor<FuelSessionsOptions>>().Get("memory").CookieName);
        Assert.Equal("X-Session", app.Services.GetRequiredService<IOptionsMonitor<FuelSessionsOptions>>().CurrentValue.HeaderName);
        Assert.Contains(app.Logs.Lines, line => line.Id == 125);
    }

    [Fact]
    public async Task Another_driver_becomes_the_default()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        Change(app, ("FuelSessions:Driver", "cookie"));
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.Contains("cid", browser.Jar.Keys);
        Change(app, ("FuelSessions:Driver", "memory"));
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task A_request_goes_by_the_settings_that_it_began_with()
    {
        TestApp? app = null;
        await using TestApp started = await StartAsync(web => web.MapGet("/change", (ISessionStore sessions) =>
        {
            Change(app!, ("FuelSessions:Memory:CookieName", "sid"));
            return $"{sessions.Current.GetConfig("CookieName")}";
        }));
        app = started;
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("xid", await browser.TextAsync("/change"));
        Assert.Equal("sid", await browser.TextAsync("/change"));
    }

    [Fact]
    public async Task Settings_that_cannot_work_change_nothing_and_are_told()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        (string, string, string)[] changes =
        [
            ("FuelSessions:RotationTime", "never", "00:05:00"),
            ("FuelSessions:Driver", "etcd", "memory"),
            ("FuelSessions:Memory:CookieName", "a b", "xid"),
            ("FuelSessions:Memory:CookieName", "cid", "xid"),
        ];
        foreach ((string key, string value, string before) in changes)
        {
            Change(app, (key, value));
            LogRecorder.LogLine told = Assert.IsType<LogRecorder.LogLine>(app.Logs.Lines.FirstOrDefault(line => line.Id == 126 && line.Error!.Message.Contains(value, StringComparison.Ordinal)));
            Assert.Equal(LogLevel.Error, told.Level);
            await browser.GetAsync("/count");
            Change(app, (key, before));
        }

        Assert.Equal("6", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task What_drivers_are_made_of_stays_until_the_next_start_and_that_is_told()
    {
        await using TestApp app = await StartAsync(web => web.MapGet("/settings", (Session session) => $"{session.GetConfig("MaxSessions")} {session.GetConfig("CookieName")}"));
        using TestBrowser browser = app.NewBrowser();
        Change(app, ("FuelSessions:Memory:MaxSessions", "7"), ("FuelSessions:GcInterval", "00:01:00"), ("FuelSessions:Memory:CookieName", "sid"));
        Assert.Equal($"{new FuelSessionsOptions().MaxSessions} sid", await browser.TextAsync("/settings"));
        LogRecorder.LogLine told = Assert.Single(app.Logs.Lines, line => line.Text.Contains("GcInterval, MaxSessions", StringComparison.Ordinal));
        Assert.Equal((130, LogLevel.Warning), (told.Id, told.Level));
    }

    private static Task<TestApp> StartAsync(Action<WebApplication>? map = null) => TestApp.StartAsync(
        map: web =>
        {
            web.MapGet("/count", (Session session) => session.Increment("count"));
            map?.Invoke(web);
        },
        configuration: [new("FuelSessions:Driver", "memory")]);

    private static void Change(TestApp app, params (string Key, string Value)[] settings)
    {
        var configuration = (IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>();
        foreach ((string key, string value) in settings)
        {
            configuration[key] = value;
        }

        configuration.Reload();
    }
}
