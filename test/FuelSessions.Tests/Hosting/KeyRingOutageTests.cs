using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

/// <summary>Data Protection reports a key ring that can't be read as it reports a forged text: as "can't be decrypted".</summary>
public class KeyRingOutageTests
{
    [Fact]
    public async Task A_key_ring_that_can_not_be_read_logs_nobody_out()
    {
        var keys = new KeyRing();
        await using TestApp first = await StartAsync(keys);
        using TestBrowser browser = first.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));

        // A node that starts while the store of the keys is away.
        keys.IsAway = true;
        await using TestApp second = await StartAsync(keys);
        using TestBrowser same = second.NewBrowser();
        same.Jar["xid"] = browser.Jar["xid"];
        TestResponse response = await same.GetAsync("/count");

        Assert.Equal(500, (int)response.Status);
        Assert.Null(response.Cookie("xid"));
        Assert.Contains(second.Logs.Lines, line => line.Error is SessionStoreException error && error.Message.Contains("keys", StringComparison.Ordinal));
    }

    private static Task<TestApp> StartAsync(KeyRing keys) => TestApp.StartAsync(
        options => options.Driver = "memory",
        app => app.MapGet("/count", (Session session) => session.Increment("counter").ToString()),
        services: services => services.AddSingleton(keys.NewProvider()));
}
