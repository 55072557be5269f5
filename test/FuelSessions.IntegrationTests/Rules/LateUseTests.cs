using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>What uses the session only while the response starts, as TempData's filter does, is saved and sent; what comes later is refused.</summary>
public sealed class LateUseTests(PostgresServer postgres) : StoreTests(postgres)
{
    public static TheoryData<string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string>();
            foreach (string store in new OnEveryStoreAttribute().GetData(null!).Select(row => (string)row[0]))
            {
                foreach (string way in (string[])["body", "no body", "started", "used before", "flushed"])
                {
                    ways.Add(store, way);
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Use_in_a_callback_of_the_starting_response_is_saved_and_sent(string store, string way)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        for (int visit = 0; visit < 3; visit++)
        {
            await app.SendAsync(browser, async (http, sessions) =>
            {
                // Before its first use, and so run after the session's own callback.
                http.Response.OnStarting(() => Counted(sessions.Current));
                if (way == "used before")
                {
                    sessions.Current.Get<int>("count");
                }

                await (way switch
                {
                    "no body" => Task.CompletedTask,
                    "started" => http.Response.StartAsync(),
                    "flushed" => FlushedAsync(http.Response),
                    _ => http.Response.WriteAsync("a body"),
                });
            });
        }

        Assert.Equal(3, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    [Theory, OnEveryStore]
    public async Task Use_in_a_callback_of_middleware_further_out_is_saved_and_sent(string store)
    {
        SessionApp app = await StartAsync(store, before: web => web.Use((http, next) =>
        {
            if (http.Request.Query.ContainsKey("late"))
            {
                http.Response.OnStarting(() => Counted(Session.Current));
            }

            return next(http);
        }));
        TestBrowser browser = app.NewBrowser();
        for (int visit = 0; visit < 3; visit++)
        {
            app.AssertOk(await app.SendAsync(browser, (http, _) => http.Response.WriteAsync("a body"), query: "?late=1"));
        }

        Assert.Equal(3, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    [Theory, OnEveryStore]
    public async Task A_session_that_would_begin_after_the_headers_is_refused(string store)
    {
        SessionApp app = await StartAsync(store);
        Exception? refused = null;
        await app.SendAsync(app.NewBrowser(), async (http, sessions) =>
        {
            await http.Response.WriteAsync("a body");
            await http.Response.Body.FlushAsync();
            refused = Record.Exception(() => sessions.Current.Set("late", 1));
        });
        Assert.IsType<InvalidOperationException>(refused);
    }

    private static Task Counted(Session session)
    {
        session.Increment("count");
        return Task.CompletedTask;
    }

    private static async Task FlushedAsync(HttpResponse response)
    {
        await response.WriteAsync("a body");
        await response.Body.FlushAsync();
    }
}
