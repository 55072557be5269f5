using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tokens.Tests.Stores.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tokens.Tests.Stores;

/// <summary>Tokens in the session of a request, over HTTP: what becomes of them beside the session's own life.</summary>
public sealed class WebSessionTests
{
    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    public async Task The_first_token_begins_the_session_and_the_next_request_finds_it(string driver)
    {
        await using TokenSite site = await TokenSite.StartAsync(driver);
        using TestBrowser browser = site.App.NewBrowser();
        Assert.Equal("", await browser.TextAsync("/get"));
        Assert.Empty(browser.Jar);
        Assert.Equal("stored", await browser.TextAsync("/set/1"));
        Assert.Single(browser.Jar);
        Assert.Equal("access-1", await browser.TextAsync("/get"));

        using TestBrowser stranger = site.App.NewBrowser();
        Assert.Equal("", await stranger.TextAsync("/get"));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    public async Task A_token_that_is_stored_after_the_headers_were_sent_is_there_in_the_next_request(string driver)
    {
        await using TokenSite site = await TokenSite.StartAsync(driver);
        using TestBrowser browser = site.App.NewBrowser();
        await browser.GetAsync("/add");
        Assert.Equal("sent;stored", await browser.TextAsync("/late/1"));
        Assert.Equal("sent;stored", await browser.TextAsync("/late/2"));
        Assert.Equal("access-2", await browser.TextAsync("/get"));
        Assert.Equal("1", await browser.TextAsync("/counter"));
    }

    [Fact]
    public async Task A_session_that_was_used_before_the_headers_takes_a_token_after_them()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) => app.MapGet("/both", async (HttpContext context, Session session) =>
        {
            session.Increment("counter");
            await context.Response.WriteAsync("sent;");
            await context.Response.Body.FlushAsync();
            session.Increment("counter");
            await context.Response.WriteAsync(await tokens.SetAsync("1", context));
        }));
        using TestBrowser browser = site.App.NewBrowser();
        Assert.Equal("sent;stored", await browser.TextAsync("/both"));
        Assert.Equal("access-1", await browser.TextAsync("/get"));
        Assert.Equal("2", await browser.TextAsync("/counter"));
    }

    [Fact]
    public async Task The_first_token_of_a_new_session_is_refused_after_the_headers_were_sent()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory");
        using TestBrowser browser = site.App.NewBrowser();
        string answer = await browser.TextAsync("/late/1");
        Assert.StartsWith("sent;InvalidOperationException: A session can't be begun after the response headers were sent", answer);
    }

    [Fact]
    public async Task A_renewal_that_ends_after_its_request_is_stored()
    {
        var over = new TaskCompletionSource();
        Task<string>? renewal = null;
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) => app.MapGet("/renew-later", async (HttpContext context, Session session) =>
        {
            TokenKey key = await tokens.KeyAsync(context);
            session.Increment("counter");
            renewal = Task.Run(async () =>
            {
                await over.Task;
                return await tokens.SetAsync("2", key);
            });
        }));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        await browser.TextAsync("/renew-later");
        Assert.Equal("access-1", await browser.TextAsync("/get"));
        over.SetResult();
        Assert.Equal("stored", await renewal!);
        Assert.Equal("access-2", await browser.TextAsync("/get"));
        Assert.Equal("1", await browser.TextAsync("/counter"));
    }

    [Theory]
    [InlineData("/rotate")]
    [InlineData("/attach/ada")]
    public async Task Tokens_survive_a_rotation(string rotation)
    {
        await using TokenSite site = await TokenSite.StartAsync("memory");
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        string before = browser.Jar.Values.Single();
        await browser.TextAsync(rotation);
        Assert.NotEqual(before, browser.Jar.Values.Single());
        Assert.Equal("access-1", await browser.TextAsync("/get"));
        Assert.Equal("sent;stored", await browser.TextAsync("/late/2"));
        Assert.Equal("access-2", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task Storing_a_token_changes_nothing_else_of_the_session()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, _) =>
            app.MapGet("/fill", (Session session) => session.Set("a.b", "c").SetFlash("note", "kept").AttachPrincipal("ada").IsNew));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        await browser.TextAsync("/fill");
        SessionRecord before = (await site.RecordAsync())!;
        await site.Manager.SetAsync(Client.Token("2"), site.Key);

        SessionRecord after = (await site.RecordAsync())!;
        Assert.Equal(before.Version + 1, after.Version);
        Assert.Equal(before.Flash.ToArray(), after.Flash.ToArray());
        Assert.Equal(before with { Data = default, Flash = default }, after with { Data = default, Flash = default, Version = before.Version });

        await site.Manager.SetAsync(OAuthToken.Empty, site.Key);
        await site.Manager.SetAsync(Client.Token("1"), site.Key);
        await site.Manager.SetAsync(OAuthToken.Empty, site.Key);
        Assert.DoesNotContain("access_token", System.Text.Encoding.UTF8.GetString((await site.RecordAsync())!.Data.Span));
    }

    [Fact]
    public async Task Storing_a_token_never_brings_the_end_of_the_session_closer()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory");
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        site.App.Clock.Advance(TimeSpan.FromHours(1));
        await browser.TextAsync("/counter");
        DateTimeOffset before = (await site.RecordAsync())!.Expires;
        await site.Manager.SetAsync(Client.Token("2"), site.Key);
        Assert.Equal(before, (await site.RecordAsync())!.Expires);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    public async Task Parallel_requests_of_one_session_lose_neither_tokens_nor_changes(string driver)
    {
        await using TokenSite site = await TokenSite.StartAsync(driver, (app, tokens) =>
        {
            app.MapGet("/both/{n:int}", async (int n, HttpContext context, Session session) =>
            {
                session.Increment("counter").ToString();
                session.Set($"own{n}", n);
                await tokens.Manager.SetAsync(Client.Token($"{n}"), await tokens.KeyAsync(context, AuthIdentity.App($"{n}")));
                session.Increment("counter");
            });
            app.MapGet("/all", async (HttpContext context, Session session) =>
            {
                for (int n = 0; n < 20; n++)
                {
                    Assert.Equal($"access-{n}", await tokens.ReadAsync(context, AuthIdentity.App($"{n}")));
                    Assert.Equal(n, session.Get<int>($"own{n}", -1));
                }

                return session.Get<long>("counter");
            });
        });
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/add");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => browser.GetAsync($"/both/{n}")));
        Assert.Equal("41", await browser.TextAsync("/all"));
    }

    [Fact]
    public async Task A_save_by_a_request_that_had_loaded_before_does_not_undo_the_token()
    {
        var loaded = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) => app.MapGet("/slow", async (HttpContext context, Session session) =>
        {
            string before = await tokens.ReadAsync(context);
            session.Set("first", 1);
            session.Increment("counter");
            loaded.SetResult();
            await goOn.Task;
            session.Delete("gone").Set("second", 2);
            return before;
        }));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        Task<string> slow = browser.TextAsync("/slow");
        await loaded.Task;
        await browser.TextAsync("/set/2");
        goOn.SetResult();
        Assert.Equal("access-1", await slow);
        Assert.Equal("access-2", await browser.TextAsync("/get"));
        Assert.Equal("1", await browser.TextAsync("/counter"));
    }

    [Fact]
    public async Task Clearing_the_session_removes_the_tokens_that_are_there_and_keeps_those_that_come_after()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) =>
        {
            app.MapGet("/clear-then-set", async (HttpContext context, Session session) =>
            {
                session.Set("a", 1).Clear().Set("b", 2).Clear();
                await tokens.Manager.SetAsync(Client.Token("after"), await tokens.KeyAsync(context, AuthIdentity.App("1")));
                session.Set("c", 3);
            });
            app.MapGet("/set-then-clear", async (HttpContext context, Session session) =>
            {
                session.Clear();
                await tokens.SetAsync("after", context);
                session.Clear();
            });
            app.MapGet("/app", async context => await context.Response.WriteAsync(await tokens.ReadAsync(context, AuthIdentity.App("1"))));
        });
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        await browser.TextAsync("/clear-then-set");
        Assert.Equal("", await browser.TextAsync("/get"));
        Assert.Equal("access-after", await browser.TextAsync("/app"));
        await browser.TextAsync("/set-then-clear");
        Assert.Equal("", await browser.TextAsync("/get"));
        Assert.Equal("", await browser.TextAsync("/app"));
    }

    [Fact]
    public async Task Destroying_the_session_removes_the_tokens_and_a_renewal_does_not_bring_it_back()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory");
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        TokenKey key = site.Key;
        await browser.TextAsync("/destroy");
        Assert.Same(OAuthToken.Empty, await site.Manager.GetAsync(key));

        await site.Manager.SetAsync(Client.Token("2"), key);
        Assert.Single(site.App.Logs.Lines, line => line.Id == 302);
        Assert.Same(OAuthToken.Empty, await site.Manager.GetAsync(key));
        Assert.False(await site.Manager.TryReplaceAsync(Client.Token("1"), Client.Token("2"), key));
        Assert.Equal("", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task An_expired_session_has_no_tokens()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", configure: sessions => sessions.AbsoluteExpiration = TimeSpan.FromHours(3));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        TokenKey key = site.Key;
        site.App.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("access-1", await browser.TextAsync("/get"));
        site.App.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Same(OAuthToken.Empty, await site.Manager.GetAsync(key));
        await site.Manager.SetAsync(Client.Token("2"), key);
        Assert.Single(site.App.Logs.Lines, line => line.Id == 302);
    }

    [Fact]
    public async Task In_the_request_that_destroys_its_session_there_are_no_tokens_until_it_begins_another()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) =>
        {
            app.MapGet("/destroyed", async (HttpContext context, Session session) =>
            {
                session.Destroy();
                return $"{await tokens.ReadAsync(context)}|{await tokens.SetAsync("2", context)}";
            });
            app.MapGet("/begun", async (HttpContext context, Session session) =>
            {
                TokenKey old = await tokens.KeyAsync(context);
                session.Create();
                string stored = await tokens.SetAsync("too late", old);
                return $"{(await tokens.Manager.GetAsync(old)).AccessToken}|{stored[..25]}|{await tokens.ReadAsync(context)}|{await tokens.SetAsync("3", context)}";
            });
        });
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        Assert.StartsWith("|InvalidOperationException: A token of client 'podio' can't be stored in this request's session", await browser.TextAsync("/destroyed"));
        Assert.Equal("", await browser.TextAsync("/get"));

        await browser.TextAsync("/set/1");
        Assert.Equal("|InvalidOperationException||stored", await browser.TextAsync("/begun"));
        Assert.Equal("access-3", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task A_detached_session_has_no_tokens_and_takes_none()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory");
        using TestBrowser browser = site.App.NewBrowser();
        using TestBrowser late = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        late.Jar.TryAdd(browser.Jar.Keys.Single(), browser.Jar.Values.Single());
        await browser.TextAsync("/attach/ada");
        Assert.Equal("", await late.TextAsync("/get"));
        Assert.StartsWith("InvalidOperationException: A token of client 'podio' can't be stored in this request's session: it is detached", await late.TextAsync("/set/2"));
        Assert.Equal("access-1", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task A_request_that_is_shut_out_while_it_runs_sees_no_later_token()
    {
        var loaded = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) => app.MapGet("/slow", async context =>
        {
            TokenKey key = await tokens.KeyAsync(context);
            loaded.SetResult();
            await goOn.Task;
            await context.Response.WriteAsync($"{(await tokens.Manager.GetAsync(key)).AccessToken}|{(await tokens.SetAsync("mine", key))[..25]}");
        }));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/add");
        Task<string> slow = browser.TextAsync("/slow");
        await loaded.Task;
        await browser.TextAsync("/attach/ada");
        await browser.TextAsync("/set/1");
        goOn.SetResult();
        Assert.Equal("|InvalidOperationException", await slow);
        Assert.Equal("access-1", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task A_token_that_does_not_fit_is_refused_and_the_one_before_it_stays()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", configure: sessions => sessions.MaxPayloadBytes = 2000);
        using TestBrowser browser = site.App.NewBrowser();
        Assert.Equal("stored", await browser.TextAsync("/set/1"));
        Assert.StartsWith("SessionTooLargeException: The session would take", await browser.TextAsync("/set/" + new string('x', 2000)));
        Assert.Equal("access-1", await browser.TextAsync("/get"));
    }

    [Fact]
    public async Task A_damaged_variable_counts_as_no_token_and_is_replaced()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, _) => app.MapGet("/damage", (Session session) => session.Set("oauth_tokens", "?").IsNew));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/damage");
        Assert.Equal("", await browser.TextAsync("/get"));
        Assert.Equal("stored", await browser.TextAsync("/set/1"));
        Assert.Equal("access-1", await browser.TextAsync("/get"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Cookie")]
    public async Task The_cookie_driver_is_refused_with_a_reason_and_the_drivers_that_can(string? named)
    {
        await using TokenSite site = await TokenSite.StartAsync(named is null ? "cookie" : "memory", options: new TokenSessionOptions().UseWebSession(named));
        string message = Assert.Throws<InvalidOperationException>(() => site.Manager).Message;
        Assert.StartsWith("The tokens of client 'podio' can't be kept in the web session on driver 'cookie': it has no server side", message);
        Assert.Contains("(registered: file, memory)", message);
    }

    [Fact]
    public async Task Another_driver_than_the_default_one_can_be_named()
    {
        await using TokenSite site = await TokenSite.StartAsync("cookie", options: new TokenSessionOptions().UseWebSession("Memory"));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        Assert.Equal("xid", browser.Jar.Keys.Single());
        Assert.Equal("access-1", await browser.TextAsync("/get"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("file:00112233445566778899aabbccddeeff")]
    public async Task An_owner_that_is_no_session_is_refused(string owner)
    {
        await using TokenSite site = await TokenSite.StartAsync("memory");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => site.Manager.GetAsync(Client.Key(owner)));
        Assert.StartsWith("The tokens of client 'podio' are kept in the web session on driver 'memory', and their owner is no such session.", error.Message);
    }

    [Fact]
    public async Task Outside_a_request_there_is_no_owner() => await Assert.ThrowsAsync<InvalidOperationException>(
        async () => await new TokenSessionOptions().UseWebSession().Owner!(new ServiceCollection().BuildServiceProvider(), default));

    [Fact]
    public void Without_sessions_it_is_refused() => Assert.Contains(
        "services.AddFuelSessions()", Assert.Throws<InvalidOperationException>(() => Client.Manager(new TokenSessionOptions().UseWebSession())).Message);

    [Fact]
    public async Task Asking_for_the_owner_does_not_open_a_session_that_was_closed()
    {
        await using TokenSite site = await TokenSite.StartAsync("memory", (app, tokens) => app.MapGet("/closed", async (HttpContext context, Session session) =>
        {
            session.Close();
            string token = await tokens.ReadAsync(context);
            Assert.Throws<InvalidOperationException>(() => session.Set("a", 1));
            return token;
        }));
        using TestBrowser browser = site.App.NewBrowser();
        await browser.TextAsync("/set/1");
        Assert.Equal("access-1", await browser.TextAsync("/closed"));
    }
}
