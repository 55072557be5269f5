using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.DeviceBinding;

/// <summary>How a session comes to be bound [B1, B2].</summary>
public class RegistrationTests
{
    [Fact]
    public async Task Is_offered_once_somebody_signed_in_and_until_the_browser_knows_of_it()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        Assert.Null((await browser.GetAsync("/count")).Offer);
        Assert.NotNull((await browser.GetAsync("/sign-in?name=ada")).Offer);
        Assert.Null((await browser.GetAsync("/who")).Offer);

        // With the next id again, and with that one it is taken.
        DeviceResponse rotated = await browser.GetAsync("/rotate");
        Assert.NotNull(rotated.Offer);
        Assert.Equal(HttpStatusCode.OK, (await browser.RegisterAsync()).Status);
        Assert.Equal("ada Given", await browser.TextAsync("/who"));
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null((await browser.GetAsync("/rotate")).Offer);
    }

    [Fact]
    public async Task Sessions_of_nobody_are_bound_where_the_app_wants_it()
    {
        await using TestApp app = await BoundSite.StartAsync(bind: o => o.BindAnonymous = true);
        using var browser = new DeviceBrowser(app.Address);
        Assert.NotNull((await browser.GetAsync("/count")).Offer);
        Assert.Equal(HttpStatusCode.OK, (await browser.RegisterAsync()).Status);
        Assert.Equal("nobody Given", await browser.TextAsync("/who"));
    }

    [Theory]
    [InlineData("cookie")]
    [InlineData("partitioned")]
    [InlineData("no cookies")]
    public async Task Is_not_offered_where_it_could_not_work(string why)
    {
        await using TestApp app = await BoundSite.StartAsync(configure: o =>
        {
            o.Driver = why == "cookie" ? "cookie" : "memory";
            o.CookiePartitioned = why == "partitioned";
            (o.EnableCookie, o.HeaderName) = why == "no cookies" ? (false, "X-Session") : (true, null);
        });
        using var browser = new DeviceBrowser(app.Address);
        DeviceResponse response = await browser.GetAsync("/sign-in?name=ada");
        Assert.Equal(("ada", null), (response.Body, response.Offer));
    }

    [Fact]
    public async Task Is_not_offered_over_plain_http()
    {
        await using TestApp app = await TestApp.StartAsync(
            map: app => app.MapGet("/sign-in", (Session session) => session.AttachPrincipal("ada").Principal),
            drivers: sessions => sessions.BindToDevice());
        using var browser = new DeviceBrowser(app.Address);
        Assert.Null((await browser.GetAsync("/sign-in")).Offer);
    }

    [Theory]
    [InlineData("ES256", "")]
    [InlineData("RS256", "")]
    [InlineData("ES256", "/shop")]
    public async Task Says_in_its_instructions_what_it_sets(string algorithm, string pathBase)
    {
        await using TestApp app = await BoundSite.StartAsync(before: app => app.UsePathBase(pathBase));
        using var browser = new DeviceBrowser(app.Address, algorithm);

        // A sign-in that another site has posted: its 302 makes the offer, and the registration brings no cookie.
        DeviceResponse signedIn = await browser.PostAsync($"{pathBase}/sign-in?name=ada");
        Assert.Equal(HttpStatusCode.Redirect, signedIn.Status);
        Assert.Equal($"{pathBase}/.fuelsessions/dbsc/memory/register", browser.Offer!.Value.Path);
        DeviceResponse registered = await browser.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, registered.Status);

        JsonElement told = browser.Instructions!.Value;
        Assert.Equal($"{pathBase}/.fuelsessions/dbsc/memory/refresh", browser.RefreshPath);
        Assert.Equal(app.Address.GetLeftPart(UriPartial.Authority), told.GetProperty("scope").GetProperty("origin").GetString());
        Assert.False(told.GetProperty("scope").GetProperty("include_site").GetBoolean());
        Assert.Equal("*", told.GetProperty("allowed_refresh_initiators")[0].GetString());
        JsonElement credential = told.GetProperty("credentials")[0];
        Assert.Equal("cookie", credential.GetProperty("type").GetString());
        Assert.StartsWith("__Host-bound-", browser.BoundCookie, StringComparison.Ordinal);
        string set = Assert.Single(registered.SetCookies);
        string value = browser.Jar[browser.BoundCookie];
        Assert.Equal($"{browser.BoundCookie}={value}; max-age=540; {credential.GetProperty("attributes").GetString()}", set);
        Assert.Equal("path=/; secure; samesite=lax; httponly", credential.GetProperty("attributes").GetString());
        Assert.Equal("ada Given", await browser.TextAsync($"{pathBase}/who"));
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync(cookies: false)).Status);
    }

    [Fact]
    public async Task Is_taken_once_also_by_parallel_requests()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        await browser.GetAsync("/sign-in?name=ada");
        (string path, string challenge, string authorization) = browser.Offer!.Value;
        string proof = browser.Signer.Register(challenge, authorization);
        DeviceResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => browser.PostAsync(path, cookies: false, ("Secure-Session-Response", proof))));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Forbidden));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Empty(answer.SetCookies));
    }

    [Fact]
    public async Task A_browser_whose_answer_was_lost_takes_the_next_offer_and_the_first_is_over()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        await browser.GetAsync("/sign-in?name=ada");
        (string path, string challenge, string authorization) = browser.Offer!.Value;
        string lost = browser.Signer.Register(challenge, authorization);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync(path, cookies: false, ("Secure-Session-Response", lost))).Status);
        browser.Jar.Keys.Where(name => name.Contains("bound", StringComparison.Ordinal)).ToList().ForEach(name => browser.Jar.TryRemove(name, out _));
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        // It knows of no binding, so nothing is asked of it.
        Assert.Equal("ada NotBound", await browser.TextAsync("/who"));
        Assert.NotNull((await browser.GetAsync("/rotate")).Offer);
        Assert.Equal(HttpStatusCode.OK, (await browser.RegisterAsync()).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(path, cookies: false, ("Secure-Session-Response", lost))).Status);
        Assert.Equal("ada Given", await browser.TextAsync("/who"));

        // From then on no offer makes another one.
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.RegisterAsync()).Status);
    }

    [Theory]
    [InlineData("/revoke")]
    [InlineData("/sign-in?name=eve")]
    [InlineData("/destroy")]
    [InlineData("later")]
    public async Task An_offer_ends_with_its_id(string how)
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        await browser.GetAsync("/sign-in?name=ada");
        (string path, string challenge, string authorization) = browser.Offer!.Value;
        string proof = browser.Signer.Register(challenge, authorization);
        if (how == "later")
        {
            app.Clock.Advance(TimeSpan.FromMinutes(10));
        }
        else
        {
            await browser.GetAsync(how);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(path, cookies: false, ("Secure-Session-Response", proof))).Status);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(5, HttpStatusCode.Forbidden)]
    public async Task An_offer_with_an_id_that_was_replaced_is_good_as_long_as_that_is(int minutes, HttpStatusCode status)
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        await browser.GetAsync("/sign-in?name=ada");
        (string path, string challenge, string authorization) = browser.Offer!.Value;
        string proof = browser.Signer.Register(challenge, authorization);
        await browser.GetAsync("/rotate");
        Assert.Equal("ada NotBound", await browser.TextAsync("/who"));
        app.Clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(status, (await browser.PostAsync(path, cookies: false, ("Secure-Session-Response", proof))).Status);
    }

    public static TheoryData<string> Forms => [.. Altered.Keys];

    // "J" stands for the key, "C" for the challenge, "@" for the authorization.
    private static readonly Dictionary<string, (string Header, string Payload)> Altered = new()
    {
        ["another challenge"] = (Header(), """{"jti":"AAAAAAAAAAAAAAAAAAAAAA","authorization":"@"}"""),
        ["no challenge"] = (Header(), """{"authorization":"@"}"""),
        ["a number as challenge"] = (Header(), """{"jti":1,"authorization":"@"}"""),
        ["no authorization"] = (Header(), """{"jti":"C"}"""),
        ["an altered authorization"] = (Header(), """{"jti":"C","authorization":"@x"}"""),
        ["no key"] = ("""{"alg":"ES256","typ":"dbsc+jwt"}""", Payload()),
        ["another type"] = (Header(type: "jwt"), Payload()),
        ["no type"] = ("""{"alg":"ES256","jwk":J}""", Payload()),
        ["no algorithm"] = (Header(algorithm: "none"), Payload()),
        ["a symmetric algorithm"] = (Header(algorithm: "HS256"), Payload()),
        ["the other algorithm"] = (Header(algorithm: "RS256"), Payload()),
        ["a longer curve"] = (Header(algorithm: "ES384"), Payload()),
        ["a critical extension"] = ("""{"alg":"ES256","jwk":J,"typ":"dbsc+jwt","crit":["b64"],"b64":false}""", Payload()),
        ["a member twice"] = ("""{"alg":"ES256","alg":"ES256","jwk":J,"typ":"dbsc+jwt"}""", Payload()),
        ["a claim twice"] = (Header(), """{"jti":"x","jti":"C","authorization":"@"}"""),
        ["another audience"] = (Header(), """{"jti":"C","authorization":"@","aud":"https://elsewhere.example/.fuelsessions/dbsc/memory/register"}"""),
        ["a key that is none"] = ("""{"alg":"ES256","jwk":{"crv":"P-256","kty":"EC","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},"typ":"dbsc+jwt"}""", Payload()),
        ["a short RSA key"] = ("""{"alg":"RS256","jwk":{"kty":"RSA","e":"AQAB","n":"gggg"},"typ":"dbsc+jwt"}""", Payload()),
        ["an exponent of one"] = ($$"""{"alg":"RS256","jwk":{"kty":"RSA","e":"AQ","n":"{{Base64Url.EncodeToString(Enumerable.Repeat((byte)0xC5, 256).ToArray())}}"},"typ":"dbsc+jwt"}""", Payload()),
        ["text as header"] = ("\"ES256\"", Payload()),
        ["a list as payload"] = (Header(), "[]"),
        ["half a character"] = (Header(), """{"jti":"\ud800","authorization":"@"}"""),
        ["depth"] = (Header(), $$"""{"jti":"C","authorization":"@","x":{{new string('[', 500)}}{{new string(']', 500)}}}"""),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Takes_no_other_form(string form)
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        await browser.GetAsync("/sign-in?name=ada");
        (string header, string payload) = Altered[form];
        await RefusedAsync(browser, browser.Signer.Sign(Filled(header), Filled(payload)));

        // And the offer is as good as before.
        Assert.Equal(HttpStatusCode.OK, (await browser.RegisterAsync()).Status);

        string Filled(string text) => text
            .Replace("\"jwk\":J", $"\"jwk\":{browser.Signer.Jwk}", StringComparison.Ordinal)
            .Replace("\"C\"", $"\"{browser.Offer!.Value.Challenge}\"", StringComparison.Ordinal)
            .Replace("\"@", $"\"{browser.Offer!.Value.Authorization}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_one_text_of_one_signer_only()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        using var other = new DeviceSigner();
        await browser.GetAsync("/sign-in?name=ada");
        (_, string challenge, string authorization) = browser.Offer!.Value;
        string good = browser.Signer.Register(challenge, authorization);
        string[] parts = good.Split('.');
        string others = other.Register(challenge, authorization).Split('.')[2];
        string malleated = string.Concat(parts[2][..^1], parts[2][^1] == 'A' ? 'B' : 'A');
        foreach (string bad in (string[])
            [
                "", ".", "..", "...", good + ".", good + "=", parts[0] + "." + parts[1], $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{others}", $"{parts[0]}.{parts[1]}.{malleated}",
                good + "A", good.Replace('.', ' '), $"\"{good}", $"\"{good}\"x", $"{good}, {good}", new string('A', 9000) + good,
            ])
        {
            await RefusedAsync(browser, bad);
        }

        // As the draft writes it, for whom it says.
        string aimed = browser.Signer.Sign(
            $$"""{"alg":"ES256","jwk":{{browser.Signer.Jwk}},"typ":"dbsc+jwt"}""",
            $$"""{"jti":"{{challenge}}","authorization":"{{authorization}}","aud":"{{new Uri(app.Address, browser.Offer.Value.Path)}}"}""");
        DeviceResponse quoted = await browser.PostAsync(browser.Offer.Value.Path, cookies: false, ("Secure-Session-Response", $"\"{aimed}\""));
        Assert.Equal(HttpStatusCode.OK, quoted.Status);
    }

    [Fact]
    public async Task Answers_post_at_its_two_addresses_and_nothing_else()
    {
        await using TestApp app = await BoundSite.StartAsync();
        using var browser = new DeviceBrowser(app.Address);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await browser.GetAsync("/.fuelsessions/dbsc/memory/refresh")).Status);
        foreach (string path in (string[])["/.fuelsessions/dbsc", "/.fuelsessions/dbsc/memory", "/.fuelsessions/dbsc/cookie/refresh", "/.fuelsessions/dbsc/none/register", "/.fuelsessions/dbsc/memory/refresh/x"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(path)).Status);
        }

        Assert.Equal("plain", await browser.TextAsync("/plain"));
        Assert.Empty(browser.Jar);
    }

    [Theory]
    [InlineData("00:00:59")]
    [InlineData("1.00:00:01")]
    public async Task An_app_with_a_time_that_can_not_work_does_not_start(string time)
    {
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => BoundSite.StartAsync(bind: o => o.BoundTime = TimeSpan.Parse(time)));
        Assert.Contains("'BoundTime'", error.Message, StringComparison.Ordinal);
    }

    private static string Header(string algorithm = "ES256", string type = "dbsc+jwt") => $$"""{"alg":"{{algorithm}}","jwk":J,"typ":"{{type}}"}""";

    private static string Payload() => """{"jti":"C","authorization":"@"}""";

    private static async Task RefusedAsync(DeviceBrowser browser, string proof)
    {
        DeviceResponse answer = await browser.PostAsync(browser.Offer!.Value.Path, cookies: true, ("Secure-Session-Response", proof));
        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, $"{answer.Status}: {Encoding.ASCII.GetByteCount(proof)} bytes");
        Assert.Empty(answer.SetCookies);
        Assert.Equal("ada NotBound", await browser.TextAsync("/who"));
    }

    /// <summary>Where a branch has the sessions and takes only some paths, what browsers ask for is of none of them.</summary>
    [Fact]
    public async Task Browsers_are_answered_where_only_a_branch_behind_routing_has_sessions()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddFuelSessions(o => o.Driver = "memory").BindToDevice();
        await using WebApplication app = builder.Build();
        app.UseRouting();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/app"), branch => branch.UseFuelSessions());
        app.MapGet("/app", (Session session) => $"{session.Increment("n")}");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("1", await client.GetStringAsync("/app"));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/.fuelsessions/dbsc/memory/register", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/.fuelsessions/dbsc/other/register", null)).StatusCode);
    }
}
