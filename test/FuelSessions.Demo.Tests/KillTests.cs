using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests;

/// <summary>kill -9 at any moment: what was acknowledged is there after a restart, and so are the keys that open the cookie.</summary>
public class KillTests
{
    [Theory]
    [InlineData("db")]
    [InlineData("file")]
    public async Task No_acknowledged_change_is_lost(string driver)
    {
        using var data = new DataFolder();
        IReadOnlyDictionary<string, string> cookies = new Dictionary<string, string>();
        long acknowledged = 0;
        for (int life = 0; life < 4; life++)
        {
            await using DemoProcess demo = await DemoProcess.StartAsync(data.Path, "Production", $"FuelSessions:Driver={driver}");
            using DemoClient browser = demo.NewClient();
            foreach ((string name, string value) in cookies)
            {
                browser.Jar[name] = value;
            }

            for (int request = 0; request < 5; request++)
            {
                Assert.Equal(++acknowledged, await browser.CountAsync());
            }

            await browser.PostAsync("/api/rotate");
            cookies = browser.Jar;
            await demo.KillAsync();
        }
    }

    [Theory]
    [InlineData("db")]
    [InlineData("file")]
    public async Task A_kill_amid_requests_leaves_a_whole_session(string driver)
    {
        const int Sent = 64;
        using var data = new DataFolder();
        (int acknowledged, IEnumerable<KeyValuePair<string, string>> cookies) = await KillAmidAsync(data, driver, Sent);

        await using DemoProcess demo = await DemoProcess.StartAsync(data.Path, "Production", $"FuelSessions:Driver={driver}");
        using DemoClient after = demo.NewClient();
        foreach ((string name, string value) in cookies)
        {
            after.Jar[name] = value;
        }

        Assert.InRange(await after.CountAsync() - 1, acknowledged, 1 + Sent);
    }

    private static async Task<(int Acknowledged, IEnumerable<KeyValuePair<string, string>> Cookies)> KillAmidAsync(DataFolder data, string driver, int sent)
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(data.Path, "Production", $"FuelSessions:Driver={driver}");
        using DemoClient browser = demo.NewClient();
        await browser.CountAsync();
        Task<HttpResponseMessage>[] requests = [.. Enumerable.Range(0, sent).Select(_ => browser.SendAsync(HttpMethod.Post, "/api/count", keep: false))];
        await Task.WhenAny(requests);
        await demo.KillAsync();
        await Task.WhenAll(requests).ContinueWith(static _ => { }, TaskScheduler.Default);
        return (1 + requests.Count(request => request.IsCompletedSuccessfully && request.Result.IsSuccessStatusCode), browser.Jar);
    }
}
