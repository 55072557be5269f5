using System.Buffers;
using System.Net;
using System.Text;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>The order of things in a request: points 5 to 7.</summary>
public sealed class OrderTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task A_session_is_saved_before_any_header_goes_out(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        Func<HttpContext, Task>[] endings =
        [
            _ => Task.CompletedTask,
            http =>
            {
                http.Response.Redirect("/next");
                return Task.CompletedTask;
            },
            http => http.Response.WriteAsync("text"),
            http => http.Response.StartAsync(),
            http => http.Response.CompleteAsync(),
            async http => await http.Response.BodyWriter.FlushAsync(),
            http => Results.Json(new { Answer = 42 }).ExecuteAsync(http),
            http => http.Response.SendFileAsync(typeof(OrderTests).Assembly.Location),
        ];
        foreach (Func<HttpContext, Task> end in endings)
        {
            HttpContext? current = null;
            List<bool> started = [];
            app.Probe.Before = (call, _) =>
            {
                if (call == StoreCall.Write)
                {
                    started.Add(current!.Response.HasStarted);
                }

                return Task.CompletedTask;
            };
            TestResponse response = await app.SendAsync(browser, async (http, sessions) =>
            {
                current = http;
                (await sessions.ForgeAsync()).Increment("count");
                await end(http);
            });
            Assert.Contains(response.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Redirect]);
            Assert.Equal([false], started);
        }

        Assert.Equal(endings.Length, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    [Theory, OnEveryStore]
    public async Task Who_follows_a_redirect_finds_what_the_page_before_it_saved(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        for (int round = 0; round < 10; round++)
        {
            TestResponse redirect = await app.SendAsync(browser, async (http, sessions) =>
            {
                Session session = await sessions.ForgeAsync();
                session.Set("round", round).SetFlash("message", "Saved " + round);
                http.Response.Redirect("/run");
            });
            Assert.Equal(HttpStatusCode.Redirect, redirect.Status);
            await app.DoneAsync(browser, session =>
            {
                Assert.Equal(round, session.Get<int>("round"));
                Assert.Equal("Saved " + round, session.GetFlash<string>("message"));
            });
        }
    }

    /// <summary>What is held back until a session is saved does not change places with what is not.</summary>
    [Theory, OnEveryStore]
    public async Task A_body_arrives_as_it_was_written_wherever_the_session_is_used(string store)
    {
        SessionApp app = await StartAsync(store);
        Func<HttpContext, Task>[] writes =
        [
            http => WrittenAsync(http, "1"),
            async http => await http.Response.Body.WriteAsync("2"u8.ToArray()),
            http => WrittenAsync(http, new string('3', 10_000)),
            async http => await http.Response.BodyWriter.WriteAsync("4"u8.ToArray()),
            http => WrittenAsync(http, "5"),
            async http => await http.Response.BodyWriter.FlushAsync(),
            http => WrittenAsync(http, "6"),
            http => http.Response.WriteAsync("7"),
            http => WrittenAsync(http, "8"),
        ];
        string expected = "12" + new string('3', 10_000) + "45678";
        for (int skipped = 0; skipped < writes.Length; skipped++)
        {
            // Used before the first write, after the first one, or never.
            foreach (int use in (int[])[0, 1, -1])
            {
                int[] left = [.. Enumerable.Range(0, writes.Length).Where(write => write != skipped)];
                TestResponse response = app.AssertOk(await app.SendAsync(app.NewBrowser(), async (http, sessions) =>
                {
                    for (int i = 0; i < left.Length; i++)
                    {
                        if (i == use && !http.Response.HasStarted)
                        {
                            sessions.Current.Set("user", "Ada");
                        }

                        await writes[left[i]](http);
                    }
                }));
                string missing = skipped < 5 ? expected.Replace($"{skipped + 1}", "") : skipped == 5 ? expected : expected.Replace($"{skipped}", "");
                Assert.Equal(missing, response.Body);
            }
        }

        static Task WrittenAsync(HttpContext http, string text)
        {
            http.Response.BodyWriter.Write(Encoding.ASCII.GetBytes(text));
            return Task.CompletedTask;
        }
    }

    /// <summary>A gate holds the response open: what was set after the headers is saved when the request ends, not before.</summary>
    [Theory, OnServerStores]
    public async Task Changes_after_the_headers_went_out_are_saved_when_the_request_ends(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        string cookie = browser.Jar[app.Store.CookieName];

        Gate gate = new();
        Task<TestResponse> streaming = app.SendAsync(browser, async (http, sessions) =>
        {
            Session session = await sessions.ForgeAsync();
            session.Set("early", 1);
            await http.Response.WriteAsync("first");
            await http.Response.Body.FlushAsync();
            session.Set("late", 2).SetFlash("message", "done");
            await gate.PassAsync();
            await http.Response.WriteAsync("last");
        });
        await gate.ReachedAsync();
        Assert.Equal(["early", "user"], await app.AskAsync(app.CopyOf(browser), session => session.All().Keys.Order()));
        gate.Open();
        Assert.Equal("firstlast", app.AssertOk(await streaming).Body);
        Assert.Equal("done", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
        Assert.Equal(["early", "late", "user"], await app.AskAsync(browser, session => session.All().Keys.Order()));
        Assert.Equal(cookie, browser.Jar[app.Store.CookieName]);
    }

    [Theory, OnEveryStore]
    public async Task Starting_or_rotating_after_the_headers_throws_and_says_why(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            Session known = await sessions.ForgeAsync();
            Session other = sessions.Forge(options => options.CookieName = "other");
            await http.Response.StartAsync();
            Action[] tooLate =
            [
                () => known.Rotate(),
                () => known.Rotate(revokePrevious: true),
                () => known.AttachPrincipal("Ada"),
                () => known.Create(),
                () => other.Set("user", "Eve"),
                () => other.Create(),
            ];
            Assert.All(tooLate, act => Assert.Contains(
                "after the response headers were sent", Assert.Throws<InvalidOperationException>(act).Message, StringComparison.Ordinal));
        }));
        Assert.Equal("Ada", await app.GetAsync(browser, "user"));
    }

    [Theory, OnEveryStore]
    public async Task An_endpoint_that_throws_saves_nothing(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        app.AssertFailed<TimeZoneNotFoundException>(await app.DoAsync(browser, Fail));
        Assert.Empty(browser.Jar);

        await app.DoneAsync(browser, session => session.Set("user", "Ada").SetFlash("message", "unread"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        app.AssertFailed<TimeZoneNotFoundException>(await app.DoAsync(browser, session =>
        {
            Assert.Equal("unread", session.GetFlash<string>("message"));
            session.Rotate();
            Fail(session);
        }));
        app.AssertFailed<TimeZoneNotFoundException>(await app.DoAsync(browser, session => Fail(session.Destroy())));
        Assert.Equal("unread", await app.AskAsync(browser, session => session.GetFlash<string>("message")));
        Assert.Equal(["user"], await app.AskAsync(browser, session => session.All().Keys));
    }

    [Theory, OnEveryStore]
    public async Task An_endpoint_that_throws_saves_all_if_the_settings_say_so(string store)
    {
        SessionApp app = await StartAsync(store, options => options.SaveOnError = true);
        TestBrowser browser = app.NewBrowser();
        TestResponse response = await app.DoAsync(browser, Fail);
        Assert.Equal(HttpStatusCode.InternalServerError, response.Status);
        Assert.IsType<TimeZoneNotFoundException>(Assert.Single(app.Errors));
        Assert.NotNull(response.Cookie(app.Store.CookieName));
        Assert.Equal("Eve", await app.GetAsync(browser, "user"));
    }

    private static void Fail(Session session)
    {
        session.Set("user", "Eve");
        throw new TimeZoneNotFoundException();
    }
}
