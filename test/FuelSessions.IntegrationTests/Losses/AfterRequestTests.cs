using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>What a request was handed ends with it: nothing is taken that could not be saved, and nobody else's session is reached.</summary>
public sealed class AfterRequestTests(PostgresServer postgres) : StoreTests(postgres)
{
    public enum Answer
    {
        Body,
        NoBody,
        Started,
        Error,
    }

    [Theory, OnEveryStore]
    public async Task Every_member_throws_after_the_request(string store)
    {
        SessionApp app = await StartAsync(store, options => options.NativeEmulation = true);
        foreach (Answer answer in Enum.GetValues<Answer>())
        {
            TestBrowser browser = app.NewBrowser();
            await app.DoneAsync(browser, session => session.Set("user", "Ada"));
            object[] kept = [];
            TaskCompletionSource over = new();
            await app.SendAsync(browser, async (http, sessions) =>
            {
                kept = [sessions, sessions.Current, http.Session];
                sessions.Current.Set("seen", true);
                await AnswerAsync(http, answer, over);
            });
            await over.Task;

            IReadOnlyList<(string Member, Exception? Error)> answers = await AfterRequest.CallAllAsync(kept);
            Assert.True(answers.Count > 60);
            Assert.All(answers, call => Assert.True(call.Error is ObjectDisposedException, $"{call.Member}: {call.Error?.ToString() ?? "took it"}"));
            Assert.Contains("is over", answers[0].Error!.Message, StringComparison.Ordinal);
            Assert.Equal(answer != Answer.Error, await app.AskAsync(browser, session => session.Get<bool>("seen")));
        }
    }

    /// <summary>Those of the request itself work, as far as what they do can be saved.</summary>
    [Theory, OnEveryStore]
    public async Task No_member_throws_that_in_the_request(string store)
    {
        SessionApp app = await StartAsync(store, options => options.NativeEmulation = true);
        IReadOnlyList<(string Member, Exception? Error)> answers = [];
        app.AssertOk(await app.SendAsync(app.NewBrowser(), async (http, sessions) =>
            answers = await AfterRequest.CallAllAsync(sessions, sessions.Current, http.Session)));
        Assert.True(answers.Count > 60);
        Assert.DoesNotContain(answers, call => call.Error is ObjectDisposedException);
    }

    [Theory, OnEveryStore]
    public async Task A_background_task_is_told_too(string store)
    {
        SessionApp app = await StartAsync(store);
        foreach (Answer answer in Enum.GetValues<Answer>())
        {
            TestBrowser browser = app.NewBrowser();
            TaskCompletionSource over = new();
            Gate gate = new();
            Task<Exception?[]>? background = null;
            await app.SendAsync(browser, async (http, sessions) =>
            {
                Session session = sessions.Current.Set("user", "Ada");
                background = Task.Run(async () =>
                {
                    await gate.PassAsync();
                    return new Exception?[]
                    {
                        await Record.ExceptionAsync(() => Task.FromResult(session.Set("late", 1))),
                        await Record.ExceptionAsync(() => session.SaveAsync()),
                        await Record.ExceptionAsync(() => Task.FromResult(sessions.Current)),
                        await Record.ExceptionAsync(() => Task.FromResult(Session.Current)),
                        await Record.ExceptionAsync(() => Task.FromResult(Session.Forge())),
                        await Record.ExceptionAsync(() => Session.ForgeAsync(options => options.CookieName = "other")),
                    };
                });
                await AnswerAsync(http, answer, over);
            });
            await over.Task;
            gate.Open();
            Assert.All(await background!, error => Assert.IsType<ObjectDisposedException>(error));
            Assert.False(await app.AskAsync(browser, session => session.Has("late")));
        }
    }

    /// <summary>A request that fails before anything was sent is answered by an error page, which goes on with its sessions.</summary>
    [Theory, OnEveryStore]
    public async Task Who_answers_in_front_of_the_sessions_still_has_them(string store)
    {
        SessionApp app = await StartAsync(store, before: web => web.Use(async (HttpContext http, RequestDelegate next) =>
        {
            await next(http);
            if (http.Items["kept"] is Session session)
            {
                session.Set("late", "in time");
                await http.Response.WriteAsync("answered");
                http.Items["after"] = Record.Exception(() => session.Set("later", 1));
            }
        }));
        TestBrowser browser = app.NewBrowser();
        Exception? after = null;
        TaskCompletionSource over = new();
        TestResponse response = await app.SendAsync(browser, (http, sessions) =>
        {
            http.Items["kept"] = sessions.Current;
            http.Response.OnCompleted(() =>
            {
                after = (Exception?)http.Items["after"];
                over.SetResult();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        await over.Task;
        Assert.Equal((HttpStatusCode.OK, "answered"), (response.Status, response.Body));
        Assert.IsType<ObjectDisposedException>(after);
        Assert.Equal("in time", await app.GetAsync(browser, "late"));
    }

    private static async Task AnswerAsync(HttpContext http, Answer answer, TaskCompletionSource over)
    {
        http.Response.OnCompleted(() =>
        {
            over.SetResult();
            return Task.CompletedTask;
        });
        switch (answer)
        {
            case Answer.Body:
                await http.Response.WriteAsync("answer");
                break;
            case Answer.Started:
                await http.Response.StartAsync();
                break;
            case Answer.NoBody:
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                throw new InvalidOperationException("The endpoint failed.");
        }
    }
}
