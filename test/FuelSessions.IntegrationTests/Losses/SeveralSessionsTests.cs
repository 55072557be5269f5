using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>One session's error is not another one's.</summary>
public sealed class SeveralSessionsTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task D16_a_second_session_of_the_request_by_an_error_of_the_first(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        Dictionary<string, SessionKey> keys = [];
        app.AssertOk(await app.SendAsync(browser, (_, sessions) =>
        {
            foreach (Session session in Both(sessions))
            {
                session.Set("value", "old");
                keys[session.CookieName] = session.Transaction.Key;
            }

            return Task.CompletedTask;
        }));

        // Whichever of them fails.
        foreach ((string name, SessionKey failing) in keys)
        {
            string other = keys.Keys.Single(each => each != name);
            app.Probe.Before = (call, key) => call == StoreCall.Write && key == failing ? throw new IOException("Gone.") : Task.CompletedTask;
            TestResponse response = await app.SendAsync(browser, (_, sessions) =>
            {
                Array.ForEach(Both(sessions), session => session.Set("value", "not " + name));
                return Task.CompletedTask;
            });
            Assert.Equal(HttpStatusCode.InternalServerError, response.Status);
            Assert.True(app.Errors.TryDequeue(out Exception? error));
            Assert.IsType<SessionStoreException>(error);
            app.Probe.Heal();

            Dictionary<string, string?> values = await ValuesAsync(app, browser);
            Assert.Equal("not " + name, values[other]);
            Assert.NotEqual("not " + name, values[name]);
        }
    }

    [Theory, OnServerStores]
    public async Task D16_a_second_new_session_by_an_error_of_the_first(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        int writes = 0;
        app.Probe.Before = (call, _) => call == StoreCall.Write && ++writes == 1 ? throw new IOException("Gone.") : Task.CompletedTask;
        TestResponse response = await app.SendAsync(browser, (_, sessions) =>
        {
            Array.ForEach(Both(sessions), session => session.Set("value", "new"));
            return Task.CompletedTask;
        });

        // It is stored, so the client learns of it with the error page.
        app.AssertFailed<SessionStoreException>(response);
        Assert.NotNull(response.Cookie("second"));
        app.Probe.Heal();
        Dictionary<string, string?> values = await ValuesAsync(app, browser);
        Assert.Null(values[app.Store.CookieName]);
        Assert.Equal("new", values["second"]);
    }

    [Theory, OnServerStores]
    public async Task D16_errors_of_several_sessions_are_all_reported(string store)
    {
        SessionApp app = await StartAsync(store);
        app.Probe.Fail(StoreCall.Write);
        AggregateException error = app.AssertFailed<AggregateException>(await app.SendAsync(app.NewBrowser(), (_, sessions) =>
        {
            Array.ForEach(Both(sessions), session => session.Set("value", "new"));
            return Task.CompletedTask;
        }));
        Assert.Equal(2, error.InnerExceptions.Count);
        Assert.All(error.InnerExceptions, each => Assert.IsType<SessionStoreException>(each));
    }

    /// <summary>Across drivers, the cookie driver included, which has to answer with its new content beside the error.</summary>
    [Theory, OnEveryStore]
    public async Task D16_a_session_by_an_error_of_one_of_another_driver(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        string other = store == "memory" ? "cookie" : "memory";
        app.AssertOk(await SetAsync("old", "old"));
        foreach (bool storeFails in (bool[])[true, false])
        {
            string large = new('x', 2000);
            TestResponse response = await SetAsync(storeFails ? large : "new", storeFails ? "new" : large);
            Assert.Equal(HttpStatusCode.InternalServerError, response.Status);
            Assert.True(app.Errors.TryDequeue(out Exception? error));
            Assert.IsType<SessionTooLargeException>(error);

            (string? own, string? others) = (null, null);
            app.AssertOk(await app.SendAsync(browser, (_, sessions) =>
            {
                (own, others) = (sessions.Current.Get<string>("value"), sessions.Forge(other).Get<string>("value"));
                return Task.CompletedTask;
            }));
            Assert.Equal(storeFails ? ("old", "new") : ("new", "new"), (own, others));
        }

        Task<TestResponse> SetAsync(string own, string others) => app.SendAsync(browser, (_, sessions) =>
        {
            sessions.Current.SetConfig("MaxPayloadBytes", 1024).Set("value", own);
            sessions.Forge(other).SetConfig("MaxPayloadBytes", 1024).Set("value", others);
            return Task.CompletedTask;
        });
    }

    private static Session[] Both(ISessionStore sessions) => [sessions.Current, sessions.Forge(options => options.CookieName = "second")];

    private static async Task<Dictionary<string, string?>> ValuesAsync(SessionApp app, TestBrowser browser)
    {
        Dictionary<string, string?> values = [];
        app.AssertOk(await app.SendAsync(browser, (_, sessions) =>
        {
            Array.ForEach(Both(sessions), session => values[session.CookieName] = session.Get<string>("value"));
            return Task.CompletedTask;
        }));
        return values;
    }
}
