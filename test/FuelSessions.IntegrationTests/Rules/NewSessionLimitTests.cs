using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>An address may begin so many sessions a minute, on every driver; what it has begun goes on working (<see cref="FuelSessionsOptions.NewSessionsPerMinute"/>).</summary>
public sealed class NewSessionLimitTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task One_more_than_an_address_may_begin_is_not_stored(string store)
    {
        SessionApp app = await LimitedAsync(store, limit: 3);
        TestBrowser first = app.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.1", first));
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.1"));
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.1"));

        TestBrowser refused = app.NewBrowser();
        Assert.Equal(HttpStatusCode.TooManyRequests, await BeginAsync(app, "192.0.2.1", refused));
        Assert.Empty(refused.Jar);
        Assert.Equal(SessionEventKind.TooManyNew, Assert.Single(app.Events).Kind);
        Assert.Single(app.Logs.Lines, line => line is { Id: 112, Level: LogLevel.Warning });

        // Neither are others concerned, nor what had begun.
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.2"));
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.1", first));
        Assert.Equal(2, await app.AskAsync(first, session => session.Get<int>("visits")));

        app.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.TooManyRequests, await BeginAsync(app, "192.0.2.1"));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.1", refused));
        Assert.Equal(1, await app.AskAsync(refused, session => session.Get<int>("visits")));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("0.0.0.1", "0:0:0:1::", false)]
    public async Task A_network_counts_as_one(string one, string other, bool isSame)
    {
        SessionApp app = await LimitedAsync("memory", limit: 1);
        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, one));
        Assert.Equal(isSame ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK, await BeginAsync(app, other));
    }

    [Fact]
    public async Task Who_has_no_address_is_not_limited()
    {
        SessionApp app = await StartAsync("memory", o => o.NewSessionsPerMinute = 1, before: web => web.Use(next => http =>
        {
            http.Connection.RemoteIpAddress = null;
            return next(http);
        }));
        for (int visit = 0; visit < 3; visit++)
        {
            await app.DoneAsync(app.NewBrowser(), session => session.Set("a", 1));
        }
    }

    [Fact]
    public async Task Whatever_stores_nothing_counts_for_nothing()
    {
        SessionApp app = await LimitedAsync("memory", limit: 1);
        for (int visit = 0; visit < 3; visit++)
        {
            app.AssertOk(await app.SendAsync(app.NewBrowser(), (_, sessions) => Task.FromResult(sessions.Current.Get<string>("nothing")), edit: Addresses.From("192.0.2.1")));
        }

        Assert.Equal(HttpStatusCode.OK, await BeginAsync(app, "192.0.2.1"));
    }

    [Fact]
    public async Task Parallel_requests_begin_exactly_as_many_as_they_may()
    {
        SessionApp app = await LimitedAsync("memory", limit: 5);
        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => BeginAsync(app, "192.0.2.1")));
        Assert.Equal(5, answers.Count(answer => answer == HttpStatusCode.OK));
        Assert.Equal(15, answers.Count(answer => answer == HttpStatusCode.TooManyRequests));
    }

    [Theory]
    [InlineData("/write")]
    [InlineData("/save")]
    [InlineData("/quiet")]
    [InlineData("/two")]
    public async Task Left_alone_it_is_an_empty_429_which_no_exception_handler_sees(string path)
    {
        await using TestApp app = await TestApp.StartAsync(Limited, Map, before: web => web.UseExceptionHandler(errors => errors.Run(http => http.Response.WriteAsync("error"))));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/write")).Status);
        browser.Jar.Clear();
        app.Clock.Advance(TimeSpan.FromSeconds(20));

        TestResponse refused = await browser.GetAsync(path);
        Assert.Equal((HttpStatusCode.TooManyRequests, "", "40"), (refused.Status, refused.Body, refused.Headers["Retry-After"]));
        Assert.Empty(refused.SetCookies);
        Assert.DoesNotContain("X-Mine", refused.Headers.Keys);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task The_app_s_status_code_pages_give_it_a_body()
    {
        await using TestApp app = await TestApp.StartAsync(
            Limited,
            Map,
            before: web => web.UseStatusCodePages(),
            services: services => services.AddProblemDetails());
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/write");
        browser.Jar.Clear();

        TestResponse refused = await browser.GetAsync("/write");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Contains("Too Many Requests", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_app_s_own_code_may_shape_it()
    {
        await using TestApp app = await TestApp.StartAsync(Limited, Map);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/write");
        browser.Jar.Clear();
        Assert.Equal((HttpStatusCode.OK, "later, in 60 s"), await browser.GetAsync("/shaped") is { } answer ? (answer.Status, answer.Body) : default);
    }

    private static void Limited(FuelSessionsOptions options) => (options.Driver, options.NewSessionsPerMinute) = ("memory", 1);

    private static void Map(WebApplication web)
    {
        web.MapGet("/write", async (HttpContext http, Session session) =>
        {
            session.Increment("visits");
            http.Response.Headers["X-Mine"] = "1";
            await http.Response.WriteAsync("welcome");
        });
        web.MapGet("/save", async (Session session) => await session.Set("a", 1).SaveAsync());
        web.MapGet("/quiet", void (Session session) => session.Set("a", 1));
        web.MapGet("/two", void (ISessionStore sessions) =>
        {
            sessions.Current.Set("a", 1);
            sessions.Forge(o => o.CookieName = "other").Set("a", 1);
        });
        web.MapGet("/shaped", async Task<string> (Session session) =>
        {
            try
            {
                await session.Set("a", 1).SaveAsync();
                return "welcome";
            }
            catch (TooManySessionsException refusal)
            {
                return $"later, in {refusal.RetryAfter.TotalSeconds:0} s";
            }
        });
    }

    private Task<SessionApp> LimitedAsync(string store, int limit) => StartAsync(
        store,
        o => o.NewSessionsPerMinute = limit,
        before: Addresses.Believe);

    private static async Task<HttpStatusCode> BeginAsync(SessionApp app, string address, TestBrowser? browser = null) =>
        (await app.SendAsync(browser ?? app.NewBrowser(), (_, sessions) => Task.FromResult(sessions.Current.Increment("visits")), edit: Addresses.From(address))).Status;
}
