using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tests.Hosting;

/// <summary>A session's life in log category <c>FuelSessions.LifeCycle</c>: begun, signed in and out, revoked, ended, and by whom.</summary>
public class LifeCycleLogTests
{
    private const string Category = "FuelSessions.LifeCycle";

    private static readonly string[] Secrets = ["ann", "secret content"];

    [Theory]
    [InlineData("memory")]
    [InlineData("cookie")]
    public async Task A_session_s_life_is_told_without_ids_and_names(string driver)
    {
        await using TestApp app = await StartAsync(o => o.Driver = driver);
        using TestBrowser browser = app.NewBrowser();
        string fingerprint = await browser.TextAsync("/set");
        string sent = browser.Jar.Values.Single();
        await browser.GetAsync("/get");
        await browser.GetAsync("/login");
        await browser.GetAsync("/login");
        await browser.GetAsync("/logout");
        await browser.GetAsync("/destroy");
        Assert.Equal([161, 167, 165, 167, 166, 162], Ids(app));
        Assert.All(Told(app), line =>
        {
            Assert.Equal(LogLevel.Information, line.Level);
            Assert.Contains(fingerprint, line.Text, StringComparison.Ordinal);
            Assert.Contains($"driver {driver}", line.Text, StringComparison.Ordinal);
            Assert.All([.. Secrets, sent, sent[..16]], secret => Assert.DoesNotContain(secret, line.Text, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task An_end_by_time_is_told_when_it_is_met_and_only_to_who_asks()
    {
        await using TestApp app = await StartAsync(o => o.Driver = "memory");
        using TestBrowser browser = app.NewBrowser();
        string fingerprint = await browser.TextAsync("/set");
        app.Clock.Advance(TimeSpan.FromDays(1));
        await browser.GetAsync("/unused");
        Assert.Equal([161], Ids(app));

        await browser.GetAsync("/get");
        Assert.Equal([161, 164], Ids(app));
        Assert.Contains(fingerprint, Told(app)[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_a_retired_id_ends_is_told_as_revoked()
    {
        await using TestApp app = await StartAsync(o =>
        {
            o.Driver = "memory";
            o.OnStaleId = StaleIdAction.Destroy;
            o.RotationTime = null;
        });
        using TestBrowser browser = app.NewBrowser();
        using TestBrowser thief = app.NewBrowser();
        string fingerprint = await browser.TextAsync("/set");
        (string cookie, string id) = browser.Jar.Single();
        thief.Jar[cookie] = id;
        await browser.GetAsync("/login");
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        await browser.GetAsync("/get");
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        await thief.GetAsync("/get");
        Assert.Equal([161, 167, 165, 163], Ids(app));
        Assert.Contains(fingerprint, Told(app)[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_category_is_switched_as_any_other_is()
    {
        await using TestApp app = await StartAsync(
            o => o.Driver = "memory",
            services => services.AddLogging(logging => logging.AddFilter(Category, LogLevel.Warning)));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/login");
        await browser.GetAsync("/destroy");
        Assert.Empty(Told(app));
    }

    private static Task<TestApp> StartAsync(Action<FuelSessionsOptions> configure, Action<IServiceCollection>? services = null) => TestApp.StartAsync(
        configure,
        app =>
        {
            app.MapGet("/unused", () => "");
            app.MapGet("/get", (Session s) => s.Get("what", ""));
            app.MapGet("/login", (Session s) => { s.AttachPrincipal("ann"); });
            app.MapGet("/logout", (Session s) => { s.AttachPrincipal(null); });
            app.MapGet("/destroy", (Session s) => { s.Destroy(); });
            app.MapGet("/set", (Session s) =>
            {
                s.Set("what", "secret content");
                return s.Fingerprint;
            });
        },
        services: services);

    private static int[] Ids(TestApp app) => [.. Told(app).Select(line => line.Id)];

    private static LogRecorder.LogLine[] Told(TestApp app) => [.. app.Logs.Lines.Where(line => line.Category == Category)];
}
