using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>What an app sets at an odd moment is saved, or refused aloud; it is never dropped silently.</summary>
public sealed class LifeCycleTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task D18_what_is_set_after_destroy(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("old", "x").SetFlash("old", "x"));
        TestBrowser copy = app.CopyOf(browser);
        string before = browser.Jar[app.Store.CookieName];

        TestResponse response = await app.DoneAsync(browser, session => session.Set("lost", "x").Destroy().Set("new", "y"));
        Assert.NotNull(response.Cookie(app.Store.CookieName));
        Assert.NotEqual(before, browser.Jar[app.Store.CookieName]);
        Assert.Equal(["new"], await app.AskAsync(browser, session => session.All().Keys));
        Assert.Equal("y", await app.GetAsync(browser, "new"));
        if (app.Store.IsServerSide)
        {
            Assert.Empty(await app.AskAsync(copy, session => session.All()));
        }
    }

    [Theory, OnEveryStore]
    public async Task D18_what_is_set_after_create(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("old", "x"));
        await app.DoneAsync(browser, session => session.Create().Set("new", "y"));
        Assert.Equal(["new"], await app.AskAsync(browser, session => session.All().Keys));
    }

    [Theory, OnEveryStore]
    public async Task D18_what_is_set_after_close(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session =>
        {
            session.Set("before", "x").Close();
            Action[] changes =
            [
                () => session.Set("after", "x"),
                () => session.Delete("before"),
                () => session.Clear(),
                () => session.Increment("after"),
                () => session.Update<int>("after", _ => 1),
                () => session.SetFlash("after", "x"),
                () => session.DeleteFlash(),
                () => session.Rotate(),
                () => session.AttachPrincipal("Ada"),
            ];
            Assert.All(changes, change => Assert.Throws<InvalidOperationException>(change));
            session.Close();
        });
        Assert.Equal(["before"], await app.AskAsync(browser, session => session.All().Keys));

        await app.DoneAsync(browser, session =>
        {
            session.Set("dropped", "x").Close(save: false);
            Assert.Throws<InvalidOperationException>(() => session.Set("after", "x"));
        });
        Assert.Equal(["before"], await app.AskAsync(browser, session => session.All().Keys));
    }

    [Theory, OnEveryStore]
    public async Task D18_what_is_set_after_reset(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("dropped", "x").Reset().Set("kept", "y"));
        Assert.Equal(["kept"], await app.AskAsync(browser, session => session.All().Keys));

        await app.DoneAsync(browser, session =>
        {
            session.Delete("kept").Set("dropped", "x").Rotate().Reset();
            Assert.Equal("y", session.Get<string>("kept"));
            session.Set("second", "z");
        });
        Assert.Equal(["kept", "second"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    [Theory, OnEveryStore]
    public async Task D18_what_was_destroyed_and_reset_stays(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("kept", "y"));
        await app.DoneAsync(browser, session => session.Destroy().Reset().Set("more", "z"));
        Assert.Equal(["kept", "more"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    [Theory, OnEveryStore]
    public async Task D19_a_new_session_that_is_closed_and_started_again_in_one_request(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, (_, sessions) =>
        {
            sessions.Forge().Set("first", "x").SetFlash("message", "hello");
            sessions.Forge().Close();
            sessions.Forge().Set("second", "y");
            sessions.Current.Close();
            return Task.CompletedTask;
        }));

        Assert.Equal("hello", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
        Assert.Equal(["first", "second"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    [Theory, OnEveryStore]
    public async Task D19_a_new_session_that_is_saved_and_changed_again_in_one_request(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, async (_, sessions) =>
        {
            await sessions.Forge().Set("first", "x").SaveAsync();
            sessions.Forge().Set("second", "y").Rotate();
            await sessions.Current.SaveAsync();
            sessions.Forge().Set("third", "z");
        }));
        Assert.Equal(["first", "second", "third"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    [Theory, OnEveryStore]
    public async Task D20_a_new_session_after_output_was_sent(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        List<Exception> refused = [];
        TestResponse response = app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            Session session = sessions.Current;
            Assert.False(session.Has("user"));
            await http.Response.WriteAsync("sent");
            await http.Response.Body.FlushAsync();
            Assert.True(http.Response.HasStarted);
            Action[] beginnings =
            [
                () => session.Set("user", "Ada"),
                () => session.SetFlash("message", "hello"),
                () => session.Increment("visits"),
                () => session.Create(),
                () => session.AttachPrincipal("Ada"),
            ];
            refused.AddRange(beginnings.Select(begin => Assert.Throws<InvalidOperationException>(begin)));
        }));

        Assert.Equal("sent", response.Body);
        Assert.Empty(response.SetCookies);
        Assert.All(refused, error => Assert.Contains("headers were sent", error.Message, StringComparison.Ordinal));
        Assert.All(refused, error => Assert.Contains("for a hub or a circuit, in an ordinary request before it", error.Message, StringComparison.Ordinal));
    }

    [Theory, OnServerStores]
    public async Task D20_what_a_known_session_is_given_after_output_was_sent_is_saved(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            sessions.Current.Set("early", "x");
            await http.Response.WriteAsync("sent");
            await http.Response.Body.FlushAsync();
            sessions.Current.Set("late", "y").Delete("user");
            Assert.Throws<InvalidOperationException>(() => sessions.Current.Rotate());
        }));
        Assert.Equal(["early", "late"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    /// <summary>The cookie driver's content travels in the headers, so that is too late for each change.</summary>
    [Fact]
    public async Task D20_a_change_of_a_cookie_session_after_output_was_sent()
    {
        SessionApp app = await StartAsync("cookie");
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            Session session = sessions.Current.Set("early", "x");
            await http.Response.WriteAsync("sent");
            await http.Response.Body.FlushAsync();
            Action[] changes =
            [
                () => session.Set("late", "y"),
                () => session.Delete("user"),
                () => session.SetFlash("late", "y"),
                () => session.Increment("late"),
                () => session.Destroy(),
                () => session.SetConfig("expiration_time", 60),
            ];
            Assert.All(changes, change => Assert.Throws<InvalidOperationException>(change));
        }));
        Assert.Equal(["early", "user"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    [Theory, OnEveryStore]
    public async Task D23_a_flash_message_by_a_background_request(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.SetFlash("message", "Saved."));
        for (int poll = 0; poll < 3; poll++)
        {
            await app.DoneAsync(browser, session => Assert.Equal("Saved.", session.GetFlash<string>("message")), "/look");
        }

        Assert.Equal("Saved.", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
        Assert.Null(await app.AskAsync(browser, session => session.GetFlash<string>("message")));
    }

    [Theory, OnEveryStore]
    public async Task D23_a_flash_message_by_keep_before_get(string store)
    {
        foreach (bool autoExpire in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => options.FlashAutoExpire = autoExpire);
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.SetFlash("message", "Saved."));
            await app.DoneAsync(browser, session =>
            {
                session.KeepFlash("message");
                Assert.Equal("Saved.", session.GetFlash<string>("message"));
            });
            await app.DoneAsync(browser, session =>
            {
                Assert.Equal("Saved.", session.GetFlash<string>("message"));
                session.KeepFlash();
            });
            Assert.Equal("Saved.", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
            Assert.Null(await app.AskAsync(browser, session => session.GetFlash<string>("message")));
        }
    }
}
