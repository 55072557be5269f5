using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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

    [Fact]
    public async Task Who_knows_better_can_switch_it_off()
    {
        await using TestApp app = await StartAsync(cacheIsOutside: true, app => app.UseOutputCache(), o => o.PreventSharedCaching = false);
        using TestBrowser ann = app.NewBrowser(), bob = app.NewBrowser();
        await ann.GetAsync("/name/ann");
        Assert.Equal("Hello, ann.", await ann.TextAsync("/cached"));
        Assert.Equal("Hello, ann.", await bob.TextAsync("/cached"));
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
                app.MapGet("/plain", () => $"Made {Interlocked.Increment(ref made)}.").CacheOutput();
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
}
