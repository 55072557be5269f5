using System.Net;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Memcached.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Memcached.Tests;

/// <summary>Whole requests: what they cost, and that nothing is lost when many arrive together.</summary>
[Collection(MemcachedCollection.Name)]
public sealed class RequestTests(MemcachedProcess server)
{
    [Fact]
    public async Task A_request_sends_what_it_must_and_no_more()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();

        // So that the middleware learns which endpoints use the session, and the connection is there.
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.Equal("1", await browser.TextAsync("/look"));
        await browser.TextAsync("/other");

        await AssertCommandsAsync((1, 0), async () => Assert.Equal("1", await browser.TextAsync("/look")));
        await AssertCommandsAsync((1, 1), async () => Assert.Equal("2", await browser.TextAsync("/count")));
        await AssertCommandsAsync((0, 0), async () => Assert.Equal("ok", await browser.TextAsync("/other")));
        using TestBrowser stranger = app.NewBrowser();
        await AssertCommandsAsync((0, 0), async () => Assert.Equal("0", await stranger.TextAsync("/look")));
        await AssertCommandsAsync((0, 1), async () => Assert.Equal("1", await stranger.TextAsync("/count")));
        Assert.Contains("mid", stranger.Jar.Keys);
    }

    [Fact]
    public async Task Bursts_of_64_with_a_rotation_due_count_exactly_and_end_with_one_id()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        for (int round = 1; round <= 20; round++)
        {
            string before = browser.Jar["mid"];
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            TestResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => browser.GetAsync("/count", deliver: false))));
            Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.Status));

            // Each response carries the id that is current now, in whatever order they arrive.
            string? id = Assert.Single(responses.Select(response => response.Cookie("mid")).Distinct());
            Assert.NotNull(id);
            Assert.NotEqual(before, id);
            browser.Deliver(responses[0]);
            Assert.Equal($"{1 + (64 * round)}", await browser.TextAsync("/look"));
            Assert.Equal(id, browser.Jar["mid"]);
        }
    }

    [Fact]
    public async Task A_server_whose_clock_differs_is_told_of()
    {
        await using TestApp app = await StartAsync();
        app.Clock.Advance(TimeSpan.FromHours(1));
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        Assert.Equal("2", await browser.TextAsync("/count"));
        Assert.Contains(app.Logs.Lines, line => line.Id == 141 && line.Text.Contains(server.Address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_too_large_for_the_server_reaches_the_app_as_that_and_stays_as_it_was()
    {
        await using TestApp app = await StartAsync(options => options.MaxPayloadBytes = 4 * 1024 * 1024);
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/count"));
        TestResponse response = await browser.GetAsync("/fill");
        Assert.Equal(HttpStatusCode.InternalServerError, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.Contains(app.Logs.Lines, line => line.Error is SessionTooLargeException);
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    private Task<TestApp> StartAsync(Action<FuelSessionsOptions>? configure = null) => TestApp.StartAsync(
        options =>
        {
            options.Driver = "memcached";
            options.StoreTimeout = TimeSpan.FromMinutes(1);
            configure?.Invoke(options);
        },
        app =>
        {
            app.MapGet("/count", (Session session) => session.Increment("counter"));
            app.MapGet("/look", (Session session) => session.Get<int>("counter"));
            app.MapGet("/fill", (Session session) => session.Set("text", new string('x', 1024 * 1024)).IsNew);
            app.MapGet("/other", () => "ok");
        },
        sessions => sessions.AddMemcachedDriver(options =>
        {
            options.Servers.Add(MemcachedServer.Parse(server.Address));
            options.ConnectTimeout = options.ResponseTimeout = TimeSpan.FromMinutes(1);
        }));

    private async Task AssertCommandsAsync((long Gets, long Sets) expected, Func<Task> request)
    {
        (long gets, long sets, long touches, long deletes) = await server.CommandsAsync();
        await request();
        (long Gets, long Sets, long Touches, long Deletes) after = await server.CommandsAsync();
        Assert.Equal(expected, (after.Gets - gets, after.Sets - sets));
        Assert.Equal((touches, deletes), (after.Touches, after.Deletes));
    }
}
