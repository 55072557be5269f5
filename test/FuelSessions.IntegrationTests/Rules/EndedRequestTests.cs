using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>What a request's code was handed ends with the request: nobody reads or writes another visitor's session through it.</summary>
public sealed class EndedRequestTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task Whatever_was_kept_throws_while_the_connection_serves_somebody_else(string store)
    {
        SessionApp app = await StartAsync(store, options => options.NativeEmulation = true);
        ISessionStore kept = null!;
        ISession native = null!;
        Session session = null!;
        TestBrowser ann = app.NewBrowser();
        await app.SendAsync(ann, async (http, sessions) =>
        {
            (kept, session, native) = (sessions, sessions.Current.Set("name", "ann"), http.Features.Get<ISessionFeature>()!.Session);
            await native.LoadAsync();
        });

        // The same client keeps its connection, and the server its context.
        ann.Jar.Clear();
        List<Exception?> outcomes = [];
        await app.DoneAsync(ann, bob =>
        {
            bob.Set("name", "bob");
            Action[] uses =
            [
                () => _ = kept.Current, () => kept.Forge(), () => kept.Forge(options => options.CookieName = "other"), () => kept.Instance(app.Store.CookieName),
                () => session.Get<string>("name"), () => session.Set("name", "eve"), () => session.Has("name"), () => session.All(), () => session.Increment("n"), () => session.Clear(),
                () => _ = session.Id, () => session.Key(), () => _ = session.Token, () => _ = session.State, () => _ = session.Principal, () => session.GetFlash<string>("m"), () => session.SetFlash("m", 1),
                () => session.Rotate(), () => session.AttachPrincipal("eve"), () => session.Create(), () => session.Destroy(), () => session.Reset(), () => session.Close(), () => session.SetConfig("flash_id", "x"),
                () => native.TryGetValue("x", out _), () => native.Set("x", [1]), () => native.Clear(), () => _ = native.Id, () => native.Remove("x"), () => native.Keys.Count(), () => _ = native.IsAvailable,
                () => session.SaveAsync().GetAwaiter().GetResult(), () => session.ReloadAsync().GetAwaiter().GetResult(), () => session.LoadAsync().GetAwaiter().GetResult(), () => kept.ForgeAsync().GetAwaiter().GetResult(),
            ];
            outcomes.AddRange(uses.Select(use => Record.Exception(use)));
        });

        Assert.All(outcomes, outcome => Assert.IsType<ObjectDisposedException>(outcome));
        Assert.Equal("bob", await app.GetAsync(ann, "name"));
    }

    [Theory, OnEveryStore]
    public async Task Work_that_a_request_left_running_is_told_that_it_is_too_late(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        var ended = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        Task background = null!;
        Exception? completed = null;
        await app.SendAsync(browser, (http, sessions) =>
        {
            Session session = sessions.Current.Set("before", 1);
            background = SetLaterAsync(session);
            http.Response.OnCompleted(() =>
            {
                completed = Record.Exception(() => session.Set("completed", 1));
                answered.SetResult();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        await answered.Task;
        ended.SetResult();

        Assert.IsType<ObjectDisposedException>(await Record.ExceptionAsync(() => background));
        Assert.IsAssignableFrom<InvalidOperationException>(completed);
        Assert.Equal(["before"], await app.AskAsync(browser, session => session.All().Keys));

        async Task SetLaterAsync(Session session)
        {
            await ended.Task;
            session.Set("later", 1);
        }
    }

    [Theory]
    [InlineData("memory")]
    public async Task No_visitor_meets_another_one_through_kept_objects_under_load(string store)
    {
        SessionApp app = await StartAsync(store);
        var kept = new (ISessionStore Store, string Name)[8];
        int leaks = 0, refused = 0, planted = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (client, _) =>
        {
            TestBrowser browser = app.NewBrowser();
            for (int round = 0; round < 50; round++)
            {
                string name = $"{client}:{round}";
                browser.Jar.Clear();
                app.AssertOk(await app.SendAsync(browser, (_, sessions) =>
                {
                    sessions.Current.Set("name", name);

                    // What another visitor's request left behind is used in the middle of this one.
                    foreach ((ISessionStore other, string owner) in kept.Where(other => other.Store is not null))
                    {
                        if (owner[..1] == name[..1])
                        {
                            try
                            {
                                leaks += other.Current.Get<string>("name") == owner ? 0 : 1;
                            }
                            catch (ObjectDisposedException)
                            {
                                Interlocked.Increment(ref refused);
                            }
                        }
                    }

                    // The positive control: what is handed out in this request does answer.
                    if (sessions.Current.Get<string>("name") == name)
                    {
                        Interlocked.Increment(ref planted);
                    }

                    kept[client] = (sessions, name);
                    return Task.CompletedTask;
                }));
            }
        });

        Assert.Equal((0, 400, 8 * 49), (leaks, planted, refused));
    }
}
