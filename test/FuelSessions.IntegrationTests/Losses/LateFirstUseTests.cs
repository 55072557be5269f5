using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>A session that is used, or changed, only when the headers are about to go out is saved and sent like any other.</summary>
public sealed class LateFirstUseTests(PostgresServer postgres) : StoreTests(postgres)
{
    /// <summary>How an endpoint answers.</summary>
    private static readonly Dictionary<string, Func<HttpContext, Task>> Answers = new()
    {
        ["body"] = http => http.Response.WriteAsync("answer"),
        ["large body"] = http => http.Response.WriteAsync(new string('x', 200_000)),
        ["pipe"] = async http =>
        {
            "answer"u8.CopyTo(http.Response.BodyWriter.GetSpan(6));
            http.Response.BodyWriter.Advance(6);
            await http.Response.BodyWriter.FlushAsync();
        },
        ["start"] = http => http.Response.StartAsync(),
        ["complete"] = http => http.Response.CompleteAsync(),
        ["file"] = http => http.Response.SendFileAsync(typeof(LateFirstUseTests).Assembly.Location),
        ["flush"] = http => http.Response.Body.FlushAsync(),
        ["none"] = http =>
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        },
        ["redirect"] = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        },
    };

    [Theory, OnEveryStore]
    public async Task The_first_use_is_when_the_response_starts(string store)
    {
        SessionApp app = await StartAsync(store);
        foreach ((string how, Func<HttpContext, Task> answer) in Answers)
        {
            await CountsAsync(app, how, (http, sessions) =>
            {
                http.Response.OnStarting(() => CountAsync(sessions));
                return answer(http);
            });
        }
    }

    /// <summary>As TempData does it: looked at in the endpoint, written when the response starts.</summary>
    [Theory, OnEveryStore]
    public async Task The_change_is_made_when_the_response_starts(string store)
    {
        SessionApp app = await StartAsync(store);
        foreach ((string how, Func<HttpContext, Task> answer) in Answers)
        {
            await CountsAsync(app, how, (http, sessions) =>
            {
                http.Response.OnStarting(() => CountAsync(sessions));
                sessions.Current.Has("count");
                return answer(http);
            });
        }
    }

    [Theory, OnEveryStore]
    public async Task Changes_before_and_while_the_response_starts_are_all_saved(string store)
    {
        SessionApp app = await StartAsync(store);
        foreach ((string how, Func<HttpContext, Task> answer) in Answers)
        {
            TestBrowser browser = app.NewBrowser();
            for (int i = 0; i < 3; i++)
            {
                await app.SendAsync(browser, (http, sessions) =>
                {
                    http.Response.OnStarting(() => CountAsync(sessions));
                    sessions.Current.Increment("count");
                    http.Response.OnStarting(() => CountAsync(sessions));
                    return answer(http);
                });
            }

            Assert.True(await app.AskAsync(browser, session => session.Get<int>("count")) == 9, how);
        }
    }

    /// <summary>Registered in front of the sessions, it runs after whatever they do when the response starts.</summary>
    [Theory, OnEveryStore]
    public async Task Middleware_in_front_uses_it_when_the_response_starts(string store)
    {
        SessionApp app = await StartAsync(store, before: web => web.Use((HttpContext http, RequestDelegate next) =>
        {
            http.Response.OnStarting(() => http.Items["late"] is Func<Task> late ? late() : Task.CompletedTask);
            return next(http);
        }));
        foreach ((string how, Func<HttpContext, Task> answer) in Answers.Where(answer => answer.Key is not ("none" or "redirect")))
        {
            await CountsAsync(app, how, (http, sessions) =>
            {
                http.Items["late"] = () => CountAsync(http.RequestServices.GetRequiredService<ISessionStore>());
                return answer(http);
            });
        }
    }

    /// <summary>Without a body such a callback runs when the sessions' part of the pipeline is over: as with the framework's session, it is told.</summary>
    [Theory, OnEveryStore]
    public async Task What_comes_after_the_sessions_have_ended_throws(string store)
    {
        Exception? error = null;
        SessionApp app = await StartAsync(store, before: web => web.Use((HttpContext http, RequestDelegate next) =>
        {
            http.Response.OnStarting(() =>
            {
                error = http.Items["session"] is Session session ? Record.Exception(() => session.Increment("count")) : null;
                return Task.CompletedTask;
            });
            return next(http);
        }));
        TestBrowser browser = app.NewBrowser();
        await app.SendAsync(browser, (http, sessions) =>
        {
            http.Items["session"] = sessions.Current.Set("count", 1);
            return Task.CompletedTask;
        });
        Assert.IsType<ObjectDisposedException>(error);
        Assert.Equal(1, await app.AskAsync(browser, session => session.Get<int>("count")));
    }

    [Theory, OnEveryStore]
    public async Task Temp_data_in_the_session_arrives_from_the_first_hit_on(string store)
    {
        foreach (bool beforeRouting in new[] { true, false })
        {
            SessionApp app = await StartAsync(
                store,
                options => options.NativeEmulation = true,
                web => (beforeRouting ? (IEndpointRouteBuilder)web.UseRouting() : web).MapDefaultControllerRoute(),
                services: services => services.AddControllersWithViews().AddSessionStateTempDataProvider().AddApplicationPart(typeof(TempDataController).Assembly));
            foreach (string action in new[] { "Body", "Redirect", "NoBody" })
            {
                TestBrowser browser = app.NewBrowser();
                for (int i = 0; i < 2; i++)
                {
                    await browser.GetAsync($"/TempData/{action}/{i}");
                    Assert.Equal($"{action} {i}", (await browser.GetAsync("/TempData/Read")).Body);
                    Assert.Equal("nothing", (await browser.GetAsync("/TempData/Read")).Body);
                }
            }
        }
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

    private static Task CountAsync(ISessionStore sessions)
    {
        sessions.Current.Increment("count");
        return Task.CompletedTask;
    }

    private static async Task CountsAsync(SessionApp app, string how, SessionApp.Endpoint endpoint)
    {
        TestBrowser browser = app.NewBrowser();
        for (int i = 0; i < 3; i++)
        {
            TestResponse response = await app.SendAsync(browser, endpoint);
            Assert.True(response.Status is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Found, $"{how}: {response.Status}");
        }

        int count = await app.AskAsync(browser, session => session.Get<int>("count"));
        Assert.True(count == 3, $"{how}: {count}");
    }
}

/// <summary>For the test above; MVC finds public controllers only.</summary>
public sealed class TempDataController : Controller
{
    public IActionResult Body(int id)
    {
        TempData["message"] = $"Body {id}";
        return Content("answer");
    }

    public IActionResult Redirect(int id)
    {
        TempData["message"] = $"Redirect {id}";
        return RedirectToAction("Read");
    }

    public IActionResult NoBody(int id)
    {
        TempData["message"] = $"NoBody {id}";
        return NoContent();
    }

    public IActionResult Read() => Content(TempData["message"] as string ?? "nothing");
}
