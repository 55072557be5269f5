using System.Net;
using System.Text;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Endpoint;
using FuelSessions.Tokens.Tests.Support;

namespace FuelSessions.Tokens.Tests.Sessions;

/// <summary>What providers answer beside what RFC 6749 has them answer, and how APIs say that a token has expired.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task Other_fields_of_an_answer_are_kept_and_carried_over()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer =>
        {
            answer["instance_url"] = "https://eu7.example";
            answer["id_token"] = "a.b.c";
            answer["roles"] = new[] { "a", "b" };
            answer["verified"] = true;
        };
        TokenSession session = await ground.SignInAsync();
        ground.StandIn.EditAnswer = answer => answer["id_token"] = "d.e.f";
        OAuthToken renewed = await session.RenewAsync();

        Assert.Equal("""["a","b"]""", renewed.Extra["roles"]);
        Assert.Equal(("https://eu7.example", "d.e.f", "true"), (renewed.Extra["instance_url"], renewed.Extra["id_token"], renewed.Extra["verified"]));
        Assert.DoesNotContain("access_token", renewed.Extra.Keys);
        Assert.Equal(renewed, await ground.StoredAsync());
        Assert.DoesNotContain("d.e.f", renewed.ToString());
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_damage()
    {
        byte[] mark = Encoding.UTF8.GetPreamble();

        OAuthToken? token = TokenAnswer.Read((byte[])[.. mark, .. """{"access_token":"a"}"""u8], DateTimeOffset.UnixEpoch);
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);
        OAuthError error = OAuthErrors.Read(response, (byte[])[.. mark, .. """{"error":"invalid_grant"}"""u8]);

        Assert.Equal(("a", "invalid_grant"), (token?.AccessToken, error.Error));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_large_answer_is_read()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer => answer["padding"] = new string('x', 2 * 1024 * 1024);

        TokenSession session = await ground.SignInAsync();

        Assert.True(session.IsFresh);
        Assert.Empty(session.Token.Extra);
    }

    [Fact]
    public async Task An_answer_that_says_0_seconds_names_no_end()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer => answer["expires_in"] = 0;

        TokenSession session = await ground.SignInAsync();

        Assert.Null(session.Token.ExpiresAt);
        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        Assert.Equal(1, ground.StandIn.TokenRequests);
    }

    [Fact]
    public async Task A_scope_may_come_as_a_list()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        ground.StandIn.EditAnswer = answer => answer["scope"] = new[] { "chat:read", "chat:edit" };

        Assert.Equal("chat:read chat:edit", (await session.RenewAsync()).Scope);
    }

    [Theory]
    [InlineData("DPoP", false)]
    [InlineData("N_A", false)]
    [InlineData("mac", false)]
    [InlineData("bearer", true)]
    [InlineData("BEARER", true)]
    public async Task A_token_of_another_type_is_refused_with_a_message(string type, bool accepted)
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer => answer["token_type"] = type;

        if (accepted)
        {
            await ground.SignInAsync();
            return;
        }

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => ground.SignInAsync());
        Assert.Contains(type, error.Message);
        Assert.Contains("TokenTypes", error.Message);
        Assert.False(error.IsTransient);
        Assert.Equal(OAuthToken.Empty, await ground.StoredAsync());
    }

    [Fact]
    public async Task A_renewal_asks_for_what_the_options_say()
    {
        await using Ground ground = await Ground.StartAsync(options =>
        {
            options.RefreshParameters["resource"] = "https://api.example";
            options.RefreshParameters["scope"] = "read";
        });
        TokenSession session = await ground.SignInAsync();
        string asked = "";
        ground.StandIn.OnAnswer = field => asked = $"{field("grant_type")} {field("resource")} {field("scope")}";

        await session.RenewAsync();

        Assert.Equal("refresh_token https://api.example read", asked);
    }

    [Theory]
    [InlineData("""{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."}""", true)]
    [InlineData("""{"error":"bad_verification_code"}""", true)]
    [InlineData("""{"error":"invalid_grant"}""", true)]
    [InlineData("""{"error":"incorrect_client_credentials"}""", false)]
    [InlineData("""{"error":"invalid_grant","access_token":"a"}""", true)]
    public async Task An_error_with_status_200_counts(string body, bool refused)
    {
        Func<OAuthError, bool> isRefused = new TokenSessionOptions().UseGitHub("client", "secret").IsGrantRefused;
        await using Ground ground = await Ground.StartAsync(options => options.IsGrantRefused = isRefused);
        TokenSession session = await ground.SignInAsync();
        OAuthToken before = session.Token;
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(200) { Body = body });

        if (refused)
        {
            await Assert.ThrowsAsync<TokenRefusedException>(() => session.RenewAsync());
            Assert.Equal(OAuthToken.Empty, await ground.StoredAsync());
        }
        else
        {
            await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync());
            Assert.Equal(before, await ground.StoredAsync());
        }
    }

    [Theory]
    [InlineData("""{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}""", true)]
    [InlineData("""{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired or is not yet valid."}}""", true)]
    [InlineData("""{"error":{"status":401,"message":"The access token expired"}}""", true)]
    [InlineData("""[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]""", true)]
    [InlineData("""{"error":{".tag":"expired_access_token"}}""", true)]
    [InlineData("""{"error":"unauthorized","error_description":"expired_token"}""", true)]
    [InlineData("""{"message":"You may not see this"}""", false)]
    [InlineData("""{"error":"unauthorized","error_description":"no access"}""", false)]
    [InlineData("", false)]
    public void Ways_of_APIs_to_say_that_a_token_has_expired_are_understood(string body, bool expired)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        Assert.Equal(expired, new TokenSessionOptions().IsTokenExpired(OAuthErrors.Read(response, Encoding.UTF8.GetBytes(body))));
    }

    [Fact]
    public void GitHub_says_it_in_its_own_way()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        TokenSessionOptions options = new TokenSessionOptions().UseGitHub("client", "secret");

        Assert.True(options.IsTokenExpired(OAuthErrors.Read(response, """{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest"}"""u8.ToArray())));
        Assert.Equal("https://github.com/login/oauth/access_token", options.TokenEndpoint!.ToString());
    }
}
