using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FuelSessions.Tests.Telemetry;

/// <summary>An app with OpenTelemetry, to whose sessions everything has happened once that is counted or measured.</summary>
public sealed class WatchedApp : IAsyncLifetime
{
    private TestApp _app = null!;
    private RivalDriver _rival = null!;

    /// <summary>The spans of each request, by its path.</summary>
    internal ConcurrentDictionary<string, Activity[]> Spans { get; } = new();

    /// <summary>What Prometheus is told.</summary>
    internal string Scraped { get; private set; } = "";

    private ConcurrentQueue<Activity> Ended { get; } = new();

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            app =>
            {
                app.MapPrometheusScrapingEndpoint();
                app.MapGet("/set", (Session s) => { s.Set("name", "Ada"); });
                app.MapGet("/count", (Session s) => s.Increment("counter").ToString());
                app.MapGet("/read", (Session s) => s.Get<string>("name") ?? "");
                app.MapGet("/revoke", (Session s) => { s.Rotate(revokePrevious: true); });
                app.MapGet("/destroy", (Session s) => { s.Destroy(); });
                app.MapGet("/nothing", () => "");
            },
            sessions => sessions.BindToDevice().DecorateDriver("memory", (inner, _) => _rival = new RivalDriver(inner)),
            services: services =>
            {
                services.AddOpenTelemetry()
                    .WithTracing(tracing => tracing.AddSource("FuelSessions").AddSource("Microsoft.AspNetCore").AddProcessor(new Keeping(Ended)))
                    .WithMetrics(metrics => metrics.AddMeter("FuelSessions").AddPrometheusExporter());
                services.Configure<PrometheusAspNetCoreOptions>(o => o.ScrapeResponseCacheDurationMilliseconds = 0);
            });
        await HappenAsync();
        using TestBrowser prometheus = _app.NewBrowser();
        Scraped = await prometheus.TextAsync("/metrics");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    private async Task HappenAsync()
    {
        using TestBrowser browser = _app.NewBrowser();
        using TestBrowser old = _app.NewBrowser();
        await VisitAsync(browser, "/nothing");
        await VisitAsync(browser, "/set");
        _rival.Overtakes = 2;
        await VisitAsync(browser, "/count");
        await VisitAsync(browser, "/read");
        _app.Clock.Advance(TimeSpan.FromMinutes(2));
        await VisitAsync(browser, "/read", "/touch");
        old.Jar["xid"] = browser.Jar["xid"];
        await VisitAsync(browser, "/revoke");
        await VisitAsync(old, "/read", "/detached");
        _rival.Fails = new IOException("The disk says: Ada.");
        await VisitAsync(browser, "/read", "/failed", HttpStatusCode.InternalServerError);
        _rival.Fails = null;
        await VisitAsync(browser, "/destroy");

        using TestBrowser left = _app.NewBrowser();
        await VisitAsync(left, "/set", "/left");
        var collected = new TaskCompletionSource();
        _app.Logs.Recorded += line => _ = line.Id == 110 && collected.TrySetResult();
        await _app.Clock.AdvanceUntilAsync(collected.Task, TimeSpan.FromHours(3));
        await VisitAsync(left, "/read", "/expired");
        await left.SendAsync(HttpMethod.Post, "/.fuelsessions/dbsc/memory/register");
    }

    private async Task VisitAsync(TestBrowser browser, string path, string? name = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        int before = Ended.Count;
        HttpStatusCode status = (await browser.GetAsync(path)).Status;
        Assert.True(status == expected, $"{path}: {status}. {_app.Logs.Lines.LastOrDefault(line => line.Error is not null)}");
        Spans[name ?? path] = [.. Ended.Skip(before)];
    }

    /// <summary>Those of FuelSessions, which end before the answer does. The server's own end at any time after it.</summary>
    private sealed class Keeping(ConcurrentQueue<Activity> ended) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.Source.Name == "FuelSessions")
            {
                ended.Enqueue(data);
            }
        }
    }
}
