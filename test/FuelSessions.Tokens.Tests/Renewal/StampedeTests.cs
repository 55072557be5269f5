using System.Net;
using FuelSessions.Tokens.Tests.StandIn;
using FuelSessions.Tokens.Tests.Support;

namespace FuelSessions.Tokens.Tests.Renewal;

public sealed class StampedeTests
{
    [Fact]
    public async Task Two_hundred_callers_with_an_expired_token_cause_one_refresh()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.Clock.Advance(TimeSpan.FromHours(9));
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault { Wait = gone => Task.Delay(50, gone) }, int.MaxValue);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async caller =>
        {
            await Task.Delay(caller % 100);
            return await Ground.WhoAsync(ground.Api);
        }));

        Assert.All(answers, who => Assert.Equal("app:1", who));
        Assert.Equal((1, 0, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused, ground.StandIn.Reuses));
    }

    [Fact]
    public async Task A_storm_of_a_hundred_401s_causes_one_refresh()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        ground.StandIn.ExpireAccessTokens();

        // All hundred are out with the old token before the first is refused.
        var all = new TaskCompletionSource();
        int arrived = 0;
        ground.StandIn.Inject(StandInEndpoint.Api, new StandInFault { Wait = gone => Interlocked.Increment(ref arrived) == 100 ? Release(all) : all.Task.WaitAsync(gone) }, 100);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Ground.WhoAsync(ground.Api)));

        Assert.All(answers, who => Assert.Equal("app:1", who));
        Assert.Equal((1, 0, 200), (ground.StandIn.Refreshes, ground.StandIn.Refused, ground.StandIn.ApiCalls));
    }

    [Fact]
    public async Task A_server_that_answers_401_for_ever_is_sent_each_call_twice_and_its_answer_is_returned()
    {
        await using Ground ground = await Ground.StartAsync();
        await ground.SignInAsync();
        int sends = 0;
        ground.StandIn.Inject(
            StandInEndpoint.Api,
            new StandInFault(401)
            {
                Body = "Not today.",
                Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer error=\"invalid_token\"" },
                Wait = _ =>
                {
                    sends++;
                    return Task.CompletedTask;
                },
            },
            int.MaxValue);

        using HttpResponseMessage response = await ground.Api.GetAsync("/provider/api/me");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Not today.", await response.Content.ReadAsStringAsync());
        Assert.Equal((2, 1), (sends, ground.StandIn.Refreshes));
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_end_the_renewal_for_others()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        TokenSession other = await ground.Sessions.CreateAsync(Ground.Client);
        ground.Clock.Advance(TimeSpan.FromHours(9));
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault { Wait = gone => Release(asked, answer.Task.WaitAsync(gone)) });
        using var impatient = new CancellationTokenSource();

        Task<string> first = session.GetAccessTokenAsync(impatient.Token);
        await asked.Task;
        Task<string> second = other.GetAccessTokenAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult();

        Assert.Equal(await second, (await ground.StoredAsync()).AccessToken);
        Assert.Equal((1, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused));
    }

    [Fact]
    public async Task A_renewal_that_nobody_waits_for_any_more_is_stored()
    {
        await using Ground ground = await Ground.StartAsync();
        TokenSession session = await ground.SignInAsync();
        string old = session.Token.AccessToken;
        ground.Clock.Advance(TimeSpan.FromHours(9));
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        ground.StandIn.Inject(StandInEndpoint.Token, new StandInFault { Wait = gone => Release(asked, answer.Task.WaitAsync(gone)) });
        using var impatient = new CancellationTokenSource();

        Task<string> only = session.GetAccessTokenAsync(impatient.Token);
        await asked.Task;
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        answer.SetResult();

        // It joins the renewal that is under way, or finds what it stored.
        Assert.NotEqual(old, await session.GetAccessTokenAsync());
        Assert.Equal((1, 0), (ground.StandIn.Refreshes, ground.StandIn.Refused));
    }

    [Fact]
    public async Task Who_joins_a_renewal_that_returns_the_token_it_was_refused_with_gets_another()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        string old = session.Token.AccessToken;
        var reading = new TaskCompletionSource();
        var read = new TaskCompletionSource();
        manager.BeforeGet = _ => Release(reading, read.Task);

        // The first holds an older token, and will be content with the stored one.
        Task<OAuthToken> first = session.RenewAsync("another");
        await reading.Task;
        Task<OAuthToken> second = session.RenewAsync(old);
        read.SetResult();

        Assert.Equal(old, (await first).AccessToken);
        Assert.NotEqual(old, (await second).AccessToken);
        Assert.Equal(1, ground.StandIn.Refreshes);
    }

    [Fact]
    public async Task A_renewal_does_not_see_the_context_of_the_request_that_began_it()
    {
        var manager = new TestManager();
        await using Ground ground = await Ground.StartAsync(options => options.UseManager(manager));
        TokenSession session = await ground.SignInAsync();
        var request = new AsyncLocal<string?> { Value = "the caller's" };
        List<string?> seen = [];
        manager.BeforeSet = _ =>
        {
            seen.Add(request.Value);
            return Task.CompletedTask;
        };

        await session.RenewAsync();

        Assert.NotEmpty(seen);
        Assert.All(seen, Assert.Null);
    }

    private static Task Release(TaskCompletionSource signal, Task? then = null)
    {
        signal.TrySetResult();
        return then ?? Task.CompletedTask;
    }
}
