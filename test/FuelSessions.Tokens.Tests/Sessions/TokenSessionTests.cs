using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tokens.Tests.Sessions;

public sealed class TokenSessionTests
{
    [Fact]
    public async Task A_program_that_runs_twice_signs_in_once()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSessionOptions options = ground.Configure(new TokenSessionOptions()).UseManager(new TestManager());
        List<string> answers = [];
        for (int run = 1; run <= 2; run++)
        {
            await using TokenSession session = await TokenSession.CreateAsync(options);
            if (!session.IsAuthenticated)
            {
                Assert.Null(session.Identity);
                await session.AuthenticateWithAppAsync("42", ground.StandIn.Password);
            }

            using var http = new HttpClient(session.CreateHandler()) { BaseAddress = ground.Address };
            answers.Add(await Ground.WhoAsync(http));
            Assert.Equal(AuthIdentity.App("42"), session.Identity);
        }

        Assert.Equal(["app:42", "app:42"], answers);
        Assert.Equal(1, ground.StandIn.TokenRequests);
    }

    [Fact]
    public async Task A_run_that_ends_late_does_not_overwrite_what_another_has_renewed()
    {
        await using Ground ground = await Ground.StartAsync();
        var manager = new TestManager();
        TokenSessionOptions options = ground.Configure(new TokenSessionOptions()).UseManager(manager);
        await using (TokenSession first = await TokenSession.CreateAsync(options))
        {
            await first.AuthenticateWithAppAsync("1", ground.StandIn.Password);
        }

        TokenSession a = await TokenSession.CreateAsync(options);
        OAuthToken renewed;
        await using (TokenSession b = await TokenSession.CreateAsync(options))
        {
            renewed = await b.RenewAsync();
        }

        await a.DisposeAsync();

        Assert.NotEqual(a.Token, renewed);
        Assert.Equal(renewed, manager.Tokens[new TokenKey("default", "", AuthIdentity.App("1"))]);
    }

    [Fact]
    public async Task A_run_that_could_not_store_its_token_stores_it_at_its_end_unless_another_has_stored_one()
    {
        await using Ground ground = await Ground.StartAsync();
        var key = new TokenKey("default", "", AuthIdentity.App("1"));
        foreach (bool isFaster in new[] { false, true })
        {
            var manager = new TestManager();
            TokenSessionOptions options = ground.Configure(new TokenSessionOptions()).UseManager(manager);
            TokenSession session = await TokenSession.CreateAsync(options);
            await session.AuthenticateWithAppAsync("1", ground.StandIn.Password);
            manager.BreakWrites();
            Task<OAuthToken> renewing = session.RenewAsync();
            await ground.PassAsync(renewing, TimeSpan.FromMilliseconds(20));
            manager.Repair();
            var newer = new OAuthToken { AccessToken = "newer" };
            if (isFaster)
            {
                await manager.SetAsync(newer, key);
            }

            await session.DisposeAsync();

            Assert.Equal(isFaster ? newer : await renewing, manager.Tokens[key]);
        }
    }

    [Fact]
    public async Task A_run_that_is_ended_during_a_renewal_stores_what_comes_of_it()
    {
        await using Ground ground = await Ground.StartAsync();
        var manager = new TestManager();
        TokenSession session = await TokenSession.CreateAsync(ground.Configure(new TokenSessionOptions()).UseManager(manager));
        await session.AuthenticateWithAppAsync("1", ground.StandIn.Password);
        OAuthToken before = session.Token;
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault
        {
            Wait = gone =>
            {
                asked.SetResult();
                return answer.Task.WaitAsync(gone);
            },
        });
        using var interrupt = new CancellationTokenSource();
        Task<OAuthToken> renewing = session.RenewAsync(cancellationToken: interrupt.Token);
        await asked.Task;
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => renewing);

        Task ending = session.DisposeAsync().AsTask();
        answer.SetResult();
        await ending;

        Assert.Equal(1, ground.StandIn.Refreshes);
        Assert.NotEqual(before, manager.Tokens[new TokenKey("default", "", AuthIdentity.App("1"))]);
    }

    [Fact]
    public async Task A_run_that_loses_a_token_at_its_end_says_so()
    {
        await using Ground ground = await Ground.StartAsync();
        var manager = new TestManager();
        TokenSession session = await TokenSession.CreateAsync(ground.Configure(new TokenSessionOptions()).UseManager(manager));
        await session.AuthenticateWithAppAsync("1", ground.StandIn.Password);
        manager.BreakWrites();
        await ground.PassAsync(session.RenewAsync(), TimeSpan.FromMilliseconds(20));

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => session.DisposeAsync().AsTask());

        Assert.Contains("lost", error.Message);
    }

    [Fact]
    public async Task A_sign_in_that_fails_changes_nothing()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        OAuthToken before = session.Token;

        await Assert.ThrowsAsync<TokenRefusedException>(() => session.AuthenticateWithAppAsync("1", "wrong"));
        await Assert.ThrowsAsync<TokenRefusedException>(() => session.AuthenticateWithPasswordAsync("ada", "wrong"));
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(500));
        await Assert.ThrowsAsync<TokenRequestException>(() => session.AuthenticateWithAppAsync("1", ground.StandIn.Password));

        Assert.Equal((before, AuthIdentity.App("1")), (session.Token, session.Identity));
        TokenSession next = await ground.Sessions.CreateAsync(Ground.Client);
        Assert.Equal((before, AuthIdentity.App("1")), (next.Token, next.Identity));
    }

    [Fact]
    public async Task Two_users_and_two_ways_of_signing_in_never_meet()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession ada = await ground.Sessions.CreateAsync(Ground.Client, "ada");
        TokenSession bob = await ground.Sessions.CreateAsync(Ground.Client, "bob");
        await ada.AuthenticateWithPasswordAsync("ada", ground.StandIn.Password);
        await bob.AuthenticateWithPasswordAsync("ada", ground.StandIn.Password);
        OAuthToken asUser = ada.Token;
        await ada.AuthenticateWithAppAsync("7", ground.StandIn.Password);

        Assert.NotEqual(asUser, bob.Token);
        Assert.NotEqual(asUser, ada.Token);
        Assert.Equal(asUser, (await ada.For(AuthIdentity.Password("ada"))).Token);
        Assert.False((await ada.For(AuthIdentity.App("8"))).IsAuthenticated);
    }

    [Fact]
    public async Task A_session_of_another_identity_changes_nothing_for_others_until_it_is_remembered()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync("1");
        await session.AuthenticateWithAppAsync("2", ground.StandIn.Password);

        TokenSession first = await session.For(AuthIdentity.App("1"));
        Assert.True(first.IsAuthenticated);
        Assert.Equal(AuthIdentity.App("2"), (await ground.Sessions.CreateAsync(Ground.Client)).Identity);
        Assert.Equal("app:2", await Ground.WhoAsync(ground.Api));

        await first.RememberAsync();
        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        Assert.Equal(AuthIdentity.App("2"), session.Identity);

        // Nothing to remember where nobody has signed in.
        TokenSession third = await session.For(AuthIdentity.App("3"));
        await Assert.ThrowsAsync<TokenRefusedException>(third.RememberAsync);
        Assert.Equal(AuthIdentity.App("1"), (await ground.Sessions.CreateAsync(Ground.Client)).Identity);
    }

    [Fact]
    public async Task A_token_of_another_program_goes_on_here()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession there = await ground.SignInAsync("7", owner: "there");
        TokenSession here = await ground.Sessions.CreateAsync(Ground.Client);

        await here.ImportAsync(there.Token with { ExpiresAt = DateTimeOffset.UnixEpoch }, AuthIdentity.App("7"));

        Assert.Equal("app:7", await Ground.WhoAsync(ground.Api));
        Assert.Equal((1, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused));
        await Assert.ThrowsAsync<ArgumentException>(() => here.ImportAsync(OAuthToken.Empty, AuthIdentity.App("7")));
    }

    [Fact]
    public async Task An_app_signs_in_by_itself_and_again_when_its_grant_is_refused()
    {
        await using Ground ground = await Ground.StartAsync(options => options.WithApp("9", "open sesame"));

        Assert.Equal("app:9", await Ground.WhoAsync(ground.Api));
        ground.Clock.Advance(TimeSpan.FromHours(9));
        Assert.Equal("app:9", await Ground.WhoAsync(ground.Api));
        ground.Clock.Advance(TimeSpan.FromDays(40));
        Assert.Equal("app:9", await Ground.WhoAsync(ground.Api));

        Assert.Equal((1, 4), (ground.StandIn.Refreshes, ground.StandIn.TokenRequests));
    }

    [Fact]
    public async Task An_identity_is_remembered_as_long_as_its_token_is_renewed()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options =>
        {
            options.UseManager(manager);
            options.RefreshTokenLifetime = TimeSpan.FromDays(28);
        });
        TokenSession session = await ground.SignInAsync();
        var remembered = new TokenKey(Ground.Client, "", AuthIdentity.Remembered);
        ground.Clock.Advance(TimeSpan.FromDays(20));

        OAuthToken next = await session.RenewAsync();

        Assert.Equal(next.RefreshTokenExpiresAt, manager.Tokens[remembered].RefreshTokenExpiresAt);
        Assert.Equal("", manager.Tokens[remembered].AccessToken);
    }

    [Fact]
    public async Task A_user_who_agrees_at_the_providers_page_is_signed_in_by_the_code()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.Sessions.CreateAsync(Ground.Client, "ada");
        string redirectUri = new Uri(ground.Address, "/back?from=provider").ToString();
        AuthorizationRequest request = session.BeginAuthorization(redirectUri, "global:all");
        Uri page = request.Url;
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        Assert.Contains("Agree", await browser.GetStringAsync(page));
        var query = QueryHelpers.ParseQuery(page.Query);
        using var form = new FormUrlEncodedContent([new("redirect_uri", query["redirect_uri"]!), new("state", query["state"]!), new("challenge", query["code_challenge"]!), new("user", "ada"), new("agree", "yes")]);
        using HttpResponseMessage back = await browser.PostAsync(page, form);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.DoesNotContain(request.CodeVerifier, page.ToString());
        Assert.DoesNotContain(request.CodeVerifier, request.ToString());
        await session.CompleteAuthorizationAsync(request, back.Headers.Location!);

        Assert.Equal((AuthIdentity.AuthorizationCode(), new OAuthTokenRef("user", "ada")), (session.Identity, session.Token.Ref));
        await Assert.ThrowsAsync<TokenRefusedException>(() => session.CompleteAuthorizationAsync(request, back.Headers.Location!));
    }

    [Fact]
    public async Task A_code_is_good_for_the_identity_that_the_session_was_made_for()
    {
        await using Ground ground = await Ground.StartAsync();
        AuthIdentity second = AuthIdentity.AuthorizationCode("second");
        TokenSession session = await ground.Sessions.CreateAsync(Ground.Client, "ada", second);

        AuthorizationRequest request = session.BeginAuthorization("http://here/");
        await session.CompleteAuthorizationAsync(request, new Uri($"http://here/?state={request.State}&code={ground.StandIn.IssueCode("ada", "http://here/")}"));

        Assert.Equal(second, session.Identity);
    }

    [Fact]
    public async Task A_client_can_identify_itself_with_HTTP_Basic()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSessionOptions options = ground.Configure(new TokenSessionOptions { ClientAuthentication = ClientAuthentication.Basic }).UseManager(new TestManager());
        await using TokenSession session = await TokenSession.CreateAsync(options);

        await session.AuthenticateWithAppAsync("1", ground.StandIn.Password);

        Assert.True(session.IsAuthenticated);
    }

    [Fact]
    public async Task Names_and_secrets_with_odd_characters_go_through_HTTP_Basic()
    {
        var seen = new Recorder();
        TokenSessionOptions options = new TokenSessionOptions
        {
            ClientId = "a:b c",
            ClientSecret = "d%é+",
            ClientAuthentication = ClientAuthentication.Basic,
            TokenEndpoint = new Uri("https://provider.example/token"),
            Backchannel = seen,
        }.UseManager(new TestManager());
        await using TokenSession session = await TokenSession.CreateAsync(options);

        await session.AuthenticateAsync("client_credentials", []);

        Assert.Equal("a%3Ab+c:d%25%C3%A9%2B", System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(seen.Authorization!)));
        Assert.Equal("grant_type=client_credentials", seen.Form);
        Assert.Equal(new AuthIdentity("client_credentials"), session.Identity);
    }

    [Fact]
    public async Task A_cleared_session_has_no_token()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();

        await session.ClearAsync();

        Assert.False(session.IsAuthenticated);
        Assert.Equal(OAuthToken.Empty, await ground.StoredAsync());
        await Assert.ThrowsAsync<TokenRefusedException>(() => session.GetAccessTokenAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_revoked_token_is_cleared_whatever_the_provider_says(bool isBroken)
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        string access = session.Token.AccessToken;
        if (isBroken)
        {
            ground.StandIn.Inject(StandInEndpoint.Revoke, new StandInFault(503), times: 2);
            await Assert.ThrowsAsync<TokenRequestException>(() => session.RevokeAsync());
        }
        else
        {
            await session.RevokeAsync();
        }

        Assert.Equal(isBroken ? "app:1" : null, ground.StandIn.WhoIs(access));
        Assert.False(session.IsAuthenticated);
        Assert.Equal(OAuthToken.Empty, await ground.StoredAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_renewal_brings_during_a_sign_out_is_revoked_too(bool byAnother)
    {
        List<string> revoked = [];
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options =>
        {
            options.UseManager(manager);
            options.Backchannel = new Revocations(revoked) { InnerHandler = new SocketsHttpHandler() };
        });
        TokenSession session = await ground.SignInAsync();
        OAuthToken other = session.Token with { AccessToken = "other-access", RefreshToken = "other-refresh" };
        Task renewing = Task.CompletedTask;
        if (byAnother)
        {
            ground.StandIn.Inject(StandInEndpoint.Revoke, new StandInFault { Wait = _ => manager.SetAsync(other, Ground.Key()) });
            await session.RevokeAsync();
        }
        else
        {
            var asked = new TaskCompletionSource();
            var goOn = new TaskCompletionSource();
            ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault
            {
                Wait = _ =>
                {
                    asked.SetResult();
                    return goOn.Task;
                },
            });
            ground.StandIn.EditAnswer = answer => (answer["access_token"], answer["refresh_token"]) = (other.AccessToken, other.RefreshToken!);
            renewing = session.RenewAsync();
            await asked.Task;
            Task revoking = session.RevokeAsync();
            goOn.SetResult();
            await revoking;
        }

        await renewing.ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Contains(other.RefreshToken, revoked);
        Assert.Contains(other.AccessToken, revoked);
        Assert.False(session.IsAuthenticated);
        Assert.False(manager.Tokens.ContainsKey(Ground.Key()));
    }

    [Fact]
    public async Task Both_tokens_are_revoked_also_while_the_provider_wants_to_be_left_alone()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(503) { Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } });
        await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync());
        var asked = new List<string>();
        ground.StandIn.OnRevoke = asked.Add;

        await session.RevokeAsync();

        Assert.Equal(["refresh_token", "access_token"], asked);
    }

    [Fact]
    public async Task Nobody_who_has_not_signed_in_gets_a_token()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.Sessions.CreateAsync(Ground.Client);

        Assert.Null(session.Identity);
        await Assert.ThrowsAsync<TokenRefusedException>(() => session.GetAccessTokenAsync());
        await session.ClearAsync();
        await session.RevokeAsync();
    }

    [Fact]
    public async Task A_session_takes_over_what_another_has_signed_in()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession early = await ground.Sessions.CreateAsync(Ground.Client, identity: AuthIdentity.App("1"));
        TokenSession late = await ground.SignInAsync();

        Assert.Equal(late.Token.AccessToken, await early.GetAccessTokenAsync());
    }

    [Fact]
    public async Task Options_that_are_not_in_order_are_refused_without_services_too() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => TokenSession.CreateAsync(new TokenSessionOptions()));

    [Fact]
    public async Task Many_can_use_one_session_at_once()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(caller => Task.Run(async () =>
        {
            switch (caller % 4)
            {
                case 0:
                    await session.RenewAsync();
                    break;
                case 1:
                    await session.AuthenticateWithAppAsync($"{caller}", ground.StandIn.Password);
                    break;
                default:
                    await session.GetAccessTokenAsync();
                    break;
            }
        })));

        Assert.Equal(session.Identity!.Identifier, session.Token.Ref!.Id);
        Assert.Equal(0, ground.StandIn.Reuses);
    }

    private sealed class Recorder : HttpMessageHandler
    {
        internal string? Authorization { get; private set; }

        internal string? Form { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Authorization = request.Headers.Authorization?.Parameter;
            Form = await request.Content!.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage { Content = new StringContent("""{"access_token":"a","expires_in":"60"}""") };
        }
    }

    private sealed class Revocations(List<string> revoked) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/revoke", StringComparison.Ordinal))
            {
                string form = await request.Content!.ReadAsStringAsync(cancellationToken);
                revoked.Add(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(form)["token"].ToString());
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
