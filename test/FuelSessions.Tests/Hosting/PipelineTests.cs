using System.Net;
using System.Text;
using FuelSessions.Drivers;
using FuelSessions.Records;
using FuelSessions.Testing;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

/// <summary>How sessions go together with the rest of the pipeline.</summary>
public class PipelineTests
{
    [Fact]
    public async Task An_error_page_made_by_running_the_pipeline_again_has_the_session_as_it_was_stored()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.MapGet("/count", (Session s) => s.Increment("counter").ToString());
                a.MapGet("/fail", string (Session s) => throw new InvalidOperationException(s.Increment("counter").ToString()));
                a.MapGet("/error", (Session s) => $"sorry, {s.Get<int>("counter")}, {s.Increment("errors")}");
            },
            before: a => a.UseExceptionHandler("/error"));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        Assert.Equal("sorry, 1, 1", await browser.TextAsync("/fail"));
        Assert.Equal("sorry, 1, 2", await browser.TextAsync("/fail"));
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    /// <summary>One that asks for the session, or for who is signed in, fails as the page before it, and the visitor sees nothing at all.</summary>
    /// <summary>Its answer carries that session's id, which is good: another one would take its place, and what was stored would be lost.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_page_goes_on_with_what_the_request_itself_has_stored(bool isNew)
    {
        await using TestApp app = await TestApp.StartAsync(
            _ => { },
            a =>
            {
                a.MapGet("/begin", (Session s) => { s.Set("begun", true); });
                a.MapGet("/fail", async (Session s) =>
                {
                    await s.AttachPrincipal("ada").Set("cart", 1).SetFlash("told", 1).SaveAsync();
                    s.Set("cart", 2);
                    throw new InvalidOperationException();
                });
                a.MapGet("/error", (Session s) => $"sorry, {s.Principal}, {s.Increment("errors")}");
                a.MapGet("/look", (Session s) => $"{s.Principal} {s.Get<int>("cart")} {s.Get<int>("errors")} {s.GetFlash<int>("told")}");
            },
            before: a => a.UseExceptionHandler("/error"));
        TestBrowser browser = app.NewBrowser();
        if (!isNew)
        {
            await browser.GetAsync("/begin");
        }

        Assert.Equal("sorry, ada, 1", await browser.TextAsync("/fail"));
        Assert.Equal("ada 1 1 1", await browser.TextAsync("/look"));
        Assert.Equal("ada 1 1 0", await browser.TextAsync("/look"));
    }

    /// <summary>A handler that is code of its own stands in front of the sessions.</summary>
    [Theory]
    [InlineData("/fail", "sorry, 1, 1", "sorry, 1, 2", "1 2")]
    [InlineData("/missing", "sorry, 2, 1", "sorry, 3, 2", "3 2")]
    public async Task An_error_page_made_by_a_pipeline_of_its_own_goes_on_with_the_same_session(string path, string first, string second, string stored)
    {
        await using TestApp app = await TestApp.StartAsync(
            map: a =>
            {
                a.MapGet("/count", (Session s) => s.Increment("counter").ToString());
                a.MapGet("/fail", string (Session s) => throw new InvalidOperationException(s.Increment("counter").ToString()));
                a.MapGet("/missing", (Session s) => s.Increment("counter") > 0 ? Results.NotFound() : null);
                a.MapGet("/look", (Session s) => $"{s.Get<int>("counter")} {s.Get<int>("errors")}");
            },
            before: a =>
            {
                a.UseExceptionHandler(Sorry);
                a.UseStatusCodePages(Sorry);
            });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        Assert.Equal(first, await browser.TextAsync(path));
        Assert.Equal(second, await browser.TextAsync(path));
        Assert.Equal(stored, await browser.TextAsync("/look"));

        static void Sorry(IApplicationBuilder error)
        {
            error.UseFuelSessions();
            error.Run(context => context.Response.WriteAsync($"sorry, {Session.Current.Get<int>("counter")}, {Session.Current.Increment("errors")}"));
        }
    }

    [Fact]
    public async Task An_error_page_that_needs_no_session_is_seen_while_the_store_is_away()
    {
        FaultyDriver? driver = null;
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.UseAuthentication();
                a.MapGet("/count", (Session s) => s.Increment("counter").ToString());
                a.MapGet("/sorry", () => "sorry").WithoutSession();
            },
            drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new FaultyDriver(inner)),
            before: a => a.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/sorry", CreateScopeForErrors = true }),
            services: services => services.AddAuthentication().AddFuelSessions());
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        (driver!.FailAt, driver.StaysDown) = (driver.Calls + 1, true);
        TestResponse response = await browser.GetAsync("/count");
        Assert.Equal((HttpStatusCode.InternalServerError, "sorry", 0), (response.Status, response.Body, response.SetCookies.Length));
    }

    /// <summary>Whoever waits for a store on a thread of the pool takes one from the answers of that store.</summary>
    [Fact]
    public async Task An_error_page_that_looks_at_the_current_session_has_it_read_before_it_runs()
    {
        ReadsCounted? driver = null;
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.MapGet("/count", (Session s) => s.Increment("counter").ToString());
                a.MapGet("/fail", string (Session s) => throw new InvalidOperationException(s.Increment("counter").ToString()));
                a.MapGet("/error", () => $"sorry, {Session.Current.Get<int>("counter")}");
            },
            drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new ReadsCounted(inner)),
            before: a => a.UseExceptionHandler("/error"));
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        Assert.Equal("sorry, 1", await browser.TextAsync("/fail"));
        driver!.Waiting = 0;
        Assert.Equal("sorry, 1", await browser.TextAsync("/fail"));
        Assert.Equal(0, driver.Waiting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_status_page_that_only_reads_leaves_flash_messages_to_the_page_after_it(bool signsIn)
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                if (signsIn)
                {
                    a.UseAuthentication();
                }

                a.MapGet("/tell", (Session s) => s.SetFlash("message", "hello") is null ? "" : "told");
                a.MapGet("/hear", (Session s) => s.GetFlash<string>("message") ?? "nothing");
                a.Map("/status", (Session s) => s.GetFlash<string>("message") ?? "nothing").WithReadOnlySession();
            },
            before: a => a.UseStatusCodePagesWithReExecute("/status"),
            services: services => services.AddAuthentication().AddFuelSessions());
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/tell");
        Assert.Equal((HttpStatusCode.NotFound, "hello"), await StatusAsync(browser, "/nowhere.png"));
        Assert.Equal((HttpStatusCode.NotFound, "hello"), await StatusAsync(browser, "/nowhere.png"));
        Assert.Equal("hello", await browser.TextAsync("/hear"));
        Assert.Equal("nothing", await browser.TextAsync("/hear"));
    }

    [Fact]
    public async Task A_status_page_may_change_what_the_endpoint_before_it_only_reads()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.MapGet("/missing", (Session s) => s.Get<int>("pages") < 0 ? Results.Ok() : Results.NotFound()).WithReadOnlySession();
                a.Map("/status", (Session s) => s.Increment("pages").ToString());
            },
            before: a => a.UseStatusCodePagesWithReExecute("/status"));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal((HttpStatusCode.NotFound, "1"), await StatusAsync(browser, "/missing"));
        Assert.Equal((HttpStatusCode.NotFound, "2"), await StatusAsync(browser, "/missing"));
    }

    private static Task<TestApp> EmulatingAsync(Action<WebApplication> map) => TestApp.StartAsync(o => (o.Driver, o.NativeEmulation) = ("memory", true), map);

    private static async Task<(HttpStatusCode Status, string Body)> StatusAsync(TestBrowser browser, string path)
    {
        TestResponse response = await browser.GetAsync(path);
        return (response.Status, response.Body);
    }

    [Fact]
    public async Task A_status_page_made_by_running_the_pipeline_again_goes_on_with_the_same_session_and_one_cookie()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.MapGet("/missing", (Session s) =>
                {
                    s.Increment("counter");
                    return Results.NotFound();
                });
                a.MapGet("/status", (Session s) => $"not found, {s.Increment("counter")}");
            },
            before: a => a.UseStatusCodePagesWithReExecute("/status"));
        using TestBrowser browser = app.NewBrowser();
        TestResponse first = await browser.GetAsync("/missing");
        Assert.Equal("not found, 2", first.Body);
        Assert.Single(first.SetCookies);
        Assert.Equal("not found, 4", (await browser.GetAsync("/missing")).Body);
    }

    [Fact]
    public async Task Saving_comes_before_the_first_byte_however_the_body_is_written()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.MapGet("/stream", async (Session s, HttpContext context) =>
                {
                    s.Increment("counter");
                    await context.Response.Body.WriteAsync("a"u8.ToArray());
                    Assert.True(context.Response.HasStarted);
                    s.Increment("counter");
                    await context.Response.Body.FlushAsync();
                });
                a.MapGet("/pipe", async (Session s, HttpContext context) =>
                {
                    s.Increment("counter");
                    Encoding.UTF8.GetBytes("b", context.Response.BodyWriter);
                    s.Increment("counter");
                    await context.Response.BodyWriter.FlushAsync();
                });
                a.MapGet("/start", async (Session s, HttpContext context) =>
                {
                    s.Increment("counter");
                    await context.Response.StartAsync();
                    s.Increment("counter");
                    await context.Response.CompleteAsync();
                });
                a.MapGet("/file", async (Session s, HttpContext context) =>
                {
                    s.Increment("counter", 2);
                    await context.Response.SendFileAsync(typeof(PipelineTests).Assembly.Location);
                });
                a.MapGet("/nothing", (Session s) => { s.Increment("counter", 2); });
                a.MapGet("/value", (Session s) => s.Get<int>("counter").ToString());
            });
        foreach (string path in (string[])["/stream", "/pipe", "/start", "/file", "/nothing"])
        {
            using TestBrowser browser = app.NewBrowser();
            TestResponse response = await browser.GetAsync(path);
            Assert.True(response.Cookie("xid") is not null, path);
            Assert.Equal((path, "2"), (path, await browser.TextAsync("/value")));
        }
    }

    /// <summary>The server's own streams take calls in pairs, and refuse the synchronous ones that a stream makes of them by itself.</summary>
    [Fact]
    public async Task Bodies_may_be_read_and_written_by_calls_that_begin_and_end()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => (o.Driver, o.PostFieldName) = ("memory", "sid"),
            a =>
            {
                a.MapPost("/echo", async (HttpContext context) =>
                {
                    Stream request = context.Request.Body, response = context.Response.Body;
                    byte[] bytes = new byte[100];
                    int read = await Task.Factory.FromAsync(request.BeginRead, request.EndRead, bytes, 0, bytes.Length, null);
                    context.RequestServices.GetRequiredService<ISessionStore>().Current.Increment("counter");
                    await Task.Factory.FromAsync(response.BeginWrite, response.EndWrite, bytes, 0, read, null);
                });
                a.MapGet("/value", (Session s) => s.Get<int>("counter").ToString());
            });
        using TestBrowser browser = app.NewBrowser();
        TestResponse response = await browser.SendAsync(HttpMethod.Post, "/echo", new FormUrlEncodedContent([new("name", "ada")]));
        Assert.Equal((HttpStatusCode.OK, "name=ada"), (response.Status, response.Body));
        Assert.Equal("1", await browser.TextAsync("/value"));
    }

    /// <summary>Whoever starts the response and waits later meets the error where they wait, also if there is nothing to store any more.</summary>
    [Theory]
    [InlineData("start")]
    [InlineData("flush")]
    [InlineData("write")]
    public async Task An_error_of_announcing_comes_with_the_task(string how)
    {
        bool isRefusing = false;
        Exception? met = null;
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapGet("/page", async (Session s, HttpContext context) =>
            {
                s.Increment("counter");
                await context.Response.Body.FlushAsync();
                context.Response.Headers.Remove("Set-Cookie");
                isRefusing = true;
                Task pending = how switch
                {
                    "start" => context.Response.StartAsync(),
                    "flush" => context.Response.BodyWriter.FlushAsync().AsTask(),
                    _ => context.Response.Body.WriteAsync("a"u8.ToArray()).AsTask(),
                };
                met = await Record.ExceptionAsync(() => pending);
            }),
            before: a =>
            {
                a.UseCookiePolicy(new CookiePolicyOptions { OnAppendCookie = _ => ObjectDisposedException.ThrowIf(isRefusing, typeof(HttpResponse)) });
                a.Use(HoldBackAsync);
            });
        using TestBrowser browser = app.NewBrowser();
        TestResponse response = await browser.GetAsync("/page");
        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.IsType<ObjectDisposedException>(met);
    }

    /// <summary>Middleware that holds a body back, to compress it or to look at it, lets it be flushed many times before the headers go out.</summary>
    [Fact]
    public async Task What_is_saved_is_not_stored_again_by_each_flush_and_stays_announced()
    {
        Dictionary<string, Action<Session>> deeds = new()
        {
            ["nothing"] = static _ => { },
            ["look"] = static s => s.Get<int>("counter"),
            ["count"] = static s => s.Increment("counter"),
            ["rotate"] = static s => s.Rotate(),
            ["sign in"] = static s => s.AttachPrincipal("ada"),
            ["destroy"] = static s => s.Destroy(),
            ["begin"] = static s => s.Create().Set("counter", 1),
            ["empty"] = static s => s.Create(),
            ["flash"] = static s => s.SetFlash("told", s.GetFlash<int>("told") + 1),
        };
        Action<Session> deed = deeds["count"];
        int flushes = 0;
        FaultyDriver? driver = null;
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapGet("/page", async (Session s, HttpContext context) =>
            {
                deed(s);
                for (int flush = 0; flush < flushes; flush++)
                {
                    await context.Response.Body.FlushAsync();
                }
            }),
            drivers: sessions => sessions.DecorateDriver("memory", (inner, _) => driver = new FaultyDriver(inner)),
            before: a => a.Use(HoldBackAsync));
        foreach (string name in deeds.Keys)
        {
            var seen = new List<(string, int, int)>();
            foreach (bool isFlushed in (bool[])[false, true])
            {
                using TestBrowser browser = app.NewBrowser();
                (deed, flushes) = (static s => s.Set("counter", 1).SetFlash("told", 1), 0);
                await browser.GetAsync("/page");
                (deed, flushes) = (deeds[name], isFlushed ? 3 : 0);
                int before = driver!.Calls;
                TestResponse response = await browser.GetAsync("/page");
                seen.Add((name, driver.Calls - before, response.SetCookies.Length));
            }

            Assert.Equal(seen[0], seen[1]);
        }
    }

    [Fact]
    public async Task The_frameworks_own_session_can_be_served_from_the_default_one()
    {
        await using TestApp app = await EmulatingAsync(a =>
        {
            a.MapGet("/set", (HttpContext c) =>
            {
                c.Session.SetString("user.name", "Ada");
                c.Session.SetInt32("n", 7);
                c.Session.Remove("missing");
            });
            a.MapGet("/get", (HttpContext c) => $"{c.Session.GetString("user.name")} {c.Session.GetInt32("n")} {c.Session.GetString("none") is null} {string.Join(",", c.Session.Keys.Order())}");
            a.MapGet("/clear", async (HttpContext c) =>
            {
                c.Session.Remove("n");
                await c.Session.CommitAsync();
                return string.Join(",", c.Session.Keys);
            });
        });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        Assert.Equal("Ada 7 True n,user.name", await browser.TextAsync("/get"));
        Assert.Equal("user.name", await browser.TextAsync("/clear"));
        Assert.Equal("Ada  True user.name", await browser.TextAsync("/get"));
    }

    /// <summary>The framework's own session takes a key that is no valid Unicode, and finds it again by every key that is the same in UTF-8.</summary>
    [Fact]
    public async Task ISession_finds_a_key_with_half_of_a_surrogate_pair_again()
    {
        await using TestApp app = await EmulatingAsync(a =>
        {
            a.MapGet("/set", (HttpContext c) =>
            {
                c.Session.SetString("n\ud800", "one");
                c.Session.SetString("n\udfff", "two");
            });
            a.MapGet("/get", (HttpContext c) => $"{c.Session.GetString("n\ud800")} {c.Session.Keys.Count()}");
            a.MapGet("/remove", (HttpContext c) => c.Session.Remove("n\ud800"));
        });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/set");
        Assert.Equal("two 1", await browser.TextAsync("/get"));
        await browser.GetAsync("/remove");
        Assert.Equal(" 0", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task Outside_a_request_the_static_way_says_what_is_missing()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Session.Forge("memory"));
        Assert.Contains("UseFuelSessions", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Session.ForgeAsync());
    }

    [Fact]
    public async Task An_endpoint_that_opted_out_has_no_session()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapGet("/none", () =>
            {
                try
                {
                    return Session.Current.State.ToString();
                }
                catch (InvalidOperationException error)
                {
                    return error.Message;
                }
            }).WithoutSession());
        using TestBrowser browser = app.NewBrowser();
        Assert.Contains("opted out", await browser.TextAsync("/none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_id_token_or_content_is_logged()
    {
        string? id = null;
        string? token = null;
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a => a.MapGet("/secret", (Session s) =>
            {
                s.Set("secret", "xyzzy-content");
                (id, token) = (s.Id, s.Token);
                return "";
            }));
        using TestBrowser browser = app.NewBrowser();
        var kept = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            TestResponse response = await browser.GetAsync("/secret");
            kept.AddRange([id!, token!, .. response.SetCookies.Select(_ => response.Cookie("xid")!)]);
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            using TestBrowser stale = app.NewBrowser("another agent");
            stale.Jar["xid"] = response.Cookie("xid") ?? browser.Jar["xid"];
            await stale.GetAsync("/secret", deliver: false);
        }

        string logged = string.Join('\n', app.Logs.Lines.Select(line => $"{line.Text} {line.Error}"));
        Assert.Contains("Session ", logged, StringComparison.Ordinal);
        Assert.All(kept, secret => Assert.DoesNotContain(secret, logged, StringComparison.Ordinal));
        Assert.DoesNotContain("xyzzy", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_sessions_are_removed_in_the_background()
    {
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApp app = await TestApp.StartAsync(
            o =>
            {
                o.Driver = "memory";
                o.GcInterval = TimeSpan.FromHours(3);
            },
            a => a.MapGet("/count", (Session s) => s.Increment("counter").ToString()));
        app.Logs.Recorded += line =>
        {
            if (line.Id == 110)
            {
                removed.TrySetResult();
            }
        };
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        await app.Clock.AdvanceUntilAsync(removed.Task, TimeSpan.FromHours(3));
        Assert.Contains(app.Logs.Lines, line => line.Text == "1 expired sessions removed from driver memory.");
    }

    private static async Task HoldBackAsync(HttpContext context, RequestDelegate next)
    {
        IHttpResponseBodyFeature body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new MemoryStream()));
        await next(context);
        context.Features.Set(body);
    }

    private sealed class ReadsCounted(ISessionDriver inner) : DelegatingSessionDriver(inner), ISessionDriver
    {
        internal int Waiting { get; set; }

        SessionRecord? ISessionDriver.Read(SessionKey key, CancellationToken cancellationToken)
        {
            Waiting++;
            return Inner.Read(key, cancellationToken);
        }
    }
}
