using Microsoft.AspNetCore.Builder;

namespace FuelSessions.Tests;

public class SmokeTests
{
    [Theory]
    [InlineData("memory", "xid")]
    [InlineData("cookie", "cid")]
    public async Task Counts(string driver, string cookie)
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = driver,
            a => a.MapGet("/count", (Session s) => s.Increment("counter").ToString()));
        using TestBrowser browser = app.NewBrowser();
        TestResponse first = await browser.GetAsync("/count");
        Assert.True(first.Body == "1", first.Status + first.Body + string.Join("\n", app.Logs.Lines.Where(l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning).Select(l => l.Text + l.Error)));
        Assert.NotNull(first.Cookie(cookie));
        Assert.Equal("2", await browser.TextAsync("/count"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        TestResponse rotated = await browser.GetAsync("/count");
        Assert.Equal("3", rotated.Body);
        Assert.NotNull(rotated.Cookie(cookie));
        Assert.Equal("4", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task Burst()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapGet("/count", (Session s) => s.Increment("counter").ToString()));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        for (int round = 0; round < 20; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse[] all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => browser.GetAsync("/count", deliver: false)));
            Assert.Single(all.Select(r => r.Cookie("xid")).Distinct());
            Assert.NotNull(all[0].Cookie("xid"));
            browser.Deliver(all[0]);
        }
        Assert.Equal((1 + (20 * 64) + 1).ToString(), await browser.TextAsync("/count"));
    }
}
