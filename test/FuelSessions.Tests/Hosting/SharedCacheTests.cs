using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.Tests.Hosting;

/// <summary>No cache gives one visitor what another one's session said.</summary>
public class SharedCacheTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_output_cache_keeps_no_page_that_used_a_session(bool cacheIsOutside)
    {
        await using TestApp app = await StartAsync(cacheIsOutside, app => app.UseOutputCache());
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser(), nobody = app.NewBrowser();
        await ann.GetAsync("/name/ann");
        await bob.GetAsync("/name/bob");
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal("Hello, ann.", await ann.TextAsync("/cached"));
            Assert.Equal("Hello, bob.", await bob.TextAsync("/cached"));
            Assert.Equal("Hello, .", await nobody.TextAsync("/cached"));
        }

        Assert.Equal(await ann.TextAsync("/plain"), await bob.TextAsync("/plain"));
    }

    /// <summary>What its code knows of the session comes from in front of the cache, which at that time is not there yet.</summary>
    [Theory]
    [InlineData("/greeting")]
    [InlineData("/greeting/raw")]
    [InlineData("/greeting/file")]
    [InlineData("/greeting/allowed")]
    public async Task The_output_cache_keeps_no_page_for_which_middleware_used_a_session(string page)
    {
        await using TestApp app = await StartAsync(cacheIsOutside: false, app => app
            .Use(static async (context, next) =>
            {
                ISessionStore sessions = context.RequestServices.GetRequiredService<ISessionStore>();
                context.Items["name"] = (await sessions.ForgeAsync()).Get<string>("name");
                await next(context);
            })
            .UseOutputCache());
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser(), nobody = app.NewBrowser();
        await ann.GetAsync("/name/ann");
        await bob.GetAsync("/name/bob");
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal("ann", await ann.TextAsync(page));
            Assert.Equal("bob", await bob.TextAsync(page));
            Assert.Equal("", await nobody.TextAsync(page));
        }
    }

    [Fact]
    public async Task A_public_page_is_not_cached_together_with_a_new_id()
    {
        await using TestApp app = await StartAsync(cacheIsOutside: true, app => app.UseResponseCaching());
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser();
        Assert.NotEqual((await ann.GetAsync("/public")).SetCookies.Single(), (await bob.GetAsync("/public")).SetCookies.Single());
    }

    /// <summary>Whatever the app has called public: each visitor who has a session is a visitor of their own.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_public_page_is_each_visitor_s_own(bool cacheIsOutside)
    {
        await using TestApp app = await StartAsync(cacheIsOutside, app => app.UseResponseCaching());
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser();
        await ann.GetAsync("/name/ann");
        await bob.GetAsync("/name/bob");
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal("Hello, ann.", await ann.TextAsync("/public/hello"));
            Assert.Equal("Hello, bob.", await bob.TextAsync("/public/hello"));
        }
    }

    /// <summary>The response cache takes addresses for the same that differ in their queries only.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_public_page_is_each_visitor_s_own_whose_id_is_in_the_query(bool cacheIsOutside)
    {
        await using TestApp app = await StartAsync(cacheIsOutside, app => app.UseResponseCaching(), o => o.QueryParameterName = "sid");
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser(), nobody = app.NewBrowser();
        await ann.GetAsync("/name/ann");
        await bob.GetAsync("/name/bob");
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal("Hello, ann.", await nobody.TextAsync($"/public/hello?sid={ann.Jar["xid"]}"));
            Assert.Equal("Hello, bob.", await nobody.TextAsync($"/public/hello?sid={bob.Jar["xid"]}"));
            Assert.Equal("Hello, .", await nobody.TextAsync("/public/hello"));
        }
    }

    [Fact]
    public async Task A_response_that_used_a_session_says_so_unless_the_app_has_spoken()
    {
        await using TestApp app = await StartAsync(cacheIsOutside: true, _ => { });
        using TestBrowser browser = app.NewBrowser();
        await browser.GetAsync("/name/ann");
        TestResponse read = await browser.GetAsync("/cached");
        Assert.Equal(("private", "Cookie"), (read.Headers["Cache-Control"], read.Headers["Vary"]));

        TestResponse own = await browser.GetAsync("/own");
        Assert.Equal(("max-age=5", "Accept, Cookie"), (own.Headers["Cache-Control"], own.Headers["Vary"]));

        Assert.DoesNotContain("Vary", (await browser.GetAsync("/plain")).Headers.Keys);
    }

    /// <summary>Headers for caches are often added as the response starts, or after the app has saved.</summary>
    [Theory]
    [InlineData("/public/at-start")]
    [InlineData("/public/after-saving")]
    [InlineData("/public/destroyed")]
    public async Task An_answer_with_a_cookie_is_not_to_be_stored_whatever_the_app_says_late(string page)
    {
        await using TestApp app = await StartAsync(cacheIsOutside: true, _ => { });
        using TestBrowser browser = app.NewBrowser();
        if (page == "/public/destroyed")
        {
            await browser.GetAsync("/name/ann");
        }

        TestResponse response = await browser.GetAsync(page);
        Assert.Single(response.SetCookies);
        Assert.Equal("no-store", response.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task Who_knows_better_can_switch_it_off()
    {
        await using TestApp app = await StartAsync(cacheIsOutside: true, app => app.UseOutputCache(), o => o.PreventSharedCaching = false);
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser();
        await ann.GetAsync("/name/ann");
        Assert.Equal("Hello, ann.", await ann.TextAsync("/cached"));
        Assert.Equal("Hello, ann.", await bob.TextAsync("/cached"));
    }

    /// <summary>The endpoint doesn't use the session, but every request keeps it alive, and gives it another id when that is due: in a page that is cached.</summary>
    [Theory]
    [InlineData("cookie", true)]
    [InlineData("cookie", false)]
    [InlineData("header", true)]
    [InlineData("header", false)]
    public async Task No_id_gets_into_a_cache_with_a_page_that_uses_no_session(string channel, bool cacheIsOutside)
    {
        await using TestApp app = await StartAsync(cacheIsOutside, app => app.UseOutputCache(), o =>
        {
            (o.TouchOnEveryRequest, o.PreventSharedCaching) = (true, false);
            (o.HeaderName, o.EnableCookie) = channel == "header" ? ("X-Session", false) : (null, true);
        });
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser();
        string name = channel == "header" ? "X-Session" : "Set-Cookie";
        TestResponse begun = await ann.GetAsync("/name/ann");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        foreach (string page in (string[])["/plain", "/plain/whatever"])
        {
            TestResponse rotated = await ann.SendAsync(HttpMethod.Get, page, edit: request =>
            {
                if (channel == "header")
                {
                    request.Headers.Add("X-Session", begun.Headers["X-Session"]);
                }
            }, deliver: false);
            Assert.Contains(name, rotated.Headers.Keys);
            Assert.DoesNotContain(name, (await bob.GetAsync(page)).Headers.Keys);
        }
    }

    private static Task<TestApp> StartAsync(bool cacheIsOutside, Action<WebApplication> useCache, Action<FuelSessionsOptions>? configure = null)
    {
        int made = 0;
        return TestApp.StartAsync(
            options =>
            {
                options.Driver = "memory";
                configure?.Invoke(options);
            },
            app =>
            {
                if (!cacheIsOutside)
                {
                    useCache(app);
                }

                app.MapGet("/name/{name}", (Session session, string name) => session.Set("name", name).Get<string>("name"));
                app.MapGet("/cached", (Session session) => $"Hello, {session.Get<string>("name")}.").CacheOutput();
                app.MapGet("/greeting", (HttpContext context) => $"{context.Items["name"]}").CacheOutput();
                app.MapGet("/greeting/raw", async (HttpContext context) => await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{context.Items["name"]}"))).CacheOutput();
                app.MapGet("/greeting/file", (HttpContext context) => Results.Bytes(Encoding.UTF8.GetBytes($"{context.Items["name"]}"))).CacheOutput();
                app.MapGet("/greeting/allowed", (HttpContext context) =>
                {
                    context.Response.OnStarting(() => AllowStorage(context));
                    return $"{context.Items["name"]}";
                }).CacheOutput();
                app.MapGet("/plain", () => $"Made {Interlocked.Increment(ref made)}.").CacheOutput();
                app.MapGet("/plain/whatever", () => "Made.").CacheOutput(policy => policy.AddPolicy<Whatever>(), excludeDefaultPolicy: true);
                app.MapGet("/public", (Session session, HttpResponse response) =>
                {
                    response.Headers.CacheControl = "public, max-age=60";
                    return session.Increment("visits");
                });
                app.MapGet("/public/hello", (Session session, HttpResponse response) =>
                {
                    response.Headers.CacheControl = "public, max-age=60";
                    return $"Hello, {session.Get<string>("name")}.";
                });
                app.MapGet("/public/at-start", (Session session, HttpResponse response) =>
                {
                    response.OnStarting(() => CallPublic(response));
                    return session.Increment("visits");
                });
                app.MapGet("/public/after-saving", async (Session session, HttpResponse response) =>
                {
                    session.Increment("visits");
                    await session.SaveAsync();
                    await CallPublic(response);
                    return "Saved.";
                });
                app.MapGet("/public/destroyed", (Session session, HttpResponse response) =>
                {
                    response.OnStarting(() => CallPublic(response));
                    session.Destroy();
                    return "Gone.";
                });
                app.MapGet("/own", (Session session, HttpResponse response) =>
                {
                    (response.Headers.CacheControl, response.Headers.Vary) = ("max-age=5", "Accept");
                    return session.Get<string>("name");
                });
            },
            before: app =>
            {
                if (cacheIsOutside)
                {
                    useCache(app);
                }
            },
            services: services => services.AddOutputCache().AddResponseCaching());
    }

    private static Task CallPublic(HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=60";
        return Task.CompletedTask;
    }

    private static Task AllowStorage(HttpContext context)
    {
        context.Features.Get<IOutputCacheFeature>()!.Context.AllowCacheStorage = true;
        return Task.CompletedTask;
    }

    /// <summary>An app's own policy, which looks at nothing.</summary>
    private sealed class Whatever : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.EnableOutputCaching = context.AllowCacheLookup = context.AllowCacheStorage = true;
            return default;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => default;
    }
}
