using System.Globalization;
using System.Net;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;

namespace FuelSessions.Tokens.Tests.Renewal;

public sealed class ProviderErrorTests
{
    private static readonly TimeSpan PastTheEnd = TimeSpan.FromHours(9);

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(420)]
    [InlineData(429)]
    public async Task A_provider_in_trouble_costs_no_token(int status)
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        OAuthToken before = session.Token;
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(status) { Body = """{"error":"invalid_grant"}""" });

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());

        Assert.True(error.IsTransient);
        Assert.Equal((HttpStatusCode)status, error.StatusCode);
        Assert.Equal(before, await ground.StoredAsync());
        Assert.NotEqual(before.AccessToken, await session.GetAccessTokenAsync());
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client","error_description":"no such client"}""")]
    [InlineData(400, """{"error":"unauthorized_client"}""")]
    [InlineData(200, "<html>Sign in to the network</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"access_token":""}""")]
    [InlineData(200, """{"access_token":"a\r\nHost: elsewhere"}""")]
    [InlineData(200, """{"access_token":7,"expires_in":""")]
    [InlineData(302, "")]
    public async Task An_answer_that_is_no_refusal_of_the_grant_clears_nothing(int status, string body)
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        OAuthToken before = session.Token;
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(status) { Body = body });

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());

        Assert.False(error.IsTransient);
        Assert.Equal(before, await ground.StoredAsync());
        Assert.True(session.IsAuthenticated);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_it()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(200) { Body = $$"""{"access_token":"{{new string('a', 20 * 1024 * 1024)}}"}""" });

        await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Until_the_time_in_Retry_After_the_provider_is_left_alone(bool asDate)
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        string until = asDate ? (ground.Clock.GetUtcNow() + TimeSpan.FromSeconds(31)).ToString("R", CultureInfo.InvariantCulture) : "30";
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(429) { Headers = new Dictionary<string, string> { ["Retry-After"] = until } });

        TokenRequestException asked = await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());
        ground.Clock.Advance(TimeSpan.FromSeconds(20));
        TokenRequestException waiting = await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());

        Assert.InRange(asked.RetryAfter!.Value.TotalSeconds, 29, 31);
        Assert.InRange(waiting.RetryAfter!.Value.TotalSeconds, 9, 11);
        Assert.Equal(1, ground.StandIn.TokenRequests);

        ground.Clock.Advance(TimeSpan.FromSeconds(12));
        await session.GetAccessTokenAsync();
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_given_up_in_time()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        OAuthToken before = session.Token;
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.Inject(StandInEndpoint.Token, StandInFault.Silence);

        Task<string> asking = session.GetAccessTokenAsync();
        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => ground.PassAsync(asking, TimeSpan.FromSeconds(1)));

        Assert.True(error.IsTransient);
        Assert.Contains("RequestTimeout", error.Message);
        Assert.Equal(before, await ground.StoredAsync());
    }

    [Fact]
    public async Task A_provider_that_can_not_be_reached_costs_no_token()
    {
        await using Ground ground = await Ground.StartAsync(options => options.Backchannel = new Unplugged());
        var manager = new TestManager();
        var token = new OAuthToken { AccessToken = "a", RefreshToken = "r", ExpiresAt = ground.Clock.GetUtcNow() };
        manager.Tokens[Ground.Key()] = token;
        TokenSessionOptions options = ground.Configure(new TokenSessionOptions { Backchannel = new Unplugged() }).UseManager(manager);
        await using TokenSession session = await TokenSession.CreateAsync(options, Ground.Client, identity: AuthIdentity.App("1"));

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());

        Assert.True(error.IsTransient);
        Assert.Same(token, manager.Tokens[Ground.Key()]);
    }

    [Fact]
    public async Task Ahead_of_its_end_a_token_that_can_not_be_renewed_is_used_on()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        string old = session.Token.AccessToken;
        ground.Clock.Advance(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(30));
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(500), int.MaxValue);

        Assert.False(session.IsFresh);
        Assert.Equal(old, await session.GetAccessTokenAsync());
        await ground.RenewalsEndAsync();
        Assert.Contains(ground.Logs.Lines, line => line.Id == 314);

        // But not if the API did not accept it, or its end has come.
        await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync(old));
        ground.Clock.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());
    }

    [Fact]
    public async Task A_refused_grant_is_cleared_and_said()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromDays(29));

        TokenRefusedException error = await Assert.ThrowsAsync<TokenRefusedException>(() => session.GetAccessTokenAsync());

        Assert.Equal("invalid_grant", error.Error!.Error);
        Assert.False(session.IsAuthenticated);
        Assert.Equal(OAuthToken.Empty, await ground.StoredAsync());
    }

    [Fact]
    public async Task A_refusal_because_a_sibling_was_faster_ends_with_the_siblings_token()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        DateTimeOffset now = ground.Clock.GetUtcNow();
        var siblings = new OAuthToken { AccessToken = "sibling", RefreshToken = "next", IssuedAt = now, ExpiresAt = now.AddHours(8) };
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(400)
        {
            Body = """{"error":"invalid_grant"}""",
            Wait = _ => manager.SetAsync(siblings, Ground.Key()),
        });

        Assert.Equal("sibling", await session.GetAccessTokenAsync());
        Assert.Equal(siblings, manager.Tokens[Ground.Key()]);
    }

    [Fact]
    public async Task Without_a_refresh_token_a_token_is_used_to_its_end_and_then_refused_but_kept()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer => answer.Remove("refresh_token");
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(2));
        Assert.Equal(session.Token.AccessToken, await session.GetAccessTokenAsync());

        ground.Clock.Advance(TimeSpan.FromSeconds(2));
        TokenRefusedException error = await Assert.ThrowsAsync<TokenRefusedException>(() => session.GetAccessTokenAsync());

        Assert.Contains("no refresh token", error.Message);
        Assert.Null(error.Error);
        Assert.True(session.IsAuthenticated);
        Assert.Equal(session.Token, await ground.StoredAsync());
        Assert.Equal(1, ground.StandIn.TokenRequests);
    }

    [Fact]
    public async Task What_a_provider_says_is_told_without_what_it_was_asked_with()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        string refresh = session.Token.RefreshToken!;
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(400)
        {
            Body = $$"""{"error":"invalid_request","error_description":"Token {{refresh}} of {{ground.StandIn.ClientSecret}}\nis odd"}""",
        });

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());

        Assert.Contains("is odd", error.Message);
        Assert.Equal("Token [redacted] of [redacted] is odd", error.Error!.Description);
        Assert.False(ground.HasSecret(error.ToString()));
    }

    private sealed class Unplugged : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("No route to host.");
    }
}
