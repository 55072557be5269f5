using FuelSessions.Tests;

namespace FuelSessions.Tokens.Tests.Processes;

/// <summary>The same where a driver can also keep the web sessions of two apps.</summary>
public abstract class WebSessionProcesses : TwoProcesses
{
    private const int RequestsEach = 25;

    [Fact]
    public async Task Requests_of_one_browser_to_two_apps_with_an_expired_token_in_the_web_session_cause_one_refresh()
    {
        await using Child one = Child.Start(ChildPrograms.Site, Place.Arguments);
        await using Child two = Child.Start(ChildPrograms.Site, Place.Arguments);
        using TestBrowser browser = await BrowseAsync(one);
        using TestBrowser same = await BrowseAsync(two);
        await Provider.IssueExpiredAsync(async () => Assert.Equal("", await browser.TextAsync("/sign-in")));
        (string name, string id) = Assert.Single(browser.Jar);
        same.Jar[name] = id;
        Provider.Slow(calls: 2 * RequestsEach);

        TestResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 2 * RequestsEach).Select(number => (number % 2 == 0 ? browser : same).GetAsync("/token", deliver: false)));

        Provider.AssertOneRefresh();
        Assert.All(answers, answer => Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status));
        string token = Assert.Single(answers.Select(answer => answer.Body).Distinct());
        Assert.StartsWith("access-", token);
        Assert.Equal(token, await browser.TextAsync("/token"));
        Assert.Equal(token, await same.TextAsync("/token"));
        Provider.AssertOneRefresh();
    }

    // Has answered once, so that neither app is warming up while the other one is done.
    private static async Task<TestBrowser> BrowseAsync(Child site)
    {
        var browser = new TestBrowser(new Uri((await site.ReadLineAsync())!), "Mozilla/5.0 (X11; Linux x86_64) TestBrowser/120.0");
        Assert.Equal("", await browser.TextAsync("/"));
        return browser;
    }
}
