using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Hosting;

/// <summary>Bad configuration stops the app at its start, with a message that names the setting, its value and what is allowed.</summary>
public class StartupTests
{
    public static TheoryData<string, string, string[]> BadConfiguration => new()
    {
        { "FuelSessions:ExpirationTime", "00:00:00", ["ExpirationTime", "00:00:00", "allowed: 00:00:01"] },
        { "FuelSessions:ExpirationTime", "-02:00:00", ["ExpirationTime", "-02:00:00", "allowed"] },
        { "FuelSessions:ExpirationTime", "24:00:00", ["ExpirationTime", "'24:00:00'", "allowed", "1.00:00:00 (24 hours", "24 days are 24.00:00:00"] },
        { "FuelSessions:expiration_time", "48:00:00", ["expiration_time", "'48:00:00'", "1.00:00:00 (24 hours", "seconds"] },
        { "FuelSessions:AbsoluteExpiration", "30:00:00", ["AbsoluteExpiration", "'30:00:00'", "1.00:00:00 (24 hours", "false"] },
        { "FuelSessions:File:PreviousIdGrace", "24:00", ["FuelSessions:file:PreviousIdGrace", "'24:00'", "1.00:00:00 (24 hours"] },
        { "FuelSessions:expiration_time", "0", ["ExpirationTime", "00:00:00", "allowed"] },
        { "FuelSessions:expiration_time", "soon", ["expiration_time", "soon", "allowed", "seconds"] },
        { "FuelSessions:RotationTime", "-00:05:00", ["RotationTime", "-00:05:00", "allowed"] },
        { "FuelSessions:RotationTime", "00:00:00", ["RotationTime", "00:00:00", "allowed"] },
        { "FuelSessions:RotationTime", "300", ["RotationTime", "300", "00:05:00"] },
        { "FuelSessions:AbsoluteExpiration", "00:00:00", ["AbsoluteExpiration", "00:00:00", "allowed"] },
        { "FuelSessions:PreviousIdGrace", "-00:00:01", ["PreviousIdGrace", "-00:00:01", "allowed"] },
        { "FuelSessions:StoreTimeout", "00:00:00", ["StoreTimeout", "00:00:00", "allowed"] },
        { "FuelSessions:GcInterval", "-00:00:01", ["GcInterval", "-00:00:01", "allowed"] },
        { "FuelSessions:TokenLifetime", "00:00:00", ["TokenLifetime", "00:00:00", "allowed"] },
        { "FuelSessions:TouchInterval", "-00:00:01", ["TouchInterval", "-00:00:01", "allowed"] },
        { "FuelSessions:CookieSameSite", "Sideways", ["CookieSameSite", "Sideways", "Lax", "Strict"] },
        { "FuelSessions:cookie_same_site", "7", ["cookie_same_site", "7", "Lax"] },
        { "FuelSessions:CookieSecure", "Sometimes", ["CookieSecure", "Sometimes", "Always"] },
        { "FuelSessions:AbsoluteExpiration", "-00:00:01", ["AbsoluteExpiration", "-00:00:01", "false (never)"] },
        { "FuelSessions:CookieName", "my sid", ["CookieName", "my sid", "allowed"] },
        { "FuelSessions:CookieName", "sid;", ["CookieName", "sid;", "allowed"] },
        { "FuelSessions:CookiePath", "shop", ["CookiePath", "shop", "'/'"] },
        { "FuelSessions:CookieHttpOnly", "maybe", ["CookieHttpOnly", "maybe", "true, false"] },
        { "FuelSessions:MatchUserAgent", "Roughly", ["MatchUserAgent", "Roughly", "IgnoringVersions"] },
        { "FuelSessions:OnStaleId", "Panic", ["OnStaleId", "Panic", "Ignore, Destroy"] },
        { "FuelSessions:HeaderName", "X Session", ["HeaderName", "X Session", "allowed"] },
        { "FuelSessions:HeaderName", "Cookie", ["HeaderName", "Cookie", "such as Session-Id"] },
        { "FuelSessions:HeaderName", "authorization", ["HeaderName", "authorization", "such as Session-Id"] },
        { "FuelSessions:HeaderName", "Set-Cookie", ["HeaderName", "Set-Cookie", "such as Session-Id"] },
        { "FuelSessions:HeaderName", "Host", ["HeaderName", "Host", "such as Session-Id"] },
        { "FuelSessions:MaxPayloadBytes", "10", ["MaxPayloadBytes", "10", "1024"] },
        { "FuelSessions:MaxSessions", "0", ["MaxSessions", "0", "1 or more"] },
        { "FuelSessions:MaxSessionsPerPrincipal", "0", ["MaxSessionsPerPrincipal", "0", "1 or more"] },
        { "FuelSessions:OnTooManySessions", "Queue", ["OnTooManySessions", "Queue", "EndOldest, RefuseSignIn"] },
        { "FuelSessions:NewSessionsPerMinute", "0", ["NewSessionsPerMinute", "0", "1 or more"] },
        { "FuelSessions:NewSessionsPerMinute", "many", ["NewSessionsPerMinute", "many", "whole number"] },
        { "FuelSessions:Driver", "etcd", ["Driver", "etcd", "cookie, file, memory"] },
        { "FuelSessions:Driver", "redis", ["Driver", "redis", "AddRedisDriver"] },
        { "FuelSessions:Driver", "db", ["Driver", "db", "AddDbDriver"] },
        { "FuelSessions:RotatonTime", "00:05:00", ["FuelSessions:RotatonTime", "RotationTime"] },
        { "FuelSessions:File:CookieSameSite", "Sideways", ["FuelSessions:file:CookieSameSite", "Sideways", "Lax"] },
        { "FuelSessions:File:Driver", "cookie", ["FuelSessions:file:Driver"] },
        { "FuelSessions:File:CookieName", "xid", ["CookieName", "xid", "'file'", "'memory'"] },
        { "FuelSessions:Driver", "fiel", ["Driver", "fiel", "Did you mean 'file'?"] },
        { "FuelSessions:RotationTime:Minutes", "5", ["FuelSessions:RotationTime'", "'RotationTime' is an object or a list", "00:05:00"] },
        { "FuelSessions:rotation_time:minutes", "5", ["FuelSessions:rotation_time'", "an object or a list", "seconds"] },
        { "FuelSessions:RotatonTime:Minutes", "5", ["FuelSessions:RotatonTime'", "Did you mean 'RotationTime'?"] },
        { "FuelSessions:File:CookiName:0", "sid", ["FuelSessions:file:CookiName'", "Did you mean 'CookieName'?"] },
        { "FuelSessions:CookieName:0", "sid", ["FuelSessions:CookieName'", "an object or a list", "allowed: text"] },
        { "FuelSessions:File:CookieName:0", "sid", ["FuelSessions:file:CookieName'", "an object or a list", "allowed: text"] },
        { "FuelSessions:Fiel:Path", "/tmp/x", ["FuelSessions:Fiel'", "'Fiel'", "Did you mean 'file'?"] },
        { "FuelSessions:Memcache:Servers:0", "cache1", ["FuelSessions:Memcache'", "Did you mean 'memcached'?"] },
        { "FuelSessions:File", "", ["FuelSessions:File'", "it is a value", "'FuelSessions:File:CookieName'"] },
        { "FuelSessions:Redis", "localhost", ["FuelSessions:Redis'", "it is a value", "'FuelSessions:Redis:CookieName'"] },
        { "FuelSessions:File:TabelName", "x", ["FuelSessions:file:TabelName"] },
    };

    [Theory]
    [MemberData(nameof(BadConfiguration))]
    public async Task Bad_configuration_stops_the_app(string key, string value, string[] said)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(configuration: [KeyValuePair.Create(key, (string?)value)]));
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.OrdinalIgnoreCase));
    }

    public static TheoryData<Action<FuelSessionsOptions>, string[]> BadCode => new()
    {
        { o => o.ExpirationTime = TimeSpan.Zero, ["ExpirationTime", "00:00:00"] },
        { o => o.CookieSameSite = (SameSiteMode)99, ["CookieSameSite", "99", "Lax"] },
        { o => { o.CookieName = "__Host-sid"; o.CookieDomain = "example.org"; }, ["CookieDomain", "example.org", "__Host-sid"] },
        { o => { o.CookieName = "__Host-sid"; o.CookiePath = "/shop"; }, ["CookiePath", "/shop", "__Host-sid"] },
        { o => { o.CookieName = "__Secure-sid"; o.CookieSecure = CookieSecurePolicy.None; }, ["CookieSecure", "None", "__Secure-sid"] },
        { o => { o.CookieSameSite = SameSiteMode.None; o.CookieSecure = CookieSecurePolicy.None; }, ["CookieSecure", "SameSite=None"] },
        { o => o.CookieName = "fid", ["CookieName", "fid", "'file'", "'memory'"] },
        { o => o.CookieName = "__Host-fid", ["CookieName", "__Host-fid", "'file'", "'memory'"] },
        { o => o.CookieName = "", ["CookieName", "''", "allowed"] },
        { o => o.FlashId = "", ["FlashId"] },
        { o => o.Driver = "", ["Driver"] },
    };

    [Theory]
    [MemberData(nameof(BadCode))]
    public async Task Bad_settings_in_code_stop_the_app(Action<FuelSessionsOptions> configure, string[] said)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(configure));
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(o =>
        {
            o.ExpirationTime = TimeSpan.Zero;
            o.CookiePath = "x";
        }));
        Assert.Contains("ExpirationTime", error.Message, StringComparison.Ordinal);
        Assert.Contains("CookiePath", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_without_Add_says_what_to_call()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var app = new Microsoft.AspNetCore.Builder.ApplicationBuilder(services);
        var error = Assert.Throws<InvalidOperationException>(() => Microsoft.AspNetCore.Builder.FuelSessionsApplicationBuilderExtensions.UseFuelSessions(app));
        Assert.Contains("AddFuelSessions", error.Message, StringComparison.Ordinal);
    }

    /// <summary>From two files, one with a value and one with an object: the value would be in force, and the object in vain.</summary>
    [Fact]
    public async Task A_setting_that_has_a_value_and_entries_stops_the_app()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(configuration: [KeyValuePair.Create("FuelSessions:RotationTime", (string?)"00:05:00"), KeyValuePair.Create("FuelSessions:RotationTime:Minutes", (string?)"1")]));
        Assert.Contains("an object or a list", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FuelSessions:Redis:CookieName", "rid")]
    [InlineData("FuelSessions:Acme:Address", "acme1")]
    [InlineData("FuelSessions:Redis2:CookieName", "rid")]
    [InlineData("FuelSessions:S3:Bucket", "sessions")]
    public async Task A_section_for_a_driver_that_is_not_there_is_ignored(string key, string value)
    {
        await using TestApp app = await TestApp.StartAsync(configuration: [KeyValuePair.Create(key, (string?)value)]);
        Assert.Equal("memory", app.Services.GetRequiredService<SessionProfiles>().Default);
    }

    /// <summary>As <c>"File": {}</c> is read.</summary>
    [Theory]
    [InlineData("File")]
    [InlineData("Db")]
    public async Task An_empty_section_of_a_driver_says_nothing(string driver)
    {
        await using TestApp app = await TestApp.StartAsync(configuration: [KeyValuePair.Create($"FuelSessions:{driver}", (string?)null)]);
        Assert.Equal("memory", app.Services.GetRequiredService<SessionProfiles>().Default);
    }

    /// <summary>As <c>"FuelSessions": "file"</c> is read.</summary>
    [Fact]
    public void A_value_in_place_of_the_section_stops_the_app()
    {
        using ServiceProvider services = Configured(new LogRecorder(), ("FuelSessions", "file"));
        string failure = Assert.Single(Assert.Throws<OptionsValidationException>(services.GetRequiredService<SessionProfiles>).Failures);
        Assert.All(["'FuelSessions'", "it is a value", "'FuelSessions:Driver'"], part => Assert.Contains(part, failure, StringComparison.Ordinal));

        // An environment variable of that name beside the section says nothing about sessions.
        using ServiceProvider beside = Configured(new LogRecorder(), ("FuelSessions", "/opt/x"), ("FuelSessions:MatchIp", "true"));
        Assert.True(beside.GetRequiredService<SessionProfiles>().For("memory").MatchIp);
    }

    /// <summary>It may be another library's, so that the app starts.</summary>
    [Theory]
    [InlineData("FuelSession:Driver", 1)]
    [InlineData("FuleSessions:CookieName", 1)]
    [InlineData("FuelSession", 0)]
    [InlineData("Sessions:Driver", 0)]
    public void A_section_with_a_name_near_to_ours_is_told_of_where_there_is_none(string key, int times)
    {
        var logs = new LogRecorder();
        using ServiceProvider services = Configured(logs, (key, "file"));
        _ = services.GetRequiredService<SessionProfiles>().For("file");
        Assert.Equal(times, logs.Lines.Count(line => line.Id == 151 && line.Text.Contains($"'{key.Split(':')[0]}'", StringComparison.Ordinal)));

        var quiet = new LogRecorder();
        using ServiceProvider both = Configured(quiet, (key, "file"), ("FuelSessions:MatchIp", "true"));
        _ = both.GetRequiredService<SessionProfiles>().For("file");
        Assert.DoesNotContain(quiet.Lines, line => line.Id == 151);
    }

    /// <summary>It may be meant to be optional, so that the app starts.</summary>
    [Theory]
    [InlineData("Web:Sessions:MatchIp", 0)]
    [InlineData("Web:Session:MatchIp", 1)]
    [InlineData("FuelSessions:MatchIp", 1)]
    public void A_section_that_the_app_names_and_does_not_have_is_told_of(string key, int times)
    {
        var logs = new LogRecorder();
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)"true")]).Build();
        using ServiceProvider services = new ServiceCollection()
            .AddSingleton(configuration)
            .AddLogging(logging => logging.AddProvider(logs))
            .AddFuelSessions(configuration.GetSection("Web:Sessions"), o => o.Driver = "memory").Services
            .BuildServiceProvider();
        Assert.Equal(times == 0, services.GetRequiredService<SessionProfiles>().For("memory").MatchIp);
        Assert.Equal(times, logs.Lines.Count(line => line.Id == 151 && line.Text.Contains("'Web:Sessions'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_driver_of_the_apps_own_has_its_section_whatever_its_name_is_near_to()
    {
        await using TestApp app = await TestApp.StartAsync(
            drivers: sessions => sessions.AddDriver("files", "a", Never, "Servers").AddDriver("table", "b", Never),
            configuration:
            [
                KeyValuePair.Create("FuelSessions:Files:Servers:0", (string?)"x"),
                KeyValuePair.Create("FuelSessions:Files:FlashId", (string?)"f"),
                KeyValuePair.Create("FuelSessions:Files:Places:0", (string?)"x"),
                KeyValuePair.Create("FuelSessions:Table:FlashId", (string?)"t"),
            ]);
        SessionProfiles profiles = app.Services.GetRequiredService<SessionProfiles>();
        Assert.Equal(("f", "t"), (profiles.For("files").FlashId, profiles.For("table").FlashId));
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(
            drivers: sessions => sessions.AddDriver("acme", "a", Never, "Servers"),
            configuration: [KeyValuePair.Create("FuelSessions:Acme:Severs:0", (string?)"x")]));
        Assert.Contains("Did you mean 'Servers'?", Assert.Single(error.Failures), StringComparison.Ordinal);

        static Drivers.ISessionDriver Never(IServiceProvider services) => throw new NotSupportedException();
    }

    [Fact]
    public async Task Code_wins_over_the_section_and_a_drivers_section_over_both()
    {
        await using TestApp app = await TestApp.StartAsync(
            o =>
            {
                o.Driver = "memory";
                o.RotationTime = TimeSpan.FromMinutes(2);
            },
            configuration:
            [
                KeyValuePair.Create("FuelSessions:RotationTime", (string?)"00:01:00"),
                KeyValuePair.Create("FuelSessions:ExpirationTime", (string?)"03:00:00"),
                KeyValuePair.Create("FuelSessions:CookieName", (string?)"sid"),
                KeyValuePair.Create("FuelSessions:File:rotation_time", (string?)"180"),
                KeyValuePair.Create("FuelSessions:File:CookieName", (string?)"filesid"),
            ],
            services: services => services.Configure<FuelSessionsOptions>("file", o => o.MatchIp = true));
        var profiles = app.Services.GetRequiredService<SessionProfiles>();
        FuelSessionsOptions memory = profiles.For("Memory");
        FuelSessionsOptions file = profiles.For("file");
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromHours(3), "sid", false), (memory.RotationTime, memory.ExpirationTime, memory.CookieName, memory.MatchIp));
        Assert.Equal((TimeSpan.FromMinutes(3), TimeSpan.FromHours(3), "filesid", true), (file.RotationTime, file.ExpirationTime, file.CookieName, file.MatchIp));
        Assert.Equal(("cid", 16 * 1024), (profiles.For("cookie").CookieName, profiles.For("cookie").MaxPayloadBytes));
    }

    [Fact]
    public async Task Rotation_can_be_switched_off_by_configuration()
    {
        await using TestApp app = await TestApp.StartAsync(configuration: [KeyValuePair.Create("FuelSessions:rotation_time", (string?)"false")]);
        Assert.Null(app.Services.GetRequiredService<SessionProfiles>().For("cookie").RotationTime);
    }

    /// <summary>Wherever routing is told to be; a WebApplication that is not told has it first.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("routing sessions endpoints", 0)]
    [InlineData("sessions routing", 1)]
    [InlineData("sessions routing endpoints", 1)]
    [InlineData("branch", 0)]
    public async Task Sessions_before_routing_are_told_of_once(string order, int times)
    {
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            web =>
            {
                if (order == "sessions routing")
                {
                    web.UseRouting();
                }
                else if (order == "sessions routing endpoints")
                {
                    web.UseRouting();
                    web.UseEndpoints(_ => { });
                }
                else if (order == "branch")
                {
                    web.Map("/branch", branch => branch.UseRouting());
                }

                web.MapGet("/", (Session session) => session.Increment("count"));
            },
            before: web =>
            {
                if (order.StartsWith("routing", StringComparison.Ordinal))
                {
                    web.UseRouting();
                }
            });
        using TestBrowser browser = app.NewBrowser();
        Assert.Equal("1", await browser.TextAsync("/"));
        Assert.Equal("2", await browser.TextAsync("/"));
        Assert.Equal(times, app.Logs.Lines.Count(line => line.Id == 124 && line.Text.Contains("UseRouting", StringComparison.Ordinal)));
    }

    private static ServiceProvider Configured(LogRecorder logs, params (string Key, string Value)[] configuration) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build())
        .AddLogging(logging => logging.AddProvider(logs))
        .AddFuelSessions(o => o.Driver = "memory").Services
        .BuildServiceProvider();
}
