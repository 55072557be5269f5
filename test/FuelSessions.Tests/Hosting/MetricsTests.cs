using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

public class MetricsTests
{
    [Fact]
    public async Task Counters_tell_what_happened_and_on_which_driver()
    {
        var counted = new Dictionary<string, long>();
        await using TestApp app = await TestApp.StartAsync(o => o.Driver = "memory", a =>
        {
            a.MapGet("/count", (Session s) => s.Increment("counter").ToString());
            a.MapGet("/revoke", (Session s) => { s.Rotate(revokePrevious: true); });
            a.MapGet("/destroy", (Session s) => { s.Destroy(); });
        });
        using var listener = new MeterListener();
        IMeterFactory meters = app.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is Counter<long> && instrument.Meter.Name == "FuelSessions" && instrument.Meter.Scope == meters)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string key = instrument.Name;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                key += $" {tag.Value}";
            }

            lock (counted)
            {
                counted[key] = counted.GetValueOrDefault(key) + value;
            }
        });
        listener.Start();

        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser old = app.NewBrowser();
        old.Jar["xid"] = browser.Jar["xid"];
        await browser.GetAsync("/revoke");
        await old.GetAsync("/count");
        await browser.GetAsync("/destroy");

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["fuelsessions.sessions.started memory"] = 1,
                ["fuelsessions.sessions.rotated memory"] = 1,
                ["fuelsessions.sessions.destroyed memory"] = 1,
                ["fuelsessions.events memory Detached"] = 1,
                ["fuelsessions.events memory DetachedChangesDropped"] = 1,
            },
            counted);
    }
}
