using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Protocol;

/// <summary>The rules R1 to R10, through HTTP, on a driver with a server side.</summary>
public class RotationTests
{
    private const string Cookie = "xid";

    private readonly EventRecorder _told = new();

    [Fact]
    public async Task R1_R2_who_comes_back_with_the_old_id_gets_the_new_one_again_however_long_it_takes()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        TestResponse lost = await browser.GetAsync("/count", deliver: false);
        app.Clock.Advance(TimeSpan.FromMinutes(90));
        TestResponse again = await browser.GetAsync("/id");
        Assert.Equal(lost.Cookie(Cookie), again.Cookie(Cookie));
        Assert.Equal("3", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task R3_once_the_new_id_was_seen_the_old_one_is_good_for_the_grace_and_no_longer()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser old = Copy(app, browser);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.GetAsync("/count");
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("2", await Copy(app, old).TextAsync("/value"));

        await browser.GetAsync("/value");
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("2", await Copy(app, old).TextAsync("/value"));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        TestResponse stale = await Copy(app, old).GetAsync("/value");
        Assert.Equal("0", stale.Body);
        Assert.Empty(stale.SetCookies);
        Assert.DoesNotContain(_told.All, e => e.Kind == SessionEventKind.StaleId);

        // Not by any node's clock.
        app.Clock.Advance(TimeSpan.FromSeconds(120));
        stale = await Copy(app, old).GetAsync("/value");
        Assert.Equal("0", stale.Body);
        Assert.Empty(stale.SetCookies);
        Assert.Contains(_told.All, e => e.Kind == SessionEventKind.StaleId);
        Assert.Equal("2", await browser.TextAsync("/value"));
    }

    [Fact]
    public async Task R4_a_request_with_the_old_id_works_on_the_same_record_does_not_rotate_and_learns_the_new_one()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser old = Copy(app, browser);
        TestResponse rotated = await browser.GetAsync("/rotate");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        TestResponse late = await old.GetAsync("/count");
        Assert.Equal("2", late.Body);
        Assert.Equal(rotated.Cookie(Cookie), late.Cookie(Cookie));
    }

    [Fact]
    public async Task R6_an_id_retired_a_moment_ago_gets_a_detached_session_and_no_cookie()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser old = Copy(app, browser);
        await browser.GetAsync("/revoke");
        TestResponse late = await old.GetAsync("/detached");
        Assert.Equal("True 1", late.Body);
        Assert.Empty(late.SetCookies);
        Assert.Contains(_told.All, e => e.Kind == SessionEventKind.Detached);
        Assert.Contains(_told.All, e => e.Kind == SessionEventKind.DetachedChangesDropped);
        Assert.Equal("1", await browser.TextAsync("/value"));
    }

    [Theory]
    [InlineData(StaleIdAction.Ignore, "1")]
    [InlineData(StaleIdAction.Destroy, "0")]
    public async Task R6_a_retired_id_after_its_grace_may_end_the_session(StaleIdAction action, string left)
    {
        await using TestApp app = await StartAsync(o => o.OnStaleId = action);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser thief = Copy(app, browser);
        await browser.GetAsync("/revoke");
        await browser.GetAsync("/value");
        app.Clock.Advance(TimeSpan.FromSeconds(181));
        Assert.Equal("0", await thief.TextAsync("/value"));
        Assert.Contains(_told.All, e => e.Kind == SessionEventKind.StaleId);
        Assert.Equal(left, await browser.TextAsync("/value"));
    }

    [Fact]
    public async Task R6_a_guessed_secret_ends_no_session()
    {
        await using TestApp app = await StartAsync(o => o.OnStaleId = StaleIdAction.Destroy);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser guesser = Copy(app, browser);
        char other = guesser.Jar[Cookie][30] == 'A' ? 'B' : 'A';
        guesser.Jar[Cookie] = guesser.Jar[Cookie][..30] + other + guesser.Jar[Cookie][31..];
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        TestResponse guessed = await guesser.GetAsync("/value");
        Assert.Equal("0", guessed.Body);
        Assert.Contains(_told.All, e => e.Kind == SessionEventKind.UnknownSecret);
        Assert.Equal("1", await browser.TextAsync("/value"));
    }

    [Fact]
    public async Task R7_an_unknown_id_gets_a_new_session_and_a_cookie_when_it_is_first_saved()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        app.Clock.Advance(TimeSpan.FromHours(3));
        TestResponse looked = await browser.GetAsync("/expired");
        Assert.Equal("True True", looked.Body);
        Assert.Empty(looked.SetCookies);
        TestResponse counted = await browser.GetAsync("/count");
        Assert.Equal("1", counted.Body);
        Assert.NotNull(counted.Cookie(Cookie));
    }

    [Fact]
    public async Task R8_an_id_is_replaced_by_the_first_request_after_its_time_and_by_no_earlier_one()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        string first = await browser.TextAsync("/id");
        for (int round = 0; round < 3; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4.9));
            Assert.Equal(first, await browser.TextAsync("/id"));
            app.Clock.Advance(TimeSpan.FromMinutes(0.2));
            Assert.Equal(first, await browser.TextAsync("/id"));
            string next = await browser.TextAsync("/id");
            Assert.NotEqual(first, next);
            first = next;
        }
    }

    [Fact]
    public async Task R8_without_a_rotation_time_an_id_stays()
    {
        await using TestApp app = await StartAsync(o => o.RotationTime = null);
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        string first = await browser.TextAsync("/id");
        app.Clock.Advance(TimeSpan.FromMinutes(100));
        await browser.GetAsync("/id");
        Assert.Equal(first, await browser.TextAsync("/id"));
    }

    [Fact]
    public async Task R9_no_number_of_lost_rotations_loses_the_session()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        string?[] ids = new string?[5];
        for (int i = 0; i < ids.Length; i++)
        {
            TestResponse lost = await browser.GetAsync("/rotate", deliver: false);
            ids[i] = lost.Cookie(Cookie);
        }

        Assert.Single(ids.Distinct());
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task R6_R9_a_rotation_that_was_asked_for_with_a_token_makes_no_thief_of_a_late_request()
    {
        await using TestApp app = await StartAsync(o => o.HeaderName = "X-Session");
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser late = Copy(app, browser);
        string token = await browser.TextAsync("/signin");
        TestResponse asked = await app.NewBrowser().SendAsync(HttpMethod.Get, "/rotate", edit: request => request.Headers.Add("X-Session", token));
        Assert.Equal((HttpStatusCode.OK, "none 1"), (asked.Status, asked.Body));
        TestResponse answer = await late.GetAsync("/value");
        Assert.Equal("0", answer.Body);
        Assert.Empty(answer.SetCookies);
        Assert.DoesNotContain(_told.All, e => e.Kind == SessionEventKind.StaleId);

        // Nor is the time of the rotation before it forgotten, and what was asked for is done.
        string signedIn = browser.Jar[Cookie];
        Assert.Equal(app.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(), await browser.TextAsync("/created"));
        Assert.NotEqual(signedIn, browser.Jar[Cookie]);
    }

    [Theory]
    [InlineData("/revoke")]
    [InlineData("/attach?user=ada")]
    public async Task R10_a_revoking_rotation_makes_every_earlier_id_stale_at_once(string path)
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        TestBrowser first = Copy(app, browser);
        await browser.GetAsync("/rotate");
        TestBrowser second = Copy(app, browser);
        TestResponse revoked = await browser.GetAsync(path);
        Assert.NotNull(revoked.Cookie(Cookie));
        Assert.Equal("0", await first.TextAsync("/value"));
        Assert.Equal("0", await second.TextAsync("/value"));
        Assert.Equal("1", await browser.TextAsync("/value"));
    }

    [Theory]
    [InlineData("/revoke")]
    [InlineData("/attach?user=ada")]
    [InlineData("/create")]
    public async Task R10_who_signs_in_again_after_a_lost_response_is_let_in(string path)
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/count");
        await browser.GetAsync("/revoke", deliver: false);
        TestResponse again = await browser.GetAsync(path + (path.Contains('?') ? "&" : "?") + "count=true");
        Assert.NotNull(again.Cookie(Cookie));
        Assert.Equal("2", await browser.TextAsync("/count"));
    }

    [Fact]
    public async Task R10_attaching_the_same_principal_again_changes_nothing()
    {
        await using TestApp app = await StartAsync();
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/attach?user=ada");
        Assert.Empty((await browser.GetAsync("/attach?user=ada")).SetCookies);
        Assert.NotEmpty((await browser.GetAsync("/attach?user=")).SetCookies);
    }

    private Task<TestApp> StartAsync(Action<FuelSessionsOptions>? configure = null) => TestApp.StartAsync(
        o =>
        {
            o.Driver = "memory";

            // So that a cookie's value is the id itself.
            o.EncryptCookie = false;
            configure?.Invoke(o);
        },
        app =>
        {
            app.MapGet("/count", (Session s) => s.Increment("counter").ToString());
            app.MapGet("/value", (Session s) => s.Get<long>("counter").ToString());
            app.MapGet("/id", (Session s) => s.Key()!);
            app.MapGet("/rotate", (Session s) => $"{s.Rotate().Key() ?? "none"} {s.Get<long>("counter")}");
            app.MapGet("/signin", (Session s) => s.AttachPrincipal("ada").Token);
            app.MapGet("/created", (Session s) => s.Key("created"));
            app.MapGet("/detached", (Session s) => $"{s.IsDetached} {s.Increment("counter")}");
            app.MapGet("/expired", (Session s) => $"{s.WasExpired} {s.IsNew}");
            app.MapGet("/revoke", (Session s, bool? count) => Counted(s.Rotate(revokePrevious: true), count));
            app.MapGet("/attach", (Session s, string? user, bool? count) => Counted(s.AttachPrincipal(string.IsNullOrEmpty(user) ? null : user), count));
            app.MapGet("/create", (Session s, bool? count) => Counted(s.Create(), count));
        },
        services: services => services.AddSingleton<SessionEvents>(_told));

    private static string Counted(Session session, bool? count)
    {
        if (count is true)
        {
            session.Increment("counter");
        }

        return session.State.ToString();
    }

    private static TestBrowser Copy(TestApp app, TestBrowser browser)
    {
        TestBrowser copy = app.NewBrowser();
        foreach ((string name, string value) in browser.Jar)
        {
            copy.Jar[name] = value;
        }

        return copy;
    }
}
