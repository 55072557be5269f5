using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tokens.Tests.Hosting;

public sealed class HandlerTests
{
    private const string Me = "/provider/api/me";

    [Fact]
    public async Task Ten_thousand_interleaved_calls_of_two_users_with_two_identities_each_never_cross()
    {
        await using Ground ground = await Ground.StartAsync();
        string[] owners = ["ada", "bob"];
        foreach (string owner in owners)
        {
            TokenSession session = await ground.Sessions.CreateAsync(Ground.Client, owner);
            await session.AuthenticateWithAppAsync($"of-{owner}", ground.StandIn.Password);
            await session.AuthenticateWithPasswordAsync(owner, ground.StandIn.Password);
        }

        HttpClient api = ground.Api;
        int crossed = 0;
        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (call, _) =>
        {
            if (call == 5_000)
            {
                // All four are renewed in the middle of it.
                ground.StandIn.ExpireAccessTokens();
            }

            string owner = owners[call % 2];
            (AuthIdentity identity, string expected) = call / 2 % 2 == 0
                ? (AuthIdentity.App($"of-{owner}"), $"app:of-{owner}")
                : (AuthIdentity.Password(owner), $"user:{owner}");
            string who = await Ground.WhoAsync(api, request => request.SetTokenOwner(owner).SetTokenIdentity(identity));
            if (who != expected)
            {
                Interlocked.Increment(ref crossed);
            }
        });

        Assert.Equal((0, 4, 0), (crossed, ground.StandIn.Refreshes, ground.StandIn.Refused));
    }

    [Fact]
    public async Task A_request_that_names_nobody_is_made_as_the_identity_used_last()
    {
        await using Ground ground = await Ground.StartAsync(options => options.Owner = (_, _) => new("ada"));
        await ground.SignInAsync("1", owner: "ada");
        await ground.SignInAsync("2", owner: "ada");
        await ground.SignInAsync("3", owner: "bob");

        Assert.Equal("app:2", await Ground.WhoAsync(ground.Api));
        Assert.Equal("app:3", await Ground.WhoAsync(ground.Api, request => request.SetTokenOwner("bob")));
    }

    [Fact]
    public async Task Without_a_stored_token_no_request_goes_out()
    {
        await using Ground ground = await Ground.StartAsync();

        TokenRefusedException nobody = await Assert.ThrowsAsync<TokenRefusedException>(() => ground.Api.GetAsync(Me));
        using var request = new HttpRequestMessage(HttpMethod.Get, Me);
        await Assert.ThrowsAsync<TokenRefusedException>(() => ground.Api.SendAsync(request.SetTokenIdentity(AuthIdentity.App("9"))));

        Assert.Equal(Ground.Client, nobody.Client);
        Assert.Contains("SendWithoutToken", nobody.Message);
        Assert.Equal((0, 0), (ground.StandIn.ApiCalls, ground.StandIn.TokenRequests));
    }

    [Fact]
    public async Task Where_the_app_wants_it_a_request_without_a_token_goes_out_without_one()
    {
        await using Ground ground = await Ground.StartAsync(options => options.SendWithoutToken = true);

        using HttpResponseMessage nobody = await ground.Api.GetAsync(Me);

        // A grant that is refused right now is no other case.
        await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromDays(29));
        using HttpResponseMessage refused = await ground.Api.GetAsync(Me);
        using HttpResponseMessage cleared = await ground.Api.GetAsync(Me);

        Assert.All(new[] { nobody, refused, cleared }, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        Assert.Equal((3, 1), (ground.StandIn.ApiCalls, ground.StandIn.Refused));
    }

    [Fact]
    public async Task Where_the_app_wants_it_a_401_whose_renewal_is_refused_is_returned_as_it_came()
    {
        await using Ground ground = await Ground.StartAsync(options => options.SendWithoutToken = true);
        TokenSession session = await ground.SignInAsync();
        ground.StandIn.Revoke(session.Token.AccessToken);

        using HttpResponseMessage refused = await ground.Api.GetAsync(Me);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate + await refused.Content.ReadAsStringAsync());
        Assert.Equal((1, 1), (ground.StandIn.ApiCalls, ground.StandIn.Refused));
        Assert.True((await ground.StoredAsync()).IsEmpty);
    }

    [Fact]
    public async Task An_API_that_refuses_every_token_costs_no_refresh_a_call()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.Inject(
            StandInEndpoint.Api,
            new StandInFault(401) { Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer error=\"invalid_token\"" } },
            int.MaxValue);

        for (int call = 0; call < 20; call++)
        {
            using HttpResponseMessage answer = await ground.Api.GetAsync(Me);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Equal(1, ground.StandIn.Refreshes);
        ground.Clock.Advance(TimeSpan.FromSeconds(31));
        using HttpResponseMessage later = await ground.Api.GetAsync(Me);
        Assert.Equal(2, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_request_with_a_header_of_its_own_is_left_alone()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Me) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "own") } };

        using HttpResponseMessage response = await ground.Api.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("own", request.Headers.Authorization.Parameter);
        Assert.Equal((1, 0), (ground.StandIn.ApiCalls, ground.StandIn.Refreshes));
    }

    [Fact]
    public async Task A_token_stays_in_no_request()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();

        using HttpResponseMessage response = await ground.Api.GetAsync(Me);

        Assert.Null(response.RequestMessage!.Headers.Authorization);
    }

    [Fact]
    public async Task A_token_does_not_go_to_another_machine_in_plain_text()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => ground.Api.GetAsync("http://api.example/"));

        Assert.Contains("RequireHttps", error.Message);
    }

    [Fact]
    public async Task A_scheme_and_a_401_of_Podios_kind_are_understood()
    {
        await using Ground ground = await Ground.StartAsync(options => options.Scheme = "OAuth2");
        await ground.SignInAsync();
        ground.StandIn.ExpireAccessTokens();

        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Theory]
    [InlineData("""{"error":"invalid_request","error_description":"a \u0022quoted\u0022 text"}""")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task A_401_for_another_reason_is_returned_as_it_came(string body)
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(401) { Body = body });

        using HttpResponseMessage response = await ground.Api.GetAsync(Me);

        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(0, ground.StandIn.Refreshes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_401_with_a_long_body_is_returned_whole(bool asStream)
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        string body = new('x', 1_000_000);
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(401) { Body = body });

        using HttpResponseMessage response = await ground.Api.GetAsync(Me, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(asStream ? response.Content.ReadAsStream() : await response.Content.ReadAsStreamAsync());

        Assert.Equal(body, await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData("Bearer realm=\"a, b=c\", error=\"invalid_token\"")]
    [InlineData("Bearer error=invalid_token")]
    [InlineData("Basic realm=\"x\", Bearer error=\"invalid_token\", scope=\"a b\"")]
    [InlineData("Bearer error_description=\"an \\\"expired_token\\\"\"")]
    public async Task An_expired_token_is_recognised_in_any_challenge(string challenge)
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(401) { Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = challenge } });

        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
    }

    [Fact]
    public async Task Which_401_means_an_expired_token_can_be_said()
    {
        OAuthError? seen = null;
        await using Ground ground = await Ground.StartAsync(options => options.IsTokenExpired = error =>
        {
            seen = error;
            return true;
        });
        await ground.SignInAsync();
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(401) { Body = """{"error":"stale","error_description":"since yesterday"}""" });

        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        Assert.Equal(new OAuthError(HttpStatusCode.Unauthorized, "stale", "since yesterday"), seen);
    }

    public static TheoryData<string> Bodies => ["none", "text", "form", "memory", "json", "file", "multipart"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_can_be_sent_again_is(string kind)
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.ExpireAccessTokens();

        using HttpResponseMessage response = await ground.Api.PostAsync(Me, Body(kind));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string echo = (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!["body"];
        Assert.Contains(kind == "none" ? "" : "walnut", echo);
        Assert.StartsWith(kind == "file" ? "walnut" : "", echo);
    }

    [Fact]
    public async Task A_body_that_can_not_be_sent_again_is_not_but_the_next_call_has_the_new_token()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.ExpireAccessTokens();

        using HttpResponseMessage response = await ground.Api.PostAsync(Me, new StreamContent(new OneWayStream("walnut")));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal((1, 1), (ground.StandIn.ApiCalls, ground.StandIn.Refreshes));
        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_handler_that_retries_gets_the_token_of_then()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        var handler = new TokenSessionHandler(ground.Sessions, Ground.Client) { InnerHandler = new SocketsHttpHandler() };
        using var api = new HttpClient(new Retry(async () => await (await ground.Sessions.CreateAsync(Ground.Client)).RenewAsync()) { InnerHandler = handler }) { BaseAddress = ground.Address };
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(503));

        Assert.Equal("app:1", await Ground.WhoAsync(api));
    }

    [Fact]
    public async Task A_token_that_can_not_be_renewed_any_more_is_an_error_that_says_so()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromDays(29));

        await Assert.ThrowsAsync<TokenRefusedException>(() => ground.Api.GetAsync(Me));
    }

    [Fact]
    public async Task Synchronous_sending_is_refused_rather_than_done_without_a_token()
    {
        await using Ground ground = await Ground.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Me);

        NotSupportedException error = Assert.Throws<NotSupportedException>(() => ground.Api.Send(request));

        Assert.Contains("SendAsync", error.Message);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(503)]
    public async Task A_redirect_to_another_host_takes_no_token_there_whatever_that_answers(int status)
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        List<string> sent = [];
        await using WebApplication elsewhere = await ElsewhereAsync(context =>
        {
            sent.Add(context.Request.Headers.Authorization.ToString());
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            context.Response.StatusCode = status;
        });
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(302) { Headers = new Dictionary<string, string> { ["Location"] = elsewhere.Urls.Single() } });
        var handler = new TokenSessionHandler(ground.Sessions, Ground.Client) { InnerHandler = new SocketsHttpHandler { UseCookies = false } };
        using var api = new HttpClient(new Retry(() => Task.CompletedTask) { InnerHandler = handler }) { BaseAddress = ground.Address };

        using HttpResponseMessage answer = await api.GetAsync(Me);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(elsewhere.Urls.Single(), answer.RequestMessage!.RequestUri!.GetLeftPart(UriPartial.Authority));
        Assert.NotEmpty(sent);
        Assert.All(sent, Assert.Empty);
        Assert.Equal(0, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_redirect_within_the_host_goes_on_with_the_token()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault(302) { Headers = new Dictionary<string, string> { ["Location"] = Me } });

        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
    }

    private static async Task<WebApplication> ElsewhereAsync(Action<HttpContext> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Run(context =>
        {
            answer(context);
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }

    private static HttpContent? Body(string kind) => kind switch
    {
        "text" => new StringContent("walnut"),
        "form" => new FormUrlEncodedContent([new("nut", "walnut")]),
        "memory" => new ReadOnlyMemoryContent(Encoding.UTF8.GetBytes("walnut")),
        "json" => JsonContent.Create(new { nut = "walnut" }),
        "file" => new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("skipped walnut")) { Position = "skipped ".Length }),
        "multipart" => new MultipartFormDataContent { { new StringContent("walnut"), "nut" }, { new StreamContent(new MemoryStream([1, 2])), "file", "file" } },
        _ => null,
    };

    private sealed class OneWayStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override bool CanSeek => false;
    }

    private sealed class Retry(Func<Task> before) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                return response;
            }

            response.Dispose();
            await before();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
