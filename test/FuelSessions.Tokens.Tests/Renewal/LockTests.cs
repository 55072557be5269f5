using FuelSessions.Tokens.Tests.Support;

namespace FuelSessions.Tokens.Tests.Renewal;

public sealed class LockTests
{
    private static readonly TimeSpan PastTheEnd = TimeSpan.FromHours(9);

    [Fact]
    public async Task Who_finds_another_process_at_it_waits_and_takes_what_that_has_stored()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(PastTheEnd);
        DateTimeOffset now = ground.Clock.GetUtcNow();
        var siblings = new OAuthToken { AccessToken = "sibling", RefreshToken = "r", IssuedAt = now, ExpiresAt = now.AddHours(8) };
        manager.IsHeld = true;
        manager.OnAttempt = () =>
        {
            if (manager.Attempts == 5)
            {
                manager.Tokens[Ground.Key()] = siblings;
            }
        };

        Task<string> waiting = session.GetAccessTokenAsync();
        await ground.PassAsync(waiting, TimeSpan.FromMilliseconds(20));

        Assert.Equal("sibling", await waiting);
        Assert.Equal((5, 0), (manager.Attempts, ground.StandIn.Refreshes));
    }

    [Fact]
    public async Task Nobody_waits_for_ever()
    {
        var manager = new LockingManager { IsHeld = true };
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        OAuthToken before = session.Token;
        ground.Clock.Advance(PastTheEnd);
        DateTimeOffset start = ground.Clock.GetUtcNow();

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(
            () => ground.PassAsync(session.GetAccessTokenAsync(), TimeSpan.FromSeconds(1)));

        Assert.Contains("LockLifetime", error.Message);
        Assert.InRange(ground.Clock.GetUtcNow() - start, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(30));
        Assert.Equal(before, manager.Tokens[Ground.Key()]);

        // It was the other process's fault; the next caller tries again.
        manager.IsHeld = false;
        await session.GetAccessTokenAsync();
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_lock_that_can_not_be_released_does_not_fail_the_renewal()
    {
        var manager = new LockingManager { FailsToRelease = true };
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();

        OAuthToken next = await session.RenewAsync();

        Assert.Equal(next, manager.Tokens[Ground.Key()]);
        Assert.Contains(ground.Logs.Lines, line => line.Id == 320);
    }

    [Fact]
    public async Task The_lock_is_taken_only_if_it_is_wanted()
    {
        var manager = new LockingManager { IsHeld = true };
        await using Ground ground = await Ground.StartAsync(options =>
        {
            options.UseManager(manager);
            options.LockRenewals = false;
        });

        await (await ground.SignInAsync()).RenewAsync();

        Assert.Equal((0, 1), (manager.Attempts, ground.StandIn.Refreshes));
    }
}
