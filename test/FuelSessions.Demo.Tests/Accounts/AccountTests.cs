using System.Net;
using System.Text.Json;
using FuelSessions.Demo.Tests.Support;
using static FuelSessions.Demo.Tests.Accounts.AccountVisitor;

namespace FuelSessions.Demo.Tests.Accounts;

/// <summary>Accounts, and where they are signed in, as browsers without scripts see them.</summary>
[Collection(DemosCollection.Name)]
public class AccountTests(Demos demos)
{
    public static TheoryData<string> ServerSide { get; } = new("db", "file", "memory");

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task A_user_sees_both_browsers_and_ends_one_from_the_other(string driver)
    {
        DemoProcess demo = await demos.OnAsync(driver);
        using var laptop = new DemoClient(demo.Address) { UserAgent = "Laptop/1.0 (<b>)" };
        using var phone = new DemoClient(demo.Address) { UserAgent = "Phone/2.0" };
        string name = NewName();
        Assert.Equal(name, DemoClient.TextOf(await laptop.RegisterAsync(name), "who"));
        string page = await phone.SignInAsync(name);
        Assert.Equal([("Phone/2.0", true), ("Laptop/1.0 (<b>)", false)], RowsOf(page).Select(row => (row.UserAgent, row.IsCurrent)));

        Row[] rows = RowsOf(await laptop.PageAsync(Page));
        Assert.Equal([("Phone/2.0", false), ("Laptop/1.0 (<b>)", true)], rows.Select(row => (row.UserAgent, row.IsCurrent)));
        string after = await laptop.PressAsync(Page, "End", ("handle", rows[0].Handle));
        Assert.Equal("That session was ended.", DemoClient.TextOf(after, "flash"));
        Assert.Equal(rows[1], Assert.Single(RowsOf(after)));
        Assert.Equal((true, false), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));
        Assert.Equal("That session had ended already.", DemoClient.TextOf(await laptop.PressAsync(Page, "End", ("handle", rows[0].Handle)), "flash"));
    }

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task Signing_out_everywhere_else_leaves_this_one(string driver)
    {
        using DemoClient here = await demos.ClientOfAsync(driver);
        using DemoClient there = await demos.ClientOfAsync(driver);
        using DemoClient elsewhere = await demos.ClientOfAsync(driver);
        using DemoClient stranger = await demos.ClientOfAsync(driver);
        string name = NewName();
        await here.RegisterAsync(name);
        await there.SignInAsync(name);
        await elsewhere.SignInAsync(name);
        await stranger.RegisterAsync(NewName());

        string after = await here.PressAsync(Page, "EndOthers");
        Assert.Equal("2 other sessions were ended.", DemoClient.TextOf(after, "flash"));
        Assert.True(Assert.Single(RowsOf(after)).IsCurrent);
        Assert.Equal(
            (true, false, false, true),
            (await here.IsSignedInAsync(), await there.IsSignedInAsync(), await elsewhere.IsSignedInAsync(), await stranger.IsSignedInAsync()));
    }

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task A_copy_of_the_cookie_is_worthless_after_the_sign_out(string driver)
    {
        using DemoClient browser = await demos.ClientOfAsync(driver);
        await browser.RegisterAsync(NewName());
        using DemoClient thief = browser.Copy();
        Assert.True(await thief.IsSignedInAsync());
        Assert.StartsWith("Signed out:", DemoClient.TextOf(await browser.PressAsync(Page, "SignOut"), "flash"), StringComparison.Ordinal);
        Assert.Equal((false, false), (await browser.IsSignedInAsync(), await thief.IsSignedInAsync()));
    }

    [Fact]
    public async Task A_change_of_password_ends_the_others()
    {
        const string Other = "Other-Sesame-2";
        using DemoClient here = await demos.ClientOfAsync("db");
        using DemoClient there = await demos.ClientOfAsync("db");
        string name = NewName();
        await here.RegisterAsync(name);
        await there.SignInAsync(name);
        string refused = await here.PressInVainAsync("/account/password", "", ("oldPassword", "wrong"), ("newPassword", Other));
        Assert.Equal("Incorrect password.", DemoClient.TextOf(refused, "flash"));
        Assert.True(await there.IsSignedInAsync());

        JsonElement before = Assert.Single(await here.SessionsAsync(), session => session.GetProperty("isCurrent").GetBoolean());
        string changed = await here.PressAsync("/account/password", "", ("oldPassword", Password), ("newPassword", Other));
        Assert.Equal("Your password is changed. 1 other session was ended.", DemoClient.TextOf(changed, "flash"));
        Assert.Equal((true, false), (await here.IsSignedInAsync(), await there.IsSignedInAsync()));
        Assert.Equal("There is no such account with that password.", await there.RefusalAsync(name, Password));
        await there.SignInAsync(name, Other);

        // The same session, for as long as before.
        JsonElement after = Assert.Single(await here.SessionsAsync(), session => session.GetProperty("isCurrent").GetBoolean());
        Assert.Equal(before.GetProperty("handle").GetString(), after.GetProperty("handle").GetString());
        Assert.InRange(after.GetProperty("ends").GetDateTimeOffset() - before.GetProperty("ends").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task A_front_end_ends_sessions_with_a_header()
    {
        using DemoClient here = await demos.ClientOfAsync("db");
        using DemoClient there = await demos.ClientOfAsync("db");
        string name = NewName();
        await here.RegisterAsync(name);
        await there.SignInAsync(name);
        JsonElement list = await here.GetAsync("/account/sessions");
        JsonElement other = Assert.Single(list.GetProperty("sessions").EnumerateArray(), session => !session.GetProperty("isCurrent").GetBoolean());
        Assert.Equal(("127.0.0.0/24", false), (other.GetProperty("address").GetString(), other.GetProperty("isBoundToDevice").GetBoolean()));
        string path = $"/account/sessions/{other.GetProperty("handle").GetString()}";
        using HttpResponseMessage refused = await here.SendAsync(HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.True(await there.IsSignedInAsync());

        using HttpResponseMessage ended = await here.SendAsync(HttpMethod.Delete, path, headers: (list.GetProperty("headerName").GetString()!, list.GetProperty("requestToken").GetString()!));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.False(await there.IsSignedInAsync());
    }

    [Fact]
    public async Task Whoever_guesses_is_locked_out()
    {
        using DemoClient owner = await demos.ClientOfAsync("memory");
        using DemoClient guesser = await demos.ClientOfAsync("memory");
        string name = NewName();
        await owner.RegisterAsync(name);
        for (int guess = 1; guess < 5; guess++)
        {
            Assert.Equal("There is no such account with that password.", await guesser.RefusalAsync(name, $"guess {guess}"));
        }

        foreach (string password in (string[])["guess 5", Password])
        {
            Assert.StartsWith("Too many wrong passwords", await guesser.RefusalAsync(name, password), StringComparison.Ordinal);
        }

        Assert.Equal((false, true), (await guesser.IsSignedInAsync(), await owner.IsSignedInAsync()));
    }

    [Fact]
    public async Task What_is_no_account_is_said()
    {
        using DemoClient browser = await demos.ClientOfAsync("memory");
        string name = NewName();
        Assert.Contains("Passwords must have at least one digit", await RegisterInVainAsync(name, "weak-Sesame"), StringComparison.Ordinal);
        Assert.Contains("is invalid", await RegisterInVainAsync("<b>", Password), StringComparison.Ordinal);
        Assert.Contains("at least 6 characters", await RegisterInVainAsync(name, ""), StringComparison.Ordinal);
        await browser.RegisterAsync(name);
        Assert.Contains("already taken", await RegisterInVainAsync(name, Password), StringComparison.Ordinal);
        Assert.Equal("There is no such account with that password.", await browser.RefusalAsync("", ""));

        async Task<string> RegisterInVainAsync(string wanted, string password) =>
            DemoClient.TextOf(await browser.PressInVainAsync("/account/register", "", ("name", wanted), ("password", password)), "flash");
    }

    [Theory]
    [InlineData("", "/account")]
    [InlineData("?ReturnUrl=%2Faccount%2Fpassword", "/account/password")]
    [InlineData("?ReturnUrl=%2F%2Felsewhere.test%2F", "/account")]
    [InlineData("?ReturnUrl=https%3A%2F%2Felsewhere.test%2F", "/account")]
    public async Task A_sign_in_leads_to_where_it_was_demanded_and_to_no_other_site(string query, string target)
    {
        using DemoClient browser = await demos.ClientOfAsync("memory");
        string name = NewName();
        await browser.RegisterAsync(name);
        await browser.PressAsync(Page, "SignOut");
        using HttpResponseMessage answer = await browser.SubmitAsync($"/account/sign-in{query}", "", ("name", name), ("password", Password), ("keep", "true"));
        Assert.Equal((HttpStatusCode.Redirect, target), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("xid=", StringComparison.Ordinal) && cookie.Contains("max-age=", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The cookie driver keeps nothing at the server. People sign in to it all the same, and the pages say what it can't do.</summary>
    [Fact]
    public async Task A_driver_that_can_list_nothing_says_so()
    {
        using DemoClient browser = await demos.ClientOfAsync("cookie");
        string name = NewName();
        foreach (string page in (string[])[await browser.RegisterAsync(name), await browser.PageAsync(Page)])
        {
            Assert.Equal(name, DemoClient.TextOf(page, "who"));
            Assert.Contains("No list on this driver", page, StringComparison.Ordinal);
            Assert.Contains("keeps nothing at the server", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
            Assert.DoesNotContain("account.js", page, StringComparison.Ordinal);
        }

        string changed = await browser.PressAsync("/account/password", "", ("oldPassword", Password), ("newPassword", "Other-Sesame-2"));
        Assert.Equal("Your password is changed. Other browsers are signed out within half an hour.", DemoClient.TextOf(changed, "flash"));
        Assert.StartsWith("Signed out", DemoClient.TextOf(await browser.PressAsync(Page, "SignOut"), "flash"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_and_sign_ins_outlive_a_restart()
    {
        using var data = new DataFolder();
        string name = NewName();
        IReadOnlyDictionary<string, string> cookies;
        await using (DemoProcess demo = await DemoProcess.StartAsync(data.Path, "Production"))
        {
            using DemoClient before = demo.NewClient();
            await before.RegisterAsync(name);
            cookies = before.Jar;
        }

        await using DemoProcess again = await DemoProcess.StartAsync(data.Path, "Production");
        using DemoClient browser = again.NewClient();
        using DemoClient other = again.NewClient();
        foreach ((string cookie, string value) in cookies)
        {
            browser.Jar[cookie] = value;
        }

        Assert.Equal(name, DemoClient.TextOf(await browser.PageAsync(Page), "who"));
        Assert.Equal(2, RowsOf(await other.SignInAsync(name)).Length);
    }
}
