using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;

namespace FuelSessions.Tokens.Tests.Renewal;

/// <summary>A provider in trouble is asked seldom, and nobody pays for another's failures.</summary>
public sealed class RestTests
{
    [Fact]
    public async Task One_users_429_holds_up_no_other_user()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession ann = await ground.Sessions.CreateAsync(Ground.Client, "ann");
        TokenSession bob = await ground.Sessions.CreateAsync(Ground.Client, "bob");
        await bob.AuthenticateWithPasswordAsync("bob", ground.StandIn.Password);
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(429) { Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } });

        await Assert.ThrowsAsync<TokenRequestException>(() => ann.AuthenticateWithPasswordAsync("ann", "wrong"));
        TokenRequestException still = await Assert.ThrowsAsync<TokenRequestException>(() => ann.AuthenticateWithPasswordAsync("ann", "wrong"));
        await bob.RenewAsync();
        await ann.AuthenticateWithAppAsync("1", ground.StandIn.Password);

        Assert.InRange(still.RetryAfter!.Value.TotalSeconds, 3590, 3600);
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_service_that_is_away_holds_up_everybody_for_a_minute_at_most()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession ann = await ground.SignInAsync("1", "ann");
        TokenSession bob = await ground.SignInAsync("2", "bob");
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(503) { Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } });

        await Assert.ThrowsAsync<TokenRequestException>(() => ann.RenewAsync());
        await Assert.ThrowsAsync<TokenRequestException>(() => bob.RenewAsync());
        ground.Clock.Advance(TimeSpan.FromSeconds(61));
        await bob.RenewAsync();
        await Assert.ThrowsAsync<TokenRequestException>(() => ann.RenewAsync());
    }

    [Fact]
    public async Task Fifty_callers_for_ten_seconds_ask_a_broken_provider_five_times_at_most()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromHours(9));
        int before = ground.StandIn.TokenRequests;
        int asked = 0;
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(503) { Wait = _ => { Interlocked.Increment(ref asked); return Task.CompletedTask; } }, int.MaxValue);

        for (int tick = 0; tick < 100; tick++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync())));
            ground.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(asked, 2, 5);
        ground.StandIn.Repair(StandInEndpoint.Token);
        ground.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEmpty(await session.GetAccessTokenAsync());
    }

    [Fact]
    public async Task A_provider_that_hangs_holds_up_nobody_whose_token_is_good()
    {
        await using Ground ground = await Ground.StartAsync();
        ground.StandIn.AccessLifetime = TimeSpan.FromSeconds(600);
        TokenSession session = await ground.SignInAsync();
        string old = session.Token.AccessToken;
        ground.Clock.Advance(TimeSpan.FromSeconds(545));
        var asked = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault
        {
            Wait = gone =>
            {
                asked.TrySetResult();
                return Task.Delay(Timeout.Infinite, gone);
            },
        }, int.MaxValue);

        // The clock stands still: whoever waited for the provider would wait for ever.
        for (int call = 0; call < 3; call++)
        {
            Assert.Equal(old, await session.GetAccessTokenAsync());
            Assert.Equal("app:1", await Ground.WhoAsync(ground.Api));
        }

        await asked.Task;
        ground.Clock.Advance(TimeSpan.FromHours(1));
        await ground.RenewalsEndAsync();
    }
}
