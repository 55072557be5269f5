using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FuelSessions.Tokens.Tests.Renewal;

public sealed class StoreTests
{
    private static readonly TimeSpan PastTheEnd = TimeSpan.FromHours(9);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_store_that_fails_after_the_rotation_costs_no_token()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        OAuthToken first = session.Token;
        manager.BreakWrites();

        // Twice: the successor of a token that could not be stored can't be stored either.
        for (int renewals = 1; renewals <= 2; renewals++)
        {
            ground.Clock.Advance(PastTheEnd);
            Task<string> renewing = session.GetAccessTokenAsync();
            await ground.PassAsync(renewing, Step);
            Assert.Equal(renewals, ground.StandIn.Refreshes);
            Assert.Equal(first, manager.Tokens[Ground.Key()]);
            Assert.Equal(await renewing, (await ground.StoredAsync()).AccessToken);
            Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        }

        manager.Repair();
        OAuthToken last = await ground.StoredAsync();

        Assert.Equal(last, manager.Tokens[Ground.Key()]);
        Assert.Equal(0, ground.StandIn.Refused);
        Assert.Contains(ground.Logs.Lines, line => line.Id == 316);
        Assert.Contains(ground.Logs.Lines, line => line.Id == 318);
    }

    [Fact]
    public async Task A_store_that_recovers_in_time_is_written_after_all()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        int failures = 2;
        manager.BeforeSet = _ => failures-- > 0 ? Task.FromException(new IOException("Busy.")) : Task.CompletedTask;

        Task<string> renewing = session.GetAccessTokenAsync();
        await ground.PassAsync(renewing, Step);

        Assert.Equal(await renewing, manager.Tokens[Ground.Key()].AccessToken);
        Assert.DoesNotContain(ground.Logs.Lines, line => line.Id == 316);
    }

    [Fact]
    public async Task A_write_that_only_seemed_to_fail_counts()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        int failures = 1;
        manager.AfterSet = _ => failures-- > 0 ? Task.FromException(new TimeoutException()) : Task.CompletedTask;

        Task<string> renewing = session.GetAccessTokenAsync();
        await ground.PassAsync(renewing, Step);

        Assert.Equal(await renewing, manager.Tokens[Ground.Key()].AccessToken);
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_token_that_could_not_be_stored_does_not_come_back_after_a_sign_out()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        manager.BreakWrites();
        await ground.PassAsync(session.GetAccessTokenAsync(), Step);
        manager.Repair();

        // By another process, which knows nothing of it.
        await manager.SetAsync(OAuthToken.Empty, Ground.Key());

        Assert.Equal(OAuthToken.Empty, await ground.StoredAsync());
        Assert.False(manager.Tokens.ContainsKey(Ground.Key()));
    }

    [Fact]
    public async Task While_the_store_is_down_a_token_that_could_not_be_stored_is_at_hand()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        manager.BreakWrites();
        await ground.PassAsync(session.GetAccessTokenAsync(), Step);
        manager.BeforeGet = _ => Task.FromException(new IOException("Gone."));

        Assert.Equal("app:1", await Ground.WhoAsync(ground.Api, request => request.SetTokenIdentity(AuthIdentity.App("1"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_that_could_not_be_stored_counts_before_what_was_there(bool isNewerThere)
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        OAuthToken old = session.Token;
        ground.Clock.Advance(TimeSpan.FromMinutes(1));
        manager.BreakWrites();
        manager.BeforeGet = _ => Task.FromException(new IOException("Gone."));
        await ground.PassAsync(session.AuthenticateWithAppAsync("1", ground.StandIn.Password), Step);
        OAuthToken signedIn = session.Token;

        manager.Repair();
        OAuthToken newer = old with { AccessToken = "newer", IssuedAt = signedIn.IssuedAt + TimeSpan.FromMinutes(1) };
        if (isNewerThere)
        {
            await manager.SetAsync(newer, Ground.Key());
        }

        OAuthToken counts = isNewerThere ? newer : signedIn;
        Assert.NotEqual(old, signedIn);
        Assert.Equal(counts, await ground.StoredAsync());
        Assert.Equal(counts, manager.Tokens[Ground.Key()]);
    }

    [Theory]
    [InlineData("other")]
    [InlineData(Ground.Client)]
    public async Task A_provider_that_hangs_as_the_app_ends_costs_no_other_token(string hanging)
    {
        Ground? ground = null;
        var manager = new TestManager();
        await using Ground started = ground = await Ground.StartAsync(
            options => options.UseManager(manager),
            services => services.AddTokenSession("other", options => ground!.Configure(options)));
        TokenSession session = await ground.SignInAsync();
        TokenSession stuck = await ground.Sessions.CreateAsync(hanging);
        await stuck.AuthenticateWithAppAsync("2", ground.StandIn.Password);
        ground.Clock.Advance(PastTheEnd);
        manager.BreakWrites();
        await ground.PassAsync(session.GetAccessTokenAsync(), Step);
        var asked = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault
        {
            Wait = aborted =>
            {
                asked.SetResult();
                return Task.Delay(Timeout.Infinite, aborted);
            },
        });
        manager.Repair();
        Task renewing = stuck.RenewAsync();
        await asked.Task;

        using var patience = new CancellationTokenSource();
        Task stopping = ground.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single().StoppedAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping);

        Assert.Equal(session.Token, manager.Tokens[Ground.Key()]);
        await ground.PassAsync(Assert.ThrowsAsync<TokenRequestException>(() => renewing), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_sign_in_during_a_renewal_wins()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        DateTimeOffset now = ground.Clock.GetUtcNow();
        var newer = new OAuthToken { AccessToken = "newer", RefreshToken = "r", IssuedAt = now, ExpiresAt = now.AddHours(8) };
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault { Wait = _ => manager.SetAsync(newer, Ground.Key()) });

        Assert.Equal("newer", await session.GetAccessTokenAsync());
        Assert.Equal(newer, manager.Tokens[Ground.Key()]);
    }

    [Fact]
    public async Task A_sign_out_during_a_renewal_wins()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault { Wait = _ => manager.SetAsync(OAuthToken.Empty, Ground.Key()) });

        await Assert.ThrowsAsync<TokenRefusedException>(() => session.GetAccessTokenAsync());

        Assert.False(manager.Tokens.ContainsKey(Ground.Key()));
        Assert.False(session.IsAuthenticated);
    }

    [Fact]
    public async Task What_an_answer_leaves_out_is_carried_over()
    {
        await using Ground ground = await Ground.StartAsync(options => options.RefreshTokenLifetime = TimeSpan.FromDays(28));
        TokenSession session = await ground.SignInAsync();
        OAuthToken first = session.Token;
        ground.Clock.Advance(PastTheEnd);
        ground.StandIn.EditAnswer = answer =>
        {
            answer.Remove("scope");
            answer.Remove("ref");
            answer.Remove("refresh_token");
        };

        OAuthToken next = await session.RenewAsync();

        Assert.NotEqual(first.AccessToken, next.AccessToken);
        Assert.Equal((first.RefreshToken, first.RefreshTokenExpiresAt, first.Scope, first.Ref), (next.RefreshToken, next.RefreshTokenExpiresAt, next.Scope, next.Ref));
        Assert.Equal(new OAuthTokenRef("app", "1"), next.Ref);
    }

    [Fact]
    public async Task The_end_of_a_refresh_token_is_not_carried_over_to_another()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer => answer["refresh_token_expires_in"] = "3600";
        TokenSession session = await ground.SignInAsync();
        Assert.Equal(session.Token.IssuedAt + TimeSpan.FromHours(1), session.Token.RefreshTokenExpiresAt);
        ground.StandIn.EditAnswer = null;

        Assert.Null((await session.RenewAsync()).RefreshTokenExpiresAt);
    }

    [Theory]
    [InlineData(100, 90)]
    [InlineData(600, 540)]
    [InlineData(28800, 28740)]
    public async Task A_token_is_renewed_a_minute_ahead_or_a_tenth_of_its_life(int life, int fresh)
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.AccessLifetime = TimeSpan.FromSeconds(life);
        TokenSession session = await ground.SignInAsync();

        // Times of a token are whole seconds, so it may seem up to one second older than it is.
        ground.Clock.Advance(TimeSpan.FromSeconds(fresh - 1.5));
        Assert.True(session.IsFresh);
        ground.Clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(session.IsFresh);

        // In the background: this caller's token is good.
        string old = session.Token.AccessToken;
        Assert.Equal(old, await session.GetAccessTokenAsync());
        await ground.RenewalsEndAsync();
        Assert.Equal(1, ground.StandIn.Refreshes);
        Assert.NotEqual(old, await session.GetAccessTokenAsync());
    }

    [Fact]
    public async Task All_times_of_a_token_are_whole_seconds()
    {
        await using Ground ground = await Ground.StartAsync(options => options.RefreshTokenLifetime = TimeSpan.FromSeconds(1000.7));
        ground.Clock.Advance(TimeSpan.FromTicks(1_234_567));
        ground.StandIn.EditAnswer = answer => answer["expires_in"] = "3600.9";

        OAuthToken token = (await ground.SignInAsync()).Token;

        Assert.All(new[] { token.IssuedAt, token.ExpiresAt, token.RefreshTokenExpiresAt }, time => Assert.Equal(0, time!.Value.UtcTicks % TimeSpan.TicksPerSecond));
    }

    [Fact]
    public async Task A_token_with_no_known_end_is_fresh()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.EditAnswer = answer => answer.Remove("expires_in");
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromDays(365));

        Assert.True(session.IsFresh);
    }
}
