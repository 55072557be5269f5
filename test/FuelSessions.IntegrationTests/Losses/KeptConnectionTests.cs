using System.Collections.Concurrent;
using System.Globalization;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>
/// A connection that is kept serves one user after another, as behind a proxy, and its <see cref="HttpContext"/> with it. What an earlier
/// request was handed must not reach the later one's session, whenever it is used.
/// </summary>
public sealed class KeptConnectionTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const int Connections = 4;
    private const int Rounds = 40;

    [Theory, OnEveryStore]
    public async Task Nobody_reaches_the_session_of_the_next_user_of_a_connection(string store)
    {
        (int reused, string[] leaks) = await RunAsync(store, (_, sessions) => sessions);
        Assert.True(reused > Rounds, $"Only {reused} contexts were used again: nothing could leak.");
        Assert.Empty(leaks);
    }

    /// <summary>The same with sessions that don't end with their request: the test above can fail.</summary>
    [Theory, InlineData("memory"), InlineData("cookie")]
    public async Task A_planted_leak_is_found(string store)
    {
        (_, string[] leaks) = await RunAsync(
            store,
            (http, _) => Unended(http),
            disturbs: true);
        Assert.NotEmpty(leaks);
    }

    private static RequestSessions Unended(HttpContext http)
    {
        SessionServices services = http.RequestServices.GetRequiredService<SessionServices>();
        return new RequestSessions(http, services, services.Profiles.UseOf(null));
    }

    /// <param name="disturbs">Whether what is kept works on a context that another request uses, which is not for two threads: any of that one's answers may fail.</param>
    private async Task<(int Reused, string[] Leaks)> RunAsync(string store, Func<HttpContext, ISessionStore, ISessionStore> keep, bool disturbs = false)
    {
        SessionApp app = await StartAsync(store);
        ConcurrentBag<string> leaks = [];
        int[] reused = new int[Connections];
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            // One client, one connection; and two users.
            TestBrowser line = app.NewBrowser();
            Dictionary<string, string>[] jars = [[], []];
            (HttpContext Http, ISessionStore Sessions, string User)? before = null;
            for (int round = 0; round < Rounds; round++)
            {
                int user = round % 2;
                string name = string.Create(CultureInfo.InvariantCulture, $"user {connection}.{user}");
                line.Jar.Clear();
                foreach ((string cookie, string value) in jars[user])
                {
                    line.Jar[cookie] = value;
                }

                TestResponse answer = await app.SendAsync(line, async (http, sessions) =>
                {
                    if (before is { } kept)
                    {
                        reused[connection] += ReferenceEquals(kept.Http, http) ? 1 : 0;
                        UseLate(kept.Sessions, kept.User, leaks);
                    }

                    Session own = sessions.Current;
                    Check(own, name, leaks);
                    own.Set("user", name).Increment("visits");
                    before = (http, keep(http, sessions), name);

                    // Goes on while the request ends, and in the next one.
                    ISessionStore late = before.Value.Sessions;
                    using (ExecutionContext.SuppressFlow())
                    {
                        _ = Task.Run(() => Hammer(late, name, leaks));
                    }

                    await http.Response.WriteAsync("answer");
                });
                if (!disturbs)
                {
                    app.AssertOk(answer);
                }

                jars[user] = new(line.Jar);
            }
        }));
        return (reused.Sum(), [.. leaks]);
    }

    private static void Hammer(ISessionStore late, string user, ConcurrentBag<string> leaks)
    {
        for (int i = 0; i < 50; i++)
        {
            UseLate(late, user, leaks);
            Thread.Yield();
        }
    }

    private static void UseLate(ISessionStore late, string user, ConcurrentBag<string> leaks)
    {
        try
        {
            Check(late.Current, user, leaks);
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException)
        {
            // Over, or in the planted leak's case between two requests.
        }
    }

    private static void Check(Session session, string user, ConcurrentBag<string> leaks)
    {
        if (session.Get("user", user) is { } other && other != user)
        {
            leaks.Add($"{user} sees {other}");
        }
    }
}
