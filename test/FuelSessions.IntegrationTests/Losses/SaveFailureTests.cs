using System.Buffers;
using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>
/// The store fails at the end of the request: the app's exception handler learns it while it can still answer, and no id
/// goes out.
/// </summary>
public sealed class SaveFailureTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task D13_all_changes_by_a_store_that_is_gone_at_the_end_of_the_request(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string cookie = browser.Jar[app.Store.CookieName];

        app.Probe.Fail(StoreCall.Write);
        SessionStoreException error = app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Set("user", "Eve")));
        Assert.IsType<IOException>(error.InnerException);
        Assert.Contains($"'{app.Store.Driver}'", error.Message, StringComparison.Ordinal);

        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.SetFlash("message", "x")));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Rotate()));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.AttachPrincipal("Eve")));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(app.NewBrowser(), session => session.Set("user", "Eve")));

        // A request that wants nothing saved is none the worse for it.
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));

        app.Probe.Heal();
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
        Assert.Equal(cookie, browser.Jar[app.Store.CookieName]);
        await app.DoneAsync(browser, session => session.Set("user", "Ada again"));
        Assert.Equal("Ada again", await app.GetAsync(browser, "user"));
    }

    [Theory, OnServerStores]
    public async Task D13_a_rotation_that_could_not_be_stored_sends_no_id(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));

        app.Probe.Fail(StoreCall.Write);
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Rotate()));
        app.AssertNoCookie(await app.DoneAsync(browser, session => Assert.Equal("Ada", session.Get<string>("user"))));
        Assert.Equal([SessionEventKind.StoreFailure, SessionEventKind.UpkeepFailed], app.Events.Select(told => told.Kind));
        app.Probe.Heal();
        TestResponse rotated = await app.DoneAsync(browser, session => Assert.Equal("Ada", session.Get<string>("user")));
        Assert.NotNull(rotated.Cookie(app.Store.CookieName));
    }

    [Theory, OnServerStores]
    public async Task D13_a_destroyed_session_that_could_not_be_deleted_keeps_its_cookie(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));

        app.Probe.Fail(StoreCall.Delete);
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Destroy()));
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Destroy().Set("user", "Eve")));
        app.Probe.Heal();
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    [Theory, OnServerStores]
    public async Task D13_a_session_that_could_not_be_kept_alive_says_so(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(2));

        app.Probe.Fail(StoreCall.Touch);
        app.AssertNoCookie(await app.DoneAsync(browser, session => Assert.Equal("Ada", session.Get<string>("user"))));
        Assert.Equal(SessionEventKind.UpkeepFailed, Assert.Single(app.Events).Kind);
        app.Probe.Heal();
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    /// <summary>An endpoint that writes its own body gets the error at its first byte, when nothing was sent yet.</summary>
    [Theory, OnServerStores]
    public async Task D13_an_endpoint_that_writes_its_body_itself_fails_before_the_first_byte(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Probe.Fail(StoreCall.Write);
        Func<HttpContext, Task>[] writers =
        [
            http => http.Response.WriteAsync("all is well"),
            async http => await http.Response.Body.WriteAsync("all is well"u8.ToArray()),
            http => http.Response.Body.FlushAsync(),
            async http => await http.Response.BodyWriter.WriteAsync("all is well"u8.ToArray()),
            http => http.Response.StartAsync(),
            http => http.Response.CompleteAsync(),
            http => http.Response.SendFileAsync(typeof(SaveFailureTests).Assembly.Location),
            http => http.Response.WriteAsJsonAsync("all is well"),
            http => Results.Text("all is well").ExecuteAsync(http),
            http =>
            {
                // Not flushed: that happens when the request ends.
                http.Response.BodyWriter.Write("all is well"u8);
                return Task.CompletedTask;
            },
        ];
        foreach (Func<HttpContext, Task> write in writers)
        {
            TestResponse response = await app.SendAsync(browser, async (http, sessions) =>
            {
                sessions.Current.Set("user", "Eve");
                await write(http);
            });
            SessionStoreException error = app.AssertFailed<SessionStoreException>(response);
            Assert.Equal($"{nameof(SessionStoreException)}: {error.Message}", response.Body);
        }

        app.Probe.Heal();
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    /// <summary>Stored, but nobody knows: the client's id is the previous one now, and as good as before.</summary>
    [Theory, OnServerStores]
    public async Task D13_an_answer_of_the_store_that_got_lost_harms_nobody(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        _ = app.Probe;
        app.Probe.After = (call, _) => call == StoreCall.Write ? throw new IOException("The connection broke.") : Task.CompletedTask;
        app.AssertFailed<SessionStoreException>(await app.DoAsync(browser, session => session.Set("stored", "x").Rotate()));
        app.Probe.Heal();

        app.Clock.Advance(TimeSpan.FromHours(1));
        TestResponse next = await app.DoneAsync(browser, session => Assert.Equal("Ada", session.Get<string>("user")));
        Assert.NotNull(next.Cookie(app.Store.CookieName));
        Assert.Equal("x", await app.GetAsync(browser, "stored"));
    }

    /// <summary>Who has caught it knows: the end of the request tries once more, and says nothing.</summary>
    [Theory, OnServerStores]
    public async Task D13_an_error_that_was_caught_is_not_thrown_again(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Probe.Fail(StoreCall.Write);
        Func<Session, Task>[] saves = [session => session.SaveAsync(), session => session.CloseAsync(), session => Task.Run(() => session.Close())];
        foreach (Func<Session, Task> save in saves)
        {
            TestResponse caught = app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
            {
                sessions.Current.Set("user", "Eve");
                await Assert.ThrowsAsync<SessionStoreException>(() => save(sessions.Current));
                await http.Response.WriteAsync("told");
            }));
            Assert.Equal("told", caught.Body);
            app.AssertNoCookie(caught);
        }

        Assert.Equal(saves.Length, app.Logs.Lines.Count(line => line.Id == 152));
        app.AssertOk(await app.SendAsync(app.NewBrowser(), async (_, sessions) => await Assert.ThrowsAsync<SessionStoreException>(() => sessions.Current.Set("user", "Eve").SaveAsync())));

        // What came after it, nobody knows yet.
        app.AssertFailed<SessionStoreException>(await app.SendAsync(browser, async (_, sessions) =>
        {
            await Assert.ThrowsAsync<SessionStoreException>(() => sessions.Current.Set("user", "Eve").SaveAsync());
            sessions.Current.Set("other", 1);
        }));

        // The store is back by the end of the request.
        app.AssertOk(await app.SendAsync(browser, async (_, sessions) =>
        {
            await Assert.ThrowsAsync<SessionStoreException>(() => sessions.Current.Set("user", "Eve").SaveAsync());
            app.Probe.Heal();
        }));
        Assert.Equal("Eve", await app.GetAsync(browser, "user"));
    }

    /// <summary>What failed is the record that holds the change, not the one that was read.</summary>
    [Theory, OnServerStores]
    public async Task D13_an_explicit_save_that_failed_can_be_tried_again(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada").Set("count", 1));
        app.Probe.Fail(StoreCall.Write);
        TestResponse response = app.AssertOk(await app.SendAsync(browser, async (_, sessions) =>
        {
            sessions.Current.Set("user", "Eve").Increment("count");
            await Assert.ThrowsAsync<SessionStoreException>(() => sessions.Current.SaveAsync());
            app.Probe.Heal();
            await sessions.Current.SaveAsync();
        }));
        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Equal("Eve", await app.GetAsync(browser, "user"));
        Assert.Equal(2, await app.AskAsync(browser, session => session.Get<int>("count")));
    }
}
