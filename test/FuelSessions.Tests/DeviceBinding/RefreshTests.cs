using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>How a browser goes on being the device's [B3].</summary>
public class RefreshTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Hands_out_a_challenge_takes_it_once_and_hands_out_the_next(string algorithm)
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser browser = await app.SettledAsync(algorithm);
        string first = browser.Challenge!;
        browser.Challenge = null;

        // Without a proof: what it is to sign, which is the same however often it asks.
        DeviceResponse asked = await browser.RefreshOnceAsync();
        Assert.Equal(HttpStatusCode.Forbidden, asked.Status);
        Assert.Equal(first, browser.Challenge);
        string proof = browser.Signer.Refresh(first);
        string before = browser.Jar[browser.BoundCookie];
        DeviceResponse refreshed = await browser.RefreshOnceAsync(proof: proof);
        Assert.Equal((HttpStatusCode.OK, ""), (refreshed.Status, refreshed.Body));
        Assert.NotEqual(first, browser.Challenge);
        Assert.NotEqual(before, browser.Jar[browser.BoundCookie]);
        Assert.Equal("ada Given", await browser.TextAsync("/who"));

        // The same again is worth nothing, and costs nothing: the next challenge stays.
        string second = browser.Challenge!;
        DeviceResponse replayed = await browser.RefreshOnceAsync(proof: proof);
        Assert.Equal(HttpStatusCode.Forbidden, replayed.Status);
        Assert.Empty(replayed.SetCookies);
        Assert.Equal(second, browser.Challenge);
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshOnceAsync()).Status);
    }

    [Fact]
    public async Task An_app_that_turns_strangers_away_by_default_lets_browsers_prove_themselves()
    {
        // A refresh may come without cookies, and in an app that refuses unproved requests it is nobody's in any case.
        await using TestApp app = await BoundSite.StartAsync(services: services =>
        {
            services.AddAuthentication().AddFuelSessions();
            services.AddAuthorization(o => o.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(
                asked => !((HttpContext)asked.Resource!).Request.Path.StartsWithSegments("/.fuelsessions")).Build());
        });
        using DeviceBrowser browser = await app.SettledAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Of_parallel_refreshes_with_one_signature_one_is_good()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser browser = await app.SettledAsync();
        string proof = browser.Signer.Refresh(browser.Challenge!);
        DeviceResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => browser.PostAsync(
            browser.RefreshPath, cookies: false, ("Sec-Secure-Session-Id", browser.Identifier), ("Secure-Session-Response", proof))));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer =>
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.NotNull(answer.Challenge);
            Assert.Empty(answer.SetCookies);
        });
    }

    [Fact]
    public async Task Requests_that_run_across_a_refresh_are_all_the_devices()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser browser = await app.SettledAsync();
        using DeviceBrowser before = browser.Thief();
        for (int round = 0; round < 3; round++)
        {
            Task<string>[] requests = [.. Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? browser : before).TextAsync("/count"))];
            Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
            await Task.WhenAll(requests);
        }

        Assert.Equal("60", await browser.TextAsync("/n"));
        Assert.Equal("ada Given", await before.TextAsync("/who"));
    }

    [Fact]
    public async Task Works_without_any_cookie_after_the_bound_one_is_over()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser browser = await app.SettledAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal("nobody Missing", await browser.TextAsync("/who"));

        // What it holds to sign is as old: one that somebody had signed in advance is of no use.
        string old = browser.Challenge!;
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.RefreshOnceAsync(cookies: false)).Status);
        Assert.NotEqual(old, browser.Challenge);
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshOnceAsync(cookies: false)).Status);
        Assert.Equal("ada Given", await browser.TextAsync("/who"));
    }

    [Fact]
    public async Task Another_devices_signature_is_none()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using DeviceBrowser browser = await app.SettledAsync();
        using var es = new DeviceSigner();
        using var rs = new DeviceSigner("RS256");
        string challenge = browser.Challenge!;
        foreach (string proof in (string[])
            [
                es.Refresh(challenge),
                rs.Refresh(challenge),
                es.Register(challenge, "x"),
                browser.Signer.Refresh("AAAAAAAAAAAAAAAAAAAAAA"),
                browser.Signer.Sign("""{"alg":"ES256","typ":"jwt"}""", $$"""{"jti":"{{challenge}}"}"""),
                browser.Signer.Sign("""{"alg":"ES256","typ":"dbsc+jwt"}""", $$"""{"jti":"{{challenge}}","aud":"https://elsewhere.example/"}"""),
                "garbage",
                "",
            ])
        {
            DeviceResponse answer = await browser.RefreshOnceAsync(proof: proof);
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.Empty(answer.SetCookies);
            Assert.Equal(challenge, browser.Challenge);
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshOnceAsync()).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_is_not_there_is_told_as_gone(bool encrypt)
    {
        await using TestApp app = await BoundSite.StartAsync(configure: o => o.EncryptCookie = encrypt);
        using DeviceBrowser browser = await app.SettledAsync();
        DeviceResponse none = await browser.PostAsync(browser.RefreshPath);
        Assert.Equal(HttpStatusCode.NotFound, none.Status);
        foreach (string id in (string[])["", "x", browser.Identifier[..^1] + (browser.Identifier[^1] == 'A' ? 'Q' : 'A'), browser.Jar["__Host-xid"], new string('A', 43)])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(browser.RefreshPath, headers: ("Sec-Secure-Session-Id", id))).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_store_that_is_away_ends_nobodys_binding()
    {
        var watch = new WatchedDriver();
        await using TestApp app = await BoundSite.StartAsync(watch: watch);
        using DeviceBrowser browser = await app.SettledAsync();
        using var other = new DeviceBrowser(app.Address);
        await other.GetAsync("/sign-in?name=eve");
        watch.IsAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.RefreshAsync()).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await other.RegisterAsync()).Status);
        watch.IsAway = false;
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.RegisterAsync()).Status);
    }

    [Fact]
    public async Task Costs_a_read_and_a_write_and_a_bound_request_what_any_costs()
    {
        var watch = new WatchedDriver();
        await using TestApp app = await BoundSite.StartAsync(watch: watch);
        using DeviceBrowser browser = await app.SettledAsync();
        await browser.TextAsync("/who");
        (int reads, int writes) = watch.Calls;
        Assert.Equal("ada Given", await browser.TextAsync("/who"));
        Assert.Equal((reads + 1, writes), watch.Calls);
        Assert.Equal("plain", await browser.TextAsync("/plain"));
        Assert.Equal((reads + 1, writes), watch.Calls);
        await browser.TextAsync("/count");
        Assert.Equal((reads + 2, writes + 1), watch.Calls);
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync()).Status);
        Assert.Equal((reads + 3, writes + 2), watch.Calls);
        browser.Challenge = null;
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.RefreshOnceAsync()).Status);
        Assert.Equal((reads + 4, writes + 2), watch.Calls);
    }

    [Fact]
    public async Task A_binding_takes_of_the_room_that_the_session_has()
    {
        await using TestApp app = await BoundSite.StartAsync(configure: o => o.MaxPayloadBytes = 1024);
        using var full = new DeviceBrowser(app.Address);
        Assert.Equal(HttpStatusCode.OK, (await full.GetAsync("/fill?size=950")).Status);
        Assert.Equal("ada", await full.TextAsync("/sign-in?name=ada"));
        Assert.Equal(HttpStatusCode.Forbidden, (await full.RegisterAsync()).Status);
        Assert.Equal("ada NotBound", await full.TextAsync("/who"));

        using DeviceBrowser bound = await app.SettledAsync();
        Assert.Equal(HttpStatusCode.OK, (await bound.GetAsync("/fill?size=700")).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await bound.GetAsync("/fill?size=950")).Status);
        Assert.Equal(HttpStatusCode.OK, (await bound.RefreshAsync()).Status);
    }
}
