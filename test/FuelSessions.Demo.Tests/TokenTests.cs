using System.Net;
using System.Text.RegularExpressions;
using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests;

/// <summary>The page Tokens as a browser without scripts sees it: signing in at the provider, a hundred calls, signing out.</summary>
[Collection(DemosCollection.Name)]
public partial class TokenTests(Demos demos)
{
    private const string Page = "/tokens";

    public static TheoryData<string, string> Drivers { get; } = new() { { "db", "db" }, { "file", "file" }, { "memory", "memory" }, { "cookie", "db" } };

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Whoever_agrees_at_the_provider_is_signed_in_on_a_driver_with_a_server_side(string configured, string expected)
    {
        using DemoClient browser = await demos.ClientOfAsync(configured);
        Assert.Equal(configured != expected, (await browser.PageAsync(Page)).Contains("Tokens need a driver with a server side", StringComparison.Ordinal));

        string page = await SignInAsync(browser, "Ada & <b>");
        Assert.Equal(("Ada & <b>", "contacts offline_access", expected), (DemoClient.TextOf(page, "who"), DemoClient.TextOf(page, "scope"), DemoClient.TextOf(page, "driver")));
        Assert.Matches("^[12]:[0-5][0-9]$", DemoClient.TextOf(page, "left"));
        Assert.Equal("Ada & <b>", DemoClient.TextOf(await browser.PageAsync(Page), "who"));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_hundred_calls_with_an_expired_token_cause_one_refresh(string configured, string _)
    {
        using DemoClient browser = await demos.ClientOfAsync(configured);
        await SignInAsync(browser, "ada");
        Assert.Equal(new Calls(100, 0, 0, 0, 0, "+0"), Calls.On(await browser.PressAsync(Page, "Call")));
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal("0:00", DemoClient.TextOf(await browser.PressAsync(Page, "Expire"), "left"));
            Assert.Equal(new Calls(100, 0, 0, round, round + 1, "+1"), Calls.On(await browser.PressAsync(Page, "Call")));
        }

        string page = await browser.PageAsync(Page);
        Assert.Equal(("3", "–"), (DemoClient.TextOf(page, "refreshes"), DemoClient.TextOf(page, "refreshed")));
        Assert.Matches("^[12]:[0-5][0-9]$", DemoClient.TextOf(page, "left"));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_storm_of_401s_causes_one_refresh_and_reaches_no_caller(string configured, string _)
    {
        using DemoClient browser = await demos.ClientOfAsync(configured);
        await SignInAsync(browser, "ada");
        for (int round = 0; round < 3; round++)
        {
            await browser.PressAsync(Page, "Reject");
            Calls calls = Calls.On(await browser.PressAsync(Page, "Call"));

            // How many arrive before the new token does is a matter of speed.
            Assert.InRange(calls.Rejected, 1, 100);
            Assert.Equal(new Calls(100, calls.Rejected, 0, round, round + 1, "+1"), calls);
        }
    }

    [Fact]
    public async Task Two_visitors_keep_their_own_tokens_and_counts()
    {
        using DemoClient ada = await demos.ClientOfAsync("db");
        using DemoClient grace = await demos.ClientOfAsync("db");
        await SignInAsync(ada, "ada");
        await SignInAsync(grace, "grace");
        await ada.PressAsync(Page, "Reject");
        string[] pages = await Task.WhenAll(ada.PressAsync(Page, "Call"), grace.PressAsync(Page, "Call"));
        Assert.Equal(["ada", "grace"], pages.Select(page => DemoClient.TextOf(page, "who")));
        Assert.Equal(["+1", "+0"], pages.Select(page => DemoClient.TextOf(page, "refreshed")));
        Assert.All(pages, page => Assert.Equal("100", DemoClient.TextOf(page, "answered")));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Signing_out_revokes_at_the_provider_and_deletes_here(string configured, string _)
    {
        using DemoClient browser = await demos.ClientOfAsync(configured);
        await SignInAsync(browser, "ada");
        using DemoClient thief = browser.Copy();
        string after = await browser.PressAsync(Page, "SignOut");
        Assert.Equal("Signed out: the tokens are revoked at the provider and deleted here.", DemoClient.TextOf(after, "flash"));
        foreach (string page in (string[])[after, await browser.PageAsync(Page), await thief.PageAsync(Page)])
        {
            Assert.Contains("Nobody is signed in", page, StringComparison.Ordinal);
        }

        Assert.Equal("Sign in first.", DemoClient.TextOf(await browser.PressAsync(Page, "Call"), "flash"));
        Assert.Equal("grace", DemoClient.TextOf(await SignInAsync(browser, "grace"), "who"));
    }

    [Fact]
    public async Task An_id_from_before_the_sign_in_leads_to_no_token()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await browser.PressAsync(Page, "Call");
        using DemoClient thief = browser.Copy();
        await SignInAsync(browser, "ada");
        Assert.Contains("Nobody is signed in", await thief.PageAsync(Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_with_a_foreign_state_signs_nobody_in_and_a_state_is_good_once()
    {
        using DemoClient mallory = await demos.ClientOfAsync("db");
        using DemoClient browser = await demos.ClientOfAsync("db");
        string callback = await AgreeAsync(mallory, "mallory");
        await BeginAsync(browser);
        Assert.Contains("Nobody is signed in", await FollowAsync(browser, callback), StringComparison.Ordinal);

        Assert.Equal("mallory", DemoClient.TextOf(await FollowAsync(mallory, callback), "who"));
        Assert.StartsWith("That sign-in did not begin in this session", DemoClient.TextOf(await FollowAsync(mallory, callback), "flash"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_comes_twice_at_once_is_used_once()
    {
        for (int round = 0; round < 5; round++)
        {
            using DemoClient browser = await demos.ClientOfAsync("db");
            string callback = await AgreeAsync(browser, "ada");
            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.SendAsync(HttpMethod.Get, callback, keep: false)));

            // Whichever was the first has the sign-in's new id; a code that was used twice would cost it the tokens.
            using DemoClient signedIn = await demos.ClientOfAsync("db");
            HttpResponseMessage first = Assert.Single(answers, answer => DemoClient.CookieOf(answer, "did") is { } id && id != browser.Jar["did"]);
            signedIn.Jar["did"] = DemoClient.CookieOf(first, "did")!;
            Assert.Equal("ada", DemoClient.TextOf(await signedIn.PageAsync(Page), "who"));
            Assert.Equal(100, Calls.On(await signedIn.PressAsync(Page, "Call")).Answered);
        }
    }

    [Fact]
    public async Task What_is_kept_of_a_sign_in_that_has_begun_can_not_be_read()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await BeginAsync(browser);
        Assert.DoesNotContain("CodeVerifier", WebUtility.HtmlDecode(await browser.PageAsync()), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Whoever_refuses_is_not_signed_in()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        string page = await FollowAsync(browser, await AgreeAsync(browser, "ada", agree: "no"));
        Assert.Contains("Nobody is signed in", page, StringComparison.Ordinal);
        Assert.StartsWith("You have not agreed.", DemoClient.TextOf(page, "flash"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_page_shows_a_token_and_the_home_page_not_even_its_cipher()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        foreach (string page in (string[])[await SignInAsync(browser, "ada"), await browser.PressAsync(Page, "Call"), await browser.PageAsync()])
        {
            Assert.DoesNotMatch("(access|refresh|code)-[0-9a-f]{40}", page);
            Assert.DoesNotContain("oauth_tokens", page, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("SignIn")]
    [InlineData("Call")]
    [InlineData("Expire")]
    [InlineData("Reject")]
    [InlineData("SignOut")]
    public async Task A_form_without_an_antiforgery_token_is_refused(string handler)
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await SignInAsync(browser, "ada");
        using HttpResponseMessage refused = await browser.SendAsync(HttpMethod.Post, $"{Page}?handler={handler}", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("ada", DemoClient.TextOf(await browser.PageAsync(Page), "who"));
    }

    [Fact]
    public async Task After_a_restart_the_tokens_are_there_and_a_provider_that_forgot_them_is_told_of()
    {
        using var data = new DataFolder();
        IReadOnlyDictionary<string, string> cookies;
        await using (DemoProcess first = await DemoProcess.StartAsync(data.Path, "Production"))
        {
            using DemoClient browser = first.NewClient();
            await SignInAsync(browser, "ada");
            cookies = browser.Jar;
        }

        await using DemoProcess second = await DemoProcess.StartAsync(data.Path, "Production");
        using DemoClient later = second.NewClient();
        foreach ((string name, string value) in cookies)
        {
            later.Jar[name] = value;
        }

        Assert.Equal("ada", DemoClient.TextOf(await later.PageAsync(Page), "who"));
        string after = await later.PressAsync(Page, "Call");
        Assert.StartsWith("100 calls went without an answer", DemoClient.TextOf(after, "failed"), StringComparison.Ordinal);
        Assert.Contains("Nobody is signed in", after, StringComparison.Ordinal);
        Assert.Equal("ada", DemoClient.TextOf(await SignInAsync(later, "ada"), "who"));
    }

    /// <summary>Signs in, and follows it all; the page afterwards.</summary>
    private static async Task<string> SignInAsync(DemoClient browser, string user) => await FollowAsync(browser, await AgreeAsync(browser, user));

    /// <summary>The provider's page where the button leads to.</summary>
    private static Task<string> BeginAsync(DemoClient browser) => browser.PressAsync(Page, "SignIn");

    /// <summary>Agrees at the provider; where that sends the browser to.</summary>
    private static async Task<string> AgreeAsync(DemoClient browser, string user, string agree = "yes")
    {
        string page = await BeginAsync(browser);
        Assert.Contains("<h1>Provider</h1>", page, StringComparison.Ordinal);
        var form = new FormUrlEncodedContent(
        [
            .. HiddenField().Matches(page).Select(field => KeyValuePair.Create(WebUtility.HtmlDecode(field.Groups[1].Value), WebUtility.HtmlDecode(field.Groups[2].Value))),
            new("user", user),
            new("agree", agree),
        ]);
        using HttpResponseMessage response = await browser.SendAsync(HttpMethod.Post, "/provider/oauth/authorize", form);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.PathAndQuery;
    }

    private static async Task<string> FollowAsync(DemoClient browser, string callback)
    {
        using HttpResponseMessage response = await browser.SendAsync(HttpMethod.Get, callback);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return await browser.PageAsync(response.Headers.Location!.OriginalString);
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();

    /// <summary>What the page says of the calls.</summary>
    private sealed record Calls(int Answered, int Rejected, int Unauthorized, int Before, int After, string Refreshed)
    {
        internal static Calls On(string page) => new(
            Number(page, "answered"),
            Number(page, "rejected"),
            Number(page, "unauthorized"),
            Number(page, "refreshes-before"),
            Number(page, "refreshes-after"),
            DemoClient.TextOf(page, "refreshed"));

        private static int Number(string page, string id) => int.Parse(DemoClient.TextOf(page, id), System.Globalization.CultureInfo.InvariantCulture);
    }
}
