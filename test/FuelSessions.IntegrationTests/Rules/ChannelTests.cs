using System.Net.Http.Headers;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[C1, C2, C4, C5] How an id comes in, and goes back.</summary>
public sealed class ChannelTests(PostgresServer postgres) : StoreTests(postgres)
{
    private const string Header = "X-Session";

    [Fact]
    public async Task C1_the_first_well_formed_id_wins_in_the_order_form_cookie_header_query()
    {
        SessionApp app = await StartAsync("memory", AllChannels);
        Dictionary<string, string> ids = [];
        foreach (string channel in (string[])["form", "cookie", "header", "query"])
        {
            TestBrowser owner = app.NewBrowser();
            await app.DoneAsync(owner, session => session.Set("channel", channel));
            ids[channel] = owner.Jar["xid"];
        }

        List<string> channels = ["form", "cookie", "header", "query"];
        while (channels.Count > 0)
        {
            foreach (bool multipart in (bool[])[false, true])
            {
                Assert.Equal(channels[0], await SendAsync(channel => ids[channel], multipart));
            }

            // Empty or malformed counts as absent: the next one is asked.
            string silenced = channels[0];
            string? next = channels.Count > 1 ? channels[1] : null;
            Assert.Equal(next, await SendAsync(channel => channel == silenced ? "" : ids[channel], multipart: false));
            Assert.Equal(next, await SendAsync(channel => channel == silenced ? "garbage" : ids[channel], multipart: false));
            channels.RemoveAt(0);
        }

        async Task<string?> SendAsync(Func<string, string> id, bool multipart)
        {
            TestBrowser browser = app.NewBrowser();
            if (channels.Contains("cookie"))
            {
                browser.Jar["xid"] = id("cookie");
            }

            HttpContent? content = !channels.Contains("form") ? null
                : multipart ? new MultipartFormDataContent { { new StringContent(id("form")), "sid" }, { new ByteArrayContent(new byte[1000]), "file", "file.bin" } }
                : new FormUrlEncodedContent([new("sid", id("form"))]);
            string? found = null;
            app.AssertOk(await app.SendAsync(
                browser,
                async (_, sessions) => found = (await sessions.ForgeAsync()).Get<string>("channel"),
                content: content,
                query: channels.Contains("query") ? "?sid=" + id("query") : "",
                edit: request =>
                {
                    if (channels.Contains("header"))
                    {
                        request.Headers.TryAddWithoutValidation(Header, id("header"));
                    }
                }));
            return found;
        }
    }

    /// <summary>From a page that names the field twice, and from a proxy that repeats a header or folds its lines into one.</summary>
    [Fact]
    public async Task C1_an_id_that_comes_several_times_in_its_channel_is_found()
    {
        SessionApp app = await StartAsync("memory", AllChannels);
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        string id = owner.Jar["xid"];
        TestBrowser other = app.NewBrowser();
        await app.DoneAsync(other, session => session.Set("user", "Bob"));
        string dead = other.Jar["xid"];
        await app.DoneAsync(other, session => session.Destroy());
        (HttpContent? Form, string Query, string? Folded)[] ways =
        [
            (new FormUrlEncodedContent([new("sid", dead), new("sid", id)]), "", null),
            (null, $"?sid={dead}&sid={id}", null),
            (null, "", $"{dead}, {id}"),
            (new FormUrlEncodedContent([new("sid", id), new("sid", id)]), "", null),
            (new MultipartFormDataContent { { new StringContent(id), "sid" }, { new StringContent(id), "sid" } }, "", null),
            (null, $"?sid={id}&sid={id}", null),
            (null, "", $"{id}, {id}"),
            (null, "", $"garbage,{id}"),
        ];
        foreach ((HttpContent? form, string query, string? folded) in ways)
        {
            string? found = null;
            app.AssertOk(await app.SendAsync(
                app.NewBrowser(),
                async (_, sessions) => found = (await sessions.ForgeAsync()).Get<string>("user"),
                content: form,
                query: query,
                edit: request => request.Headers.TryAddWithoutValidation(Header, folded)));
            Assert.Equal("Ada", found);
        }
    }

    [Theory, OnServerStores]
    public async Task C2_an_id_from_a_form_or_a_query_never_causes_a_cookie(string store)
    {
        SessionApp app = await StartAsync(store, AllChannels);
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        string id = owner.Jar[app.Store.CookieName];
        app.Clock.Advance(TimeSpan.FromMinutes(6));

        Action<Session>[] acts =
        [
            session => Assert.Equal("Ada", session.Get<string>("user")),
            session => session.Increment("uploads"),
            session => session.SetFlash("message", "x"),
            session => session.Rotate(),
            session => session.Create().Set("user", "Eve"),
        ];
        TestBrowser visitor = app.NewBrowser();
        foreach (Action<Session> act in acts)
        {
            foreach (HttpContent? content in (HttpContent?[])[null, new FormUrlEncodedContent([new("sid", id)]), new MultipartFormDataContent { { new StringContent(id), "sid" } }])
            {
                TestResponse response = app.AssertOk(await app.SendAsync(
                    visitor,
                    async (_, sessions) => act(await sessions.ForgeAsync()),
                    content: content,
                    query: content is null ? "?sid=" + id : ""));
                Assert.Empty(response.SetCookies);
                Assert.DoesNotContain(Header, response.Headers.Keys);
                Assert.Empty(visitor.Jar);
            }
        }
    }

    /// <summary>Nor is the id replaced behind the back of a client that could not learn the new one.</summary>
    [Theory, OnServerStores]
    public async Task R8_an_id_that_can_not_be_sent_back_is_not_rotated_by_itself(string store)
    {
        SessionApp app = await StartAsync(store, AllChannels);
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        string id = owner.Jar[app.Store.CookieName];
        TestBrowser script = app.NewBrowser();
        for (int upload = 1; upload <= 6; upload++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(30));
            app.AssertOk(await app.SendAsync(
                script,
                async (_, sessions) => Assert.Equal(upload, (await sessions.ForgeAsync()).Increment("uploads")),
                content: new FormUrlEncodedContent([new("sid", id)])));
        }

        Assert.Equal(6, await app.AskAsync(owner, session => session.Get<int>("uploads")));
    }

    [Theory, OnServerStores]
    public async Task C2_an_id_from_a_header_goes_back_in_the_header(string store)
    {
        SessionApp app = await StartAsync(store, options =>
        {
            options.HeaderName = Header;
            options.EnableCookie = false;

            // Ids can be compared by letter then.
            options.EncryptCookie = false;
        });
        TestBrowser client = app.NewBrowser();
        string? id = null;
        HashSet<string> ids = [];
        for (int request = 0; request < 8; request++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(3));
            TestResponse response = app.AssertOk(await app.SendAsync(
                client,
                async (_, sessions) => Assert.Equal(request + 1, (await sessions.ForgeAsync()).Increment("count")),
                edit: message =>
                {
                    if (id is not null)
                    {
                        message.Headers.TryAddWithoutValidation(Header, id);
                    }
                }));
            Assert.Empty(response.SetCookies);
            if (response.Headers.TryGetValue(Header, out string? next))
            {
                Assert.Equal("no-store", response.Headers["Cache-Control"]);
                ids.Add(id = next);
            }
        }

        // The first one, and one for each rotation: every 6 minutes of 21.
        Assert.Equal(4, ids.Count);
    }

    [Theory, OnServerStores]
    public async Task With_cookies_off_none_is_sent_and_one_that_comes_is_read(string name)
    {
        Store store = await NewStoreAsync(name);
        SessionApp before = await StartAsync(store);
        SessionApp app = await StartAsync(store, options => options.EnableCookie = false, clock: before.Clock);
        TestBrowser browser = before.NewBrowser();
        await before.DoneAsync(browser, session => session.Set("user", "Ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        TestBrowser here = app.CopyOf(browser);
        Assert.Empty((await app.DoneAsync(here, session => Assert.Equal("Ada", session.Get<string>("user")))).SetCookies);
        Assert.Empty((await app.DoneAsync(here, session => session.Set("more", 1))).SetCookies);
        Assert.Empty((await app.DoneAsync(app.NewBrowser(), session => session.Set("user", "Bob"))).SetCookies);
        Assert.Equal("Ada", await before.GetAsync(browser, "user"));
    }

    [Fact]
    public async Task C4_a_broken_form_is_the_endpoints_to_report()
    {
        SessionApp app = await StartAsync("memory", AllChannels);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));
        foreach (Func<HttpContent> broken in Broken())
        {
            // Who does not want the form does not notice.
            app.AssertOk(await app.SendAsync(
                browser,
                async (_, sessions) => Assert.Equal("Ada", (await sessions.ForgeAsync()).Get<string>("user")),
                content: broken()));

            // Who does gets the error that it would get without a session.
            app.AssertOk(await app.SendAsync(
                browser,
                async (http, sessions) =>
                {
                    Assert.Equal("Ada", (await sessions.ForgeAsync()).Get<string>("user"));
                    await Assert.ThrowsAnyAsync<Exception>(() => http.Request.ReadFormAsync());
                },
                content: broken()));
        }

        static IEnumerable<Func<HttpContent>> Broken() =>
        [
            () => Content("no part of it", "multipart/form-data; boundary=abc"),
            () => Content("--abc\r\nContent-Disposition: form-data; name=\"sid\"\r\n\r\nnever ends", "multipart/form-data; boundary=abc"),
            () => Content("--abc\r\n\r\n--abc--", "multipart/form-data"),
            () => Content(string.Concat(Enumerable.Repeat("a=1&", 2000)), "application/x-www-form-urlencoded"),
            () => Content(new string('k', 3000) + "=1", "application/x-www-form-urlencoded"),
            () => Content("a=1", "application/x-www-form-urlencoded; charset=utf-7"),
            () => Content("--abc\r\nContent-Disposition: form-data; name=\"sid\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\na\r\n--abc--", "multipart/form-data; boundary=abc"),
        ];
    }

    [Fact]
    public async Task C4_an_endpoint_that_reads_its_body_itself_gets_all_of_it()
    {
        SessionApp app = await StartAsync("memory", AllChannels);
        TestBrowser owner = app.NewBrowser();
        await app.DoneAsync(owner, session => session.Set("user", "Ada"));
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Bob"));
        string form = "sid=" + Uri.EscapeDataString(owner.Jar["xid"]);

        foreach ((string path, string user, string left) in ((string, string, string)[])[("/stream", "Bob", form), ("/run", "Ada", form)])
        {
            for (int request = 0; request < 2; request++)
            {
                app.AssertOk(await app.SendAsync(
                    browser,
                    async (http, sessions) =>
                    {
                        Assert.Equal(user, (await sessions.ForgeAsync()).Get<string>("user"));
                        using var body = new StreamReader(http.Request.Body);
                        Assert.Equal(left, await body.ReadToEndAsync());
                    },
                    path,
                    Content(form, "application/x-www-form-urlencoded")));
            }
        }

        // What is no form is nobody's but the endpoint's.
        app.AssertOk(await app.SendAsync(
            browser,
            async (http, sessions) =>
            {
                Assert.Equal("Bob", (await sessions.ForgeAsync()).Get<string>("user"));
                using var body = new StreamReader(http.Request.Body);
                Assert.Equal(form, await body.ReadToEndAsync());
            },
            content: Content(form, "text/plain")));
    }

    [Theory, OnEveryStore]
    public async Task C5_a_cookie_is_as_safe_as_the_request_allows(string store)
    {
        SessionApp app = await StartAsync(
            store,
            before: web => web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto }));
        foreach (bool https in (bool[])[false, true])
        {
            TestResponse response = app.AssertOk(await app.SendAsync(
                app.NewBrowser(),
                async (_, sessions) => (await sessions.ForgeAsync()).Set("user", "Ada"),
                edit: request => request.Headers.Add("X-Forwarded-Proto", https ? "https" : "http")));
            string[] attributes = [.. Assert.Single(response.SetCookies).Split("; ").Skip(1).Order(StringComparer.OrdinalIgnoreCase)];
            string[] expected = ["httponly", "path=/", "samesite=lax", .. https ? ["secure"] : (string[])[]];
            Assert.Equal(expected, attributes);
            Assert.StartsWith((https ? "__Host-" : "") + app.Store.CookieName + "=", response.SetCookies[0], StringComparison.Ordinal);
            Assert.Equal("no-store", response.Headers["Cache-Control"]);
        }
    }

    private static void AllChannels(FuelSessionsOptions options) => MalformedIdTests.Configure(options, encrypted: true);

    private static StringContent Content(string text, string type)
    {
        var content = new StringContent(text);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
