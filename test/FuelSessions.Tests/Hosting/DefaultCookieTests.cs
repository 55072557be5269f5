using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuelSessions.Tests.Hosting;

/// <summary>The cookie of an app that configures nothing about it: over http, over https, and behind a proxy that ends TLS.</summary>
public sealed class DefaultCookieTests : IDisposable
{
    private const string Value = "[A-Za-z0-9_-]+";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-");

    /// <summary>The README's app, on Kestrel with TLS and without.</summary>
    [Fact]
    public async Task The_whole_line_over_http_and_over_https()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("FuelSessions:Path", _folder.FullName)]);
        using X509Certificate2 certificate = SelfSigned();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate));
        });
        builder.Services.AddFuelSessions();
        await using WebApplication app = builder.Build();
        app.UseFuelSessions();
        app.MapGet("/", (Session session) => $"Visit {session.Increment("visits")}.");
        await app.StartAsync();

        Assert.Matches($"^fid={Value}; path=/; samesite=lax; httponly$", await LineAsync("http://"));
        Assert.Matches($"^__Host-fid={Value}; path=/; secure; samesite=lax; httponly$", await LineAsync("https://"));

        async Task<string> LineAsync(string scheme)
        {
            using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown) } });
            client.DefaultRequestHeaders.UserAgent.ParseAdd("TestBrowser/1.0");
            string address = app.Urls.Single(url => url.StartsWith(scheme, StringComparison.Ordinal));
            using HttpResponseMessage first = await client.GetAsync(address);
            using HttpResponseMessage second = await client.GetAsync(address);
            Assert.Equal("Visit 1.", await first.Content.ReadAsStringAsync());
            Assert.Equal("Visit 2.", await second.Content.ReadAsStringAsync());
            return Assert.Single(first.Headers.GetValues("Set-Cookie"));
        }
    }

    // The driver, what else is set, and what the cookie is called without TLS and with it.
    public static TheoryData<string, Action<FuelSessionsOptions>, string, string> Names => new()
    {
        { "memory", _ => { }, "xid", "__Host-xid" },
        { "file", _ => { }, "fid", "__Host-fid" },
        { "cookie", _ => { }, "cid", "__Host-cid" },
        { "memory", o => o.CookiePath = "/shop", "xid", "__Secure-xid" },
        { "memory", o => o.CookieDomain = "example.org", "xid", "__Secure-xid" },
        { "memory", o => o.CookieSecure = CookieSecurePolicy.None, "xid", "xid" },

        // Behind a proxy that ends TLS and does not say so.
        { "memory", o => o.CookieSecure = CookieSecurePolicy.Always, "__Host-xid", "__Host-xid" },
        { "memory", o => o.CookiePartitioned = true, "__Host-xid", "__Host-xid" },

        // A name that is set is used as it is.
        { "memory", o => o.CookieName = "shop", "shop", "shop" },
        { "memory", o => o.CookieName = "xid", "xid", "xid" },
        { "memory", o => o.CookieName = "__Host-shop", "__Host-shop", "__Host-shop" },
        { "memory", o => o.CookieName = "__Secure-shop", "__Secure-shop", "__Secure-shop" },
    };

    [Theory, MemberData(nameof(Names))]
    public async Task A_default_name_gets_the_prefix_that_the_browser_takes(string driver, Action<FuelSessionsOptions> configure, string http, string https)
    {
        await using TestApp app = await StartAsync(driver, configure);
        foreach ((string scheme, string name) in new[] { ("http", http), ("https", https) })
        {
            using TestBrowser browser = app.NewBrowser();
            Assert.Equal("1", (await GetAsync(browser, "/count", scheme)).Body);
            Assert.Equal([name], browser.Jar.Keys);
            Assert.Equal("2", (await GetAsync(browser, "/count", scheme)).Body);
            TestResponse rotated = await GetAsync(browser, "/rotate", scheme);
            Assert.All(rotated.SetCookies, line => Assert.StartsWith(name + "=", line, StringComparison.Ordinal));
            Assert.Equal("3", (await GetAsync(browser, "/count", scheme)).Body);

            TestResponse destroyed = await GetAsync(browser, "/destroy", scheme);
            Assert.Equal("", destroyed.Cookie(name));
            Assert.Empty(browser.Jar);
        }
    }

    /// <summary>Who controls a page without TLS, or another host of the domain, can plant a cookie there: it means nothing to the https site.</summary>
    [Fact]
    public async Task A_cookie_that_was_planted_without_tls_is_not_taken_with_it()
    {
        await using TestApp app = await StartAsync("memory");
        using TestBrowser attacker = app.NewBrowser();
        await GetAsync(attacker, "/count", "http");
        using TestBrowser victim = app.NewBrowser();
        victim.Jar["xid"] = attacker.Jar["xid"];
        Assert.Equal("1", (await GetAsync(victim, "/count", "https")).Body);
        Assert.Equal("2", (await GetAsync(victim, "/count", "https")).Body);

        // And the site's own session without TLS goes on beside it.
        Assert.Equal("2", (await GetAsync(attacker, "/count", "http")).Body);
    }

    [Fact]
    public async Task The_parts_of_a_large_cookie_have_the_prefix_too_and_go_with_it()
    {
        await using TestApp app = await StartAsync("cookie", options => options.MaxCookieBytes = 24 * 1024);
        using TestBrowser browser = app.NewBrowser();
        await GetAsync(browser, "/fill/9000", "https");
        Assert.True(browser.Jar.Count > 2);
        Assert.All(browser.Jar.Keys, name => Assert.StartsWith("__Host-cid", name, StringComparison.Ordinal));
        Assert.Equal("9000", (await GetAsync(browser, "/length", "https")).Body);
        await GetAsync(browser, "/destroy", "https");
        Assert.Empty(browser.Jar);
    }

    [Theory]
    [InlineData("memory", "xid")]
    [InlineData("cookie", "cid")]
    public async Task The_second_cookie_of_another_client_has_the_prefix_too(string driver, string name)
    {
        await using TestApp app = await StartAsync(driver);
        using TestBrowser browser = app.NewBrowser("Firefox/1.0");
        using TestBrowser other = app.NewBrowser("Chrome/1.0");
        await GetAsync(browser, "/count", "https");
        other.Jar["__Host-" + name] = browser.Jar["__Host-" + name];
        Assert.Equal("1", (await GetAsync(other, "/count", "https")).Body);
        Assert.Equal(2, other.Jar.Count);
        Assert.True(other.Jar.ContainsKey("__Host-other-" + name));
        Assert.Equal("2", (await GetAsync(other, "/count", "https")).Body);
        Assert.Equal(browser.Jar["__Host-" + name], other.Jar["__Host-" + name]);
        await GetAsync(other, "/destroy", "https");
        Assert.Equal(["__Host-" + name], other.Jar.Keys);
    }

    /// <summary>Other channels carry no name: what came in with TLS goes on without it, as between a proxy and the app.</summary>
    [Fact]
    public async Task Ids_in_headers_and_tokens_do_not_depend_on_the_scheme()
    {
        await using TestApp app = await StartAsync("memory", o => (o.HeaderName, o.QueryParameterName) = ("X-Session", "token"));
        using TestBrowser browser = app.NewBrowser();
        TestResponse begun = await GetAsync(browser, "/count", "https");
        string token = Uri.EscapeDataString((await GetAsync(browser, "/token", "https")).Body);
        using TestBrowser other = app.NewBrowser();
        Assert.Equal("1", (await GetAsync(other, "/look?token=" + token, "http")).Body);
        Assert.Equal("1", (await other.SendAsync(HttpMethod.Get, "/look", edit: request => request.Headers.Add("X-Session", begun.Headers["X-Session"]))).Body);
    }

    [Fact]
    public async Task A_session_answers_to_both_names_and_says_which_one_its_cookie_has()
    {
        await using TestApp app = await StartAsync("memory");
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("xid True False", (await GetAsync(browser, "/names", "http")).Body);
        Assert.Equal("__Host-xid True True", (await GetAsync(browser, "/names", "https")).Body);
    }

    /// <summary>The browser would refuse that cookie, and the session be gone.</summary>
    [Fact]
    public async Task A_path_that_the_prefix_forbids_is_refused_with_the_reason()
    {
        await using TestApp app = await StartAsync("memory");
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("ok", (await GetAsync(browser, "/path", "http")).Body);
        Assert.Equal(
            "Session setting 'CookiePath' is '/shop'; allowed: '/', because the cookie's name is '__Host-xid' (driver 'memory'). (Parameter 'value')",
            (await GetAsync(browser, "/path", "https")).Body);
    }

    /// <summary>What FuelPHP's users have, one line away.</summary>
    [Fact]
    public async Task The_defaults_of_FuelPHP()
    {
        await using TestApp app = await StartAsync("cookie", drivers: sessions => sessions.UseFuelPhpDefaults());
        foreach (string scheme in new[] { "http", "https" })
        {
            using TestBrowser browser = app.NewBrowser();
            string line = Assert.Single((await GetAsync(browser, "/count", scheme)).SetCookies);
            Assert.Matches($"^fuelcid={Value}; max-age=7560; path=/; {(scheme == "https" ? "secure; " : "")}samesite=lax; httponly$", line);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<TestApp> StartAsync(string driver, Action<FuelSessionsOptions>? configure = null, Action<FuelSessionsBuilder>? drivers = null) => TestApp.StartAsync(
        options =>
        {
            options.Path = _folder.FullName;
            configure?.Invoke(options);
        },
        app =>
        {
            app.MapGet("/count", (Session session) => session.Increment("count").ToString());
            app.MapGet("/look", (Session session) => session.Get<int>("count").ToString());
            app.MapGet("/rotate", (Session session) => { session.Rotate(); });
            app.MapGet("/destroy", (Session session) => { session.Destroy(); });
            app.MapGet("/fill/{length:int}", (Session session, int length) => { session.Set("text", Convert.ToHexString(RandomNumberGenerator.GetBytes(length / 2))); });
            app.MapGet("/length", (Session session) => session.Get<string>("text")!.Length);
            app.MapGet("/token", (Session session) => session.Token);
            app.MapGet("/names", (Session session) => string.Join(
                ' ', session.GetConfig("cookie_name"), Session.Instance("xid") == session, Session.Instance("__Host-xid") == session));
            app.MapGet("/path", (Session session) =>
            {
                try
                {
                    session.SetConfig("cookie_path", "/shop");
                    return "ok";
                }
                catch (ArgumentException error)
                {
                    return error.Message;
                }
            });
        },
        drivers,
        before: app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto }),
        configuration: [new("FuelSessions:Driver", driver)]);

    private static Task<TestResponse> GetAsync(TestBrowser browser, string path, string scheme) =>
        browser.SendAsync(HttpMethod.Get, path, edit: request => request.Headers.Add("X-Forwarded-Proto", scheme));

    private static X509Certificate2 SelfSigned()
    {
        using RSA key = RSA.Create(2048);
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(from, from.AddDays(2));
    }

    /// <summary>What is read ahead has been taken for a request over http, and what is used is one over https: a visitor would have a session for some of the pages, and another one for the others.</summary>
    [Fact]
    public async Task A_scheme_that_comes_too_late_makes_no_second_session_and_is_told_of_once()
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto });
                a.MapGet("/count", (Session s) => s.Increment("counter").ToString());
                a.MapGet("/late", (HttpContext context) => context.RequestServices.GetRequiredService<ISessionStore>().Current.Increment("counter").ToString());
            });
        using TestBrowser browser = app.NewBrowser();
        string[] counts = [await CountAsync("/count"), await CountAsync("/late"), await CountAsync("/late"), await CountAsync("/count")];
        Assert.Equal(["1", "2", "3", "4"], counts);
        Assert.Single(app.Logs.Lines, line => line.Id == 129 && line.Text.Contains("UseForwardedHeaders", StringComparison.Ordinal));

        async Task<string> CountAsync(string path)
        {
            TestResponse response = await GetAsync(browser, path, "https");
            Assert.All(response.SetCookies, cookie => Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal));
            return response.Body;
        }
    }

    /// <summary>Nothing fails, and everybody has a new session with each request: the app's developer is to be told.</summary>
    [Theory]
    [InlineData(CookieSecurePolicy.Always, SameSiteMode.Lax, "shop.example", false, true)]
    [InlineData(CookieSecurePolicy.Always, SameSiteMode.Lax, "shop.example", true, false)]
    [InlineData(CookieSecurePolicy.Always, SameSiteMode.Lax, "localhost:5000", false, false)]
    [InlineData(CookieSecurePolicy.Always, SameSiteMode.Lax, "shop.localhost", false, false)]
    [InlineData(CookieSecurePolicy.Always, SameSiteMode.Lax, "[::1]:5000", false, false)]
    [InlineData(CookieSecurePolicy.SameAsRequest, SameSiteMode.Lax, "shop.example", false, false)]
    [InlineData(CookieSecurePolicy.SameAsRequest, SameSiteMode.None, "localhost", false, true)]
    [InlineData(CookieSecurePolicy.SameAsRequest, SameSiteMode.None, "shop.example", true, true)]
    public async Task A_cookie_that_browsers_drop_is_told_of_once(CookieSecurePolicy secure, SameSiteMode sameSite, string host, bool isForwarded, bool isDropped)
    {
        await using TestApp app = await TestApp.StartAsync(
            o => (o.CookieSecure, o.CookieSameSite) = (secure, sameSite),
            web => web.MapGet("/", (Session session) => session.Increment("visits")));
        for (int visit = 0; visit < 2; visit++)
        {
            using TestBrowser browser = app.NewBrowser();
            await browser.SendAsync(HttpMethod.Get, "/", edit: request =>
            {
                request.Headers.Host = host;
                if (isForwarded)
                {
                    request.Headers.Add("X-Forwarded-Proto", "https");
                }
            });
        }

        Assert.Equal(isDropped ? 1 : 0, app.Logs.Lines.Count(line => line.Id == 128));
    }

    [Theory]
    [InlineData("example.org", "localhost:5000", null, true)]
    [InlineData("example.org", "notexample.org", null, true)]
    [InlineData("shop.example.org", "example.org", null, true)]
    [InlineData("0.0.1", "127.0.0.1", null, true)]
    [InlineData("example.org", "localhost:5000", "X-Forwarded-For", false)]
    [InlineData("example.org", "example.org", null, false)]
    [InlineData("example.org", "Shop.Example.ORG:8080", null, false)]
    [InlineData(".example.org", "shop.example.org", null, false)]
    [InlineData("127.0.0.1", "127.0.0.1:5000", null, false)]
    public async Task A_cookie_of_another_host_s_domain_is_told_of_once(string domain, string host, string? proxied, bool isDropped)
    {
        await using TestApp app = await TestApp.StartAsync(o => o.CookieDomain = domain, web => web.MapGet("/", (Session session) => session.Increment("visits")));
        for (int visit = 0; visit < 2; visit++)
        {
            using TestBrowser browser = app.NewBrowser();
            await browser.SendAsync(HttpMethod.Get, "/", edit: request =>
            {
                request.Headers.Host = host;
                if (proxied is not null)
                {
                    request.Headers.Add(proxied, "203.0.113.7");
                }
            });
        }

        Assert.Equal(isDropped ? 1 : 0, app.Logs.Lines.Count(line => line.Id == 128));
    }
}
