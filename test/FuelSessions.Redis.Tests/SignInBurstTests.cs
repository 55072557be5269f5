using System.Net;
using FuelSessions.Redis.Tests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Redis.Tests;

/// <summary>[A7] [A8] [A10] Many sign-ins of one user at once in a cluster, where the user's set, the marks and the sessions are on different nodes.</summary>
[Collection(ClusterCollection.Name)]
public sealed class SignInBurstTests(RedisCluster cluster)
{
    private const int Requests = 64;
    private const int Most = 5;

    [Theory]
    [InlineData(TooManySessionsAction.EndOldest, Requests)]
    [InlineData(TooManySessionsAction.RefuseSignIn, Most)]
    public async Task Of_64_sign_ins_at_once_five_are_left(TooManySessionsAction action, int answered)
    {
        await using TestApp app = await TestApp.StartAsync(
            options =>
            {
                options.Driver = "redis";
                options.StoreTimeout = TimeSpan.FromMinutes(1);
                options.MaxSessionsPerPrincipal = Most;
                options.OnTooManySessions = action;
            },
            web =>
            {
                web.MapGet("/sign-in", (Session session, string user) => { session.AttachPrincipal(user); });
                web.MapGet("/who", (Session session) => session.Principal ?? "");
            },
            drivers => drivers.AddRedisDriver(cluster.Configuration));

        // The cluster is there for other tests as well.
        string user = $"ada-{action}-{Guid.NewGuid()}";
        TestBrowser[] browsers = [.. Enumerable.Range(0, Requests).Select(_ => app.NewBrowser())];
        TestResponse[] answers = await Task.WhenAll(browsers.Select(browser => browser.GetAsync($"/sign-in?user={user}")));
        Assert.Equal(answered, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(Requests - answered, answers.Count(answer => answer.Status == HttpStatusCode.Forbidden));
        Assert.Equal(Most, await app.Services.GetRequiredService<ISessionRegistry>().CountAsync(user));
        string[] left = await Task.WhenAll(browsers.Select(browser => browser.TextAsync("/who")));
        Assert.Equal(Most, left.Count(who => who == user));
        foreach (TestBrowser browser in browsers)
        {
            browser.Dispose();
        }
    }
}
