using System.Globalization;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>What code written for the framework's own session and for TempData finds on <c>HttpContext.Session</c>.</summary>
public sealed class DropInTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task Looking_at_an_empty_session_begins_none(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        app.AssertNoCookie(await DoAsync(app, browser, session =>
        {
            Assert.True(session.IsAvailable);
            Assert.Empty(session.Keys);
            Assert.False(session.TryGetValue("x", out _));
            Assert.Null(session.GetString("x"));
            Assert.Null(session.GetInt32("x"));
            session.Remove("x");
            session.Clear();
        }));
        if (app.Store.IsServerSide)
        {
            Assert.Empty(app.Probe.Take());
        }
    }

    [Theory, OnEveryStore]
    public async Task What_is_set_is_there_in_the_next_request(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        string[] keys = ["name", "Name", "user.name", ".a", "a.", "0", " ", "", "a\0b", "名", "_.-", new string('k', 500)];
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        await DoAsync(app, browser, session =>
        {
            foreach (string key in keys)
            {
                session.SetString(key, key);
                Assert.Equal(key, session.GetString(key));
            }

            session.Set("bytes", bytes);
            session.Set("none", []);
            session.SetInt32("number", int.MinValue);
            Assert.Throws<ArgumentNullException>(() => session.Set("null", null!));
            bytes[0] = 255;
        });
        bytes[0] = 0;
        await DoAsync(app, browser, session =>
        {
            Assert.All(keys, key => Assert.Equal(key, session.GetString(key)));
            Assert.Equal([.. keys, "bytes", "none", "number"], session.Keys);
            Assert.True(session.TryGetValue("bytes", out byte[]? read));
            Assert.Equal(bytes, read);
            Assert.True(session.TryGetValue("none", out read));
            Assert.Empty(read!);
            Assert.Equal(int.MinValue, session.GetInt32("number"));
            session.Remove("name");
            session.SetInt32("number", 7);
        });
        await DoAsync(app, browser, session =>
        {
            Assert.Null(session.GetString("name"));
            Assert.Equal("Name", session.GetString("Name"));
            Assert.Equal(7, session.GetInt32("number"));
            session.Clear();
            Assert.Empty(session.Keys);
            session.SetString("after", "clear");
        });
        await DoAsync(app, browser, session => Assert.Equal(["after"], session.Keys));
    }

    /// <summary>Apps key carts and caches by it: two sessions never share one, and one keeps its own.</summary>
    [Theory, OnEveryStore]
    public async Task Its_id_is_long_stable_and_nothing_to_get_in_by(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        HashSet<string> ids = [];
        for (int i = 0; i < 20; i++)
        {
            TestBrowser browser = app.NewBrowser();
            string first = await IdAsync(browser, session => session.SetInt32("n", 1));
            Assert.True(ids.Add(first));
            Assert.Equal(128, Guid.Parse(first).ToByteArray().Length * 8);
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal(first, await IdAsync(browser, session => session.SetInt32("n", 2)));
            await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
            Assert.Equal(first, await IdAsync(browser));
            Assert.DoesNotContain(browser.Jar.Values, cookie => cookie.Contains(first, StringComparison.OrdinalIgnoreCase));
            Assert.NotEqual((await app.KeyAsync(browser)).ToHex(), Guid.Parse(first).ToString("N"));
            await app.DoneAsync(browser, session => session.Create().Set("n", 3));
            Assert.True(ids.Add(await IdAsync(browser)));
        }

        async Task<string> IdAsync(TestBrowser browser, Action<ISession>? also = null)
        {
            string id = "";
            await DoAsync(app, browser, session =>
            {
                id = session.Id;
                also?.Invoke(session);
                Assert.Equal(id, session.Id);
            });
            return id;
        }
    }

    [Theory, OnServerStores]
    public async Task It_is_not_available_while_its_store_is_away(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        await DoAsync(app, browser, session => session.SetInt32("n", 1));
        app.Probe.Fail(StoreCall.Read, StoreCall.ReadAsync);
        for (int i = 0; i < 2; i++)
        {
            app.AssertNoCookie(await DoAsync(app, browser, session =>
            {
                Assert.False(session.IsAvailable);

                // Nothing is lost in silence.
                Assert.Throws<SessionStoreException>(() => session.SetInt32("n", 2));
            }));
        }

        app.Probe.Heal();
        await DoAsync(app, browser, session =>
        {
            Assert.True(session.IsAvailable);
            Assert.Equal(1, session.GetInt32("n"));
        });
    }

    [Theory, OnEveryStore]
    public async Task It_can_be_loaded_and_committed_by_hand(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, async (http, _) =>
        {
            await http.Session.LoadAsync();
            http.Session.SetInt32("n", 1);
            await http.Session.CommitAsync();
            Assert.Equal(1, http.Session.GetInt32("n"));
        }));
        await DoAsync(app, browser, session => Assert.Equal(1, session.GetInt32("n")));
    }

    [Theory, OnEveryStore]
    public async Task After_the_response_has_started_none_can_begin(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        Exception? refused = null;
        for (int i = 0; i < 2; i++)
        {
            await app.SendAsync(browser, async (http, _) =>
            {
                bool exists = http.Session.Keys.Any();
                await http.Response.WriteAsync("a body");
                await http.Response.Body.FlushAsync();
                refused = Record.Exception(() => http.Session.SetInt32("n", 1));
            });
            Assert.Equal(i == 0 || !app.Store.IsServerSide, refused is InvalidOperationException);
            await DoAsync(app, browser, session => session.SetInt32("other", 1));
        }

        await DoAsync(app, browser, session => Assert.Equal(app.Store.IsServerSide ? 1 : null, session.GetInt32("n")));
    }

    [Theory, OnEveryStore]
    public async Task It_lives_for_its_idle_time_from_the_last_request_of_any_kind(string store)
    {
        SessionApp app = await StartAsync(
            store,
            options =>
            {
                Emulate(options);
                options.TouchOnEveryRequest = true;
                options.ExpirationTime = TimeSpan.FromMinutes(20);
            },
            web => web.MapGet("/elsewhere", () => "elsewhere"));
        TestBrowser browser = app.NewBrowser();
        await DoAsync(app, browser, session => session.SetInt32("n", 1));
        for (int i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(15));
            await browser.GetAsync("/elsewhere");
        }

        await DoAsync(app, browser, session => Assert.Equal(1, session.GetInt32("n")));
        app.Clock.Advance(TimeSpan.FromMinutes(25));
        await DoAsync(app, browser, session => Assert.Null(session.GetInt32("n")));
    }

    [Theory, OnEveryStore]
    public async Task With_its_settings_a_failing_endpoint_saves_and_the_cookie_ends_with_the_browser(string store)
    {
        SessionApp app = await StartAsync(store, options =>
        {
            Emulate(options);
            (options.SaveOnError, options.ExpireOnClose, options.CookieName) = (true, true, ".AspNetCore.Session");
        });
        TestBrowser browser = app.NewBrowser();
        TestResponse failed = await app.SendAsync(browser, (http, _) =>
        {
            http.Session.SetInt32("n", 1);
            throw new FormatException();
        });
        Assert.Equal(500, (int)failed.Status);
        string cookie = failed.SetCookies.Single();
        Assert.StartsWith(".AspNetCore.Session=", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("max-age", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
        await DoAsync(app, browser, session => Assert.Equal(1, session.GetInt32("n")));
    }

    [Theory, OnServerStores]
    public async Task Parallel_requests_keep_each_others_keys(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        await DoAsync(app, browser, session => session.SetInt32("start", 0));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => DoAsync(app, app.CopyOf(browser), session => session.SetInt32($"key.{i}", i))));
        await DoAsync(app, browser, session => Assert.Equal(9, session.Keys.Count()));
    }

    [Theory, OnEveryStore]
    public async Task Outside_of_its_middleware_there_is_none(string store)
    {
        List<bool> found = [];
        SessionApp app = await StartAsync(store, Emulate, before: web => web.Use(async (HttpContext http, RequestDelegate next) =>
        {
            found.Add(http.Features.Get<ISessionFeature>() is not null);
            await next(http);
            found.Add(http.Features.Get<ISessionFeature>() is not null);
        }));
        await DoAsync(app, app.NewBrowser(), session => session.SetInt32("n", 1));
        Assert.Equal([false, false], found);
    }

    /// <summary>The framework's keys and those of <see cref="Session"/> don't meet.</summary>
    [Theory, OnEveryStore]
    public async Task Its_keys_are_apart_from_variables(string store)
    {
        SessionApp app = await StartAsync(store, Emulate);
        TestBrowser browser = app.NewBrowser();
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            http.Session.SetString("name", "theirs");
            (await sessions.ForgeAsync()).Set("name", "ours");
        }));
        app.AssertOk(await app.SendAsync(browser, async (http, sessions) =>
        {
            Assert.Equal(("theirs", "ours"), (http.Session.GetString("name"), (await sessions.ForgeAsync()).Get<string>("name")));
            http.Session.Clear();
            Assert.Equal("ours", sessions.Current.Get<string>("name"));
        }));
    }

    [Theory, OnEveryStore]
    public async Task Temp_data_lives_until_it_is_read(string store)
    {
        SessionApp app = await StartAsync(
            store,
            Emulate,
            web => web.MapDefaultControllerRoute(),
            services: services => services.AddControllersWithViews().AddSessionStateTempDataProvider().AddApplicationPart(typeof(DropInController).Assembly));
        TestBrowser browser = app.NewBrowser();
        Assert.Equal("nothing", await TextAsync("Read"));
        Assert.Empty(browser.Jar);

        // Kept by those that don't look, look without taking, or take and keep.
        Assert.Equal("set", await TextAsync("Set/one"));
        Assert.Equal("untouched", await TextAsync("Leave"));
        Assert.Equal("one", await TextAsync("Peek"));
        Assert.Equal("one", await TextAsync("KeepOne"));
        Assert.Equal("one", await TextAsync("Read"));
        Assert.Equal("nothing", await TextAsync("Read"));

        // Overwritten, and through a redirect.
        await TextAsync("Set/one");
        await TextAsync("Set/two");
        Assert.Equal(302, (int)(await browser.GetAsync("/DropIn/SetAndRedirect/three")).Status);
        Assert.Equal("three", await TextAsync("Read"));
        Assert.Equal("nothing", await TextAsync("Read"));

        // What an endpoint took that failed is gone only if it said so.
        await TextAsync("Set/four");
        Assert.Equal(500, (int)(await browser.GetAsync("/DropIn/ReadAndFail")).Status);
        Assert.Equal("four", await TextAsync("Read"));

        Assert.Equal("set", await TextAsync("SetTypes"));
        Assert.Equal("text;7;True;2001-02-03T04:05:06.0000000;0f8fad5b-d9cb-469f-a165-70867728950e;a,b;1,2;k=v", await TextAsync("ReadTypes"));

        async Task<string> TextAsync(string action) => app.AssertOk(await browser.GetAsync($"/DropIn/{action}")).Body;
    }

    private static void Emulate(FuelSessionsOptions options) => options.NativeEmulation = true;

    private static async Task<TestResponse> DoAsync(SessionApp app, TestBrowser browser, Action<ISession> act) => app.AssertOk(await app.SendAsync(browser, (http, _) =>
    {
        act(http.Session);
        return Task.CompletedTask;
    }));
}

/// <summary>For the test above; MVC finds public controllers only.</summary>
public sealed class DropInController : Controller
{
    public IActionResult Set(string id)
    {
        TempData["message"] = id;
        return Content("set");
    }

    public IActionResult SetAndRedirect(string id)
    {
        TempData["message"] = id;
        return RedirectToAction("Read");
    }

    public IActionResult Leave() => Content("untouched");

    public IActionResult Peek() => Content($"{TempData.Peek("message")}");

    public IActionResult KeepOne()
    {
        string read = $"{TempData["message"]}";
        TempData.Keep();
        return Content(read);
    }

    public IActionResult Read() => Content(TempData["message"] as string ?? "nothing");

    public IActionResult ReadAndFail() => throw new FormatException($"{TempData["message"]}");

    public IActionResult SetTypes()
    {
        TempData["text"] = "text";
        TempData["number"] = 7;
        TempData["flag"] = true;
        TempData["time"] = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Unspecified);
        TempData["guid"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");
        TempData["texts"] = new[] { "a", "b" };
        TempData["numbers"] = new List<int> { 1, 2 };
        TempData["map"] = new Dictionary<string, string> { ["k"] = "v" };
        return Content("set");
    }

    public IActionResult ReadTypes() => Content(string.Join(
        ';',
        TempData["text"],
        TempData["number"],
        TempData["flag"],
        ((DateTime)TempData["time"]!).ToString("O", CultureInfo.InvariantCulture),
        TempData["guid"],
        string.Join(',', (IEnumerable<string>)TempData["texts"]!),
        string.Join(',', (IEnumerable<int>)TempData["numbers"]!),
        string.Join(',', ((IEnumerable<KeyValuePair<string, string>>)TempData["map"]!).Select(pair => $"{pair.Key}={pair.Value}"))));
}
