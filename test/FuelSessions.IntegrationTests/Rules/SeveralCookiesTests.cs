using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>Cookies of one name, of other paths, domains, releases or apps: none keeps its user from the good one.</summary>
public sealed class SeveralCookiesTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task The_good_one_is_found_wherever_it_stands(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser(), stranger = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "ada"));
        await app.DoneAsync(stranger, session => session.Set("user", "gone"));
        string name = app.Store.CookieName, good = browser.Jar[name], dead = stranger.Jar[name];
        await app.DoneAsync(stranger, session => session.Destroy());
        string[] shadows = ["", "x", "\"\"", new string('A', good.Length), dead];
        foreach (string shadow in app.Store.IsServerSide ? shadows : shadows[..^1])
        {
            foreach (string header in (string[])[$"{name}={shadow}; {name}={good}", $"{name}={good}; {name}={shadow}", $"a=1; {name}={shadow}; {name.ToUpperInvariant()}=x; {name}={shadow}; {name}={good}", $"{name.ToUpperInvariant()}={shadow}; {name}={good}"])
            {
                TestResponse answer = await SendAsync(app, header, session => session.Get<string>("user") ?? "nobody");
                Assert.Equal("ada", answer.Body);
                app.AssertNoCookie(answer);
            }
        }
    }

    [Theory, OnServerStores]
    public async Task Who_signs_in_beside_a_dead_cookie_is_signed_in_on_the_next_page(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        string name = app.Store.CookieName, dead = browser.Jar[name];
        await app.DoneAsync(browser, session => session.Destroy());

        // It belongs to a path or domain that the answers don't reach.
        TestResponse signedIn = await SendAsync(app, $"{name}={dead}", session => session.AttachPrincipal("ada").Principal!);
        string good = signedIn.SetCookies.Single().Split(';')[0];
        Assert.Equal("ada", (await SendAsync(app, $"{name}={dead}; {good}", session => session.Principal ?? "nobody")).Body);
        Assert.Equal("ada", (await SendAsync(app, $"{good}; {name}={dead}", session => session.Principal ?? "nobody")).Body);
    }

    [Theory, OnServerStores]
    public async Task An_id_that_a_sign_in_has_revoked_does_not_shadow_the_new_one(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("cart", 1));
        string name = app.Store.CookieName, before = browser.Jar[name];
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        Assert.Equal("ada", (await SendAsync(app, $"{name}={before}; {name}={browser.Jar[name]}", session => session.Principal ?? "nobody")).Body);
    }

    [Theory, OnServerStores]
    public async Task Without_a_good_one_there_is_a_new_session(string store)
    {
        SessionApp app = await StartAsync(store);
        string name = app.Store.CookieName;
        Assert.Equal("True", (await SendAsync(app, string.Join("; ", Enumerable.Range(0, 40).Select(i => $"{name}=x{i}")), session => session.IsNew.ToString())).Body);
    }

    private static Task<TestResponse> SendAsync(SessionApp app, string cookies, Func<Session, string> ask) => app.SendAsync(
        app.NewBrowser(),
        async (http, sessions) =>
        {
            string answer = ask(await sessions.ForgeAsync());
            await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer));
        },
        edit: request => request.Headers.TryAddWithoutValidation("Cookie", cookies));
}
