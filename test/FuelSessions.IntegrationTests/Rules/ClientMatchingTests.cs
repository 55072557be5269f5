using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>Which user agents and addresses a session answers to.</summary>
public sealed class ClientMatchingTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private const string Updated = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0.1";
    private const string Other = "Mozilla/5.0 (Windows NT 10.0; Win64) Edg/140.0";

    [Theory]
    [InlineData(UserAgentMatching.Off, Updated, true)]
    [InlineData(UserAgentMatching.Off, Other, true)]
    [InlineData(UserAgentMatching.IgnoringVersions, Firefox, true)]
    [InlineData(UserAgentMatching.IgnoringVersions, Updated, true)]
    [InlineData(UserAgentMatching.IgnoringVersions, Other, false)]
    [InlineData(UserAgentMatching.IgnoringVersions, "", false)]
    [InlineData(UserAgentMatching.Exact, Firefox, true)]
    [InlineData(UserAgentMatching.Exact, Updated, false)]
    [InlineData(UserAgentMatching.Exact, Other, false)]
    public async Task A_session_answers_to_the_user_agents_that_the_setting_allows(UserAgentMatching matching, string userAgent, bool answers)
    {
        SessionApp app = await StartAsync("memory", options => options.MatchUserAgent = matching);
        TestBrowser owner = app.NewBrowser(Firefox);
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        Assert.Equal(answers ? "Ada" : null, await app.GetAsync(app.CopyOf(owner, userAgent), "user"));
        Assert.Equal(answers ? 0 : 1, app.Events.Count(e => e.Kind == SessionEventKind.ClientMismatch));
        Assert.Equal("Ada", await app.GetAsync(owner, "user"));
    }

    [Fact]
    public async Task A_client_without_a_user_agent_keeps_its_session()
    {
        SessionApp app = await StartAsync("memory");
        TestBrowser owner = app.NewBrowser("");
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        Assert.Equal("Ada", await app.GetAsync(owner, "user"));
        Assert.Null(await app.GetAsync(app.CopyOf(owner, Firefox), "user"));
    }

    [Theory]
    [InlineData(true, "203.0.113.7", "203.0.113.7", true)]
    [InlineData(true, "203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData(true, "203.0.113.7", "203.0.113.8", false)]
    [InlineData(true, "2001:db8::1", "2001:0db8:0000::0001", true)]
    [InlineData(true, "2001:db8::1", "2001:db8::2", false)]
    [InlineData(false, "203.0.113.7", "198.51.100.9", true)]
    public async Task A_session_answers_to_its_address_if_the_setting_says_so(bool match, string first, string second, bool answers)
    {
        SessionApp app = await StartAsync(
            "memory",
            options => options.MatchIp = match,
            before: Addresses.Believe);
        TestBrowser browser = app.NewBrowser();
        await app.DoneFromAsync(browser, first, session => session.Set("user", "Ada"));
        await app.DoneFromAsync(browser, second, session => Assert.Equal(answers ? "Ada" : null, session.Get<string>("user")));
        await app.DoneFromAsync(browser, first, session => Assert.Equal("Ada", session.Get<string>("user")));
    }

    /// <summary>Without the middleware for it, anybody could claim any address in a header.</summary>
    [Fact]
    public async Task A_forwarded_header_that_no_middleware_has_vouched_for_is_ignored()
    {
        SessionApp app = await StartAsync("memory", options => options.MatchIp = true);
        TestBrowser browser = app.NewBrowser();
        await app.DoneFromAsync(browser, "203.0.113.7", session => session.Set("user", "Ada"));
        await app.DoneFromAsync(browser, "198.51.100.9", session => Assert.Equal("Ada", session.Get<string>("user")));
    }
}
