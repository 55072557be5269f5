using System.Net.Sockets;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Renewal;
using FuelSessions.Tokens.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuelSessions.Tokens.Tests.Renewal;

/// <summary>What was sent and not answered is known to whoever comes next.</summary>
public sealed class BegunTests
{
    [Fact]
    public async Task Who_comes_after_a_process_that_was_killed_waits_out_what_may_still_arrive()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromHours(9));
        await BeginElsewhereAsync(ground, manager, session.Token);

        Task<string> next = session.GetAccessTokenAsync();
        for (int second = 0; second < 55; second++)
        {
            ground.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(1, ground.StandIn.TokenRequests);

        // In small steps: a renewal that is a minute old has failed.
        await ground.PassAsync(next, TimeSpan.FromMilliseconds(20));
        Assert.Equal((1, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused));
    }

    [Fact]
    public async Task What_arrives_late_is_taken()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromHours(9));
        await BeginElsewhereAsync(ground, manager, session.Token);
        DateTimeOffset now = ground.Clock.GetUtcNow();

        Task<string> next = session.GetAccessTokenAsync();
        manager.Tokens[Ground.Key()] = new OAuthToken { AccessToken = "late", RefreshToken = "r", IssuedAt = now, ExpiresAt = now.AddHours(8) };
        await ground.PassAsync(next, TimeSpan.FromMilliseconds(100));

        Assert.Equal("late", await next);
        Assert.Equal(0, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task An_answer_that_comes_after_RequestTimeout_is_kept_though_nobody_waits_any_more()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        OAuthToken old = session.Token;
        ground.Clock.Advance(TimeSpan.FromHours(9));
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault
        {
            Wait = _ =>
            {
                asked.SetResult();
                return answer.Task;
            },
        });

        Task<string> waiting = session.GetAccessTokenAsync();
        await asked.Task;
        await Assert.ThrowsAsync<TokenRequestException>(() => ground.PassAsync(waiting, TimeSpan.FromSeconds(1)));

        // Told the same at once, and asks nobody.
        await Assert.ThrowsAsync<TokenRequestException>(() => session.GetAccessTokenAsync());
        answer.SetResult();
        await ground.RenewalsEndAsync();

        OAuthToken stored = await ground.StoredAsync();
        Assert.NotEqual(old.RefreshToken, stored.RefreshToken);
        Assert.Equal(stored.AccessToken, await session.GetAccessTokenAsync());
        Assert.Equal((1, 0, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused, ground.StandIn.Reuses));
    }

    [Fact]
    public async Task After_an_answer_nobody_waits()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault(500));
        await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync());

        // The clock stands still, so a wait would not end.
        Assert.NotEqual(session.Token, await session.RenewAsync());
        Assert.NotEqual(session.Token.RefreshToken, (await session.RenewAsync()).RefreshToken);
    }

    [Fact]
    public async Task Where_nothing_was_sent_nobody_waits()
    {
        var manager = new LockingManager();
        bool isDown = false;
        using var backchannel = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await (isDown ? throw new SocketException((int)SocketError.ConnectionRefused) : socket.ConnectAsync(context.DnsEndPoint, cancellationToken));
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        await using Ground ground = await Ground.StartAsync(options =>
        {
            options.UseManager(manager);
            options.Backchannel = backchannel;
        });
        TokenSession session = await ground.SignInAsync();
        isDown = true;
        await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync());

        Assert.DoesNotContain(manager.Tokens.Values, stored => stored.Ref?.Type == "renewal");
        isDown = false;
        Assert.NotEqual(session.Token, await session.RenewAsync());
    }

    [Fact]
    public async Task What_a_slow_store_has_used_up_of_the_lock_is_not_the_providers_any_more()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        bool isRead = false;
        manager.OnAttempt = () => isRead = true;
        manager.BeforeGet = _ =>
        {
            // Of the two minutes that the lock lives, once it is taken.
            ground.Clock.Advance(isRead ? TimeSpan.FromSeconds(50) : TimeSpan.Zero);
            isRead = false;
            return Task.CompletedTask;
        };
        var asked = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault
        {
            Wait = gone =>
            {
                asked.SetResult();
                return Task.Delay(Timeout.Infinite, gone);
            },
        });

        Task<OAuthToken> waiting = session.RenewAsync();
        await asked.Task;
        ground.Clock.Advance(TimeSpan.FromSeconds(65));
        await Assert.ThrowsAsync<TokenRequestException>(() => waiting);

        // It is given up, and not merely not waited for, while there is something left of the lock.
        await ground.RenewalsEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task With_a_lock_that_is_as_good_as_over_nobody_asks()
    {
        var manager = new LockingManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        manager.BeforeSet = key =>
        {
            ground.Clock.Advance(key == Ground.Key() ? TimeSpan.Zero : TimeSpan.FromSeconds(100));
            return Task.CompletedTask;
        };

        TokenRequestException error = await Assert.ThrowsAsync<TokenRequestException>(() => session.RenewAsync());

        Assert.Contains("LockLifetime", error.Message);
        Assert.Equal((1, 0), (ground.StandIn.TokenRequests, ground.StandIn.Refreshes));
        Assert.DoesNotContain(manager.Tokens.Values, stored => stored.Ref?.Type == "renewal");
        manager.Repair();
        Assert.NotEqual(session.Token, await session.RenewAsync());
    }

    // As a process leaves it that dies before the answer: with the note, and without the lock.
    private static async Task BeginElsewhereAsync(Ground ground, LockingManager manager, OAuthToken token)
    {
        using var diagnostics = new TokenDiagnostics(Ground.Client, NullLoggerFactory.Instance, null);
        var elsewhere = new BegunRenewals(manager, ground.Clock, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), diagnostics);
        await elsewhere.BeginAsync(Ground.Key(), token);
    }
}
