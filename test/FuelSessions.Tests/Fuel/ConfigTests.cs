using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FuelSessions.Tests.Fuel;

/// <summary>Settings by FuelPHP's names and by ours: defaults, forms, and what holds for how long.</summary>
public class ConfigTests
{
    // FuelPHP's name, ours, the default in FuelPHP's form, the default in ours.
    public static TheoryData<string?, string, object?, object?> Settings() => new()
    {
        { "driver", "Driver", "memory", "memory" },
        { "auto_initialize", "AutoInitialize", true, true },
        { "match_ip", "MatchIp", false, false },
        { "match_ua", "MatchUserAgent", "IgnoringVersions", UserAgentMatching.IgnoringVersions },
        { "cookie_domain", "CookieDomain", "", null },
        { "cookie_path", "CookiePath", "/", "/" },
        { "cookie_http_only", "CookieHttpOnly", true, true },
        { "cookie_same_site", "CookieSameSite", "Lax", SameSiteMode.Lax },
        { null, "CookieSecure", null, CookieSecurePolicy.SameAsRequest },
        { null, "CookiePartitioned", null, false },
        { "encrypt_cookie", "EncryptCookie", true, true },
        { "expire_on_close", "ExpireOnClose", true, true },
        { "expiration_time", "ExpirationTime", 7200, TimeSpan.FromHours(2) },
        { null, "AbsoluteExpiration", null, null },
        { null, "TouchInterval", null, null },
        { "rotation_time", "RotationTime", 300, TimeSpan.FromMinutes(5) },
        { null, "PreviousIdGrace", null, TimeSpan.FromSeconds(60) },
        { null, "OnStaleId", null, StaleIdAction.Ignore },
        { "flash_id", "FlashId", "flash", "flash" },
        { "flash_auto_expire", "FlashAutoExpire", true, true },
        { "flash_expire_after_get", "FlashExpireAfterGet", true, true },
        { "post_cookie_name", "PostFieldName", "", null },
        { "http_header_name", "HeaderName", "", null },
        { null, "QueryParameterName", null, null },
        { "enable_cookie", "EnableCookie", true, true },
        { null, "TokenLifetime", null, null },
        { "native_emulation", "NativeEmulation", false, false },
        { "cookie_name", "CookieName", "xid", "xid" },
        { null, "SaveOnError", null, false },
        { null, "OnStoreFailure", null, StoreFailureAction.Throw },
        { null, "StoreTimeout", null, TimeSpan.FromSeconds(5) },
        { null, "MaxPayloadBytes", null, 1048576 },
        { "table", "Table", "sessions", "sessions" },
        { null, "GcInterval", null, TimeSpan.FromMinutes(10) },
        { null, "MaxSessions", null, 100_000 },
        { null, "NewSessionsPerMinute", null, null },
    };

    [Theory, MemberData(nameof(Settings))]
    public async Task EverySettingHasItsDefaultUnderBothNames(string? fuel, string name, object? fuelDefault, object? netDefault)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Assert.Equal(netDefault, s.GetConfig(name));
            if (fuel is not null)
            {
                Assert.Equal(fuelDefault, s.GetConfig(fuel));
            }
        });
    }

    // Name, what is set, what is then found under FuelPHP's name and under ours.
    public static TheoryData<string, object?, string, object?, string, object?> Changes() => new()
    {
        { "expiration_time", 60, "expiration_time", 60, "ExpirationTime", TimeSpan.FromMinutes(1) },
        { "expiration_time", 60L, "expiration_time", 60, "ExpirationTime", TimeSpan.FromMinutes(1) },
        { "expiration_time", "60", "expiration_time", 60, "ExpirationTime", TimeSpan.FromMinutes(1) },
        { "expiration_time", 1.5, "expiration_time", 1.5, "ExpirationTime", TimeSpan.FromSeconds(1.5) },
        { "expiration_time", TimeSpan.FromMinutes(1), "expiration_time", 60, "ExpirationTime", TimeSpan.FromMinutes(1) },
        { "ExpirationTime", TimeSpan.FromMinutes(1), "expiration_time", 60, "ExpirationTime", TimeSpan.FromMinutes(1) },
        { "ExpirationTime", "00:01:00", "expiration_time", 60, "ExpirationTime", TimeSpan.FromMinutes(1) },
        { "ExpirationTime", "1.02:03:04", "expiration_time", 93784, "ExpirationTime", new TimeSpan(1, 2, 3, 4) },
        { "ExpirationTime", "1.00:00", "expiration_time", 86400, "ExpirationTime", TimeSpan.FromDays(1) },
        { "ExpirationTime", "24:00:00:00", "expiration_time", 2073600, "ExpirationTime", TimeSpan.FromDays(24) },
        { "ExpirationTime", "23:59:59", "expiration_time", 86399, "ExpirationTime", new TimeSpan(23, 59, 59) },
        { "ExpirationTime", "23:59", "expiration_time", 86340, "ExpirationTime", new TimeSpan(23, 59, 0) },
        { "expiration_time", "1.00:00:00", "expiration_time", 86400, "ExpirationTime", TimeSpan.FromDays(1) },
        { "AbsoluteExpiration", "-00:00:00.0010000", "AbsoluteExpiration", Timeout.InfiniteTimeSpan, "AbsoluteExpiration", Timeout.InfiniteTimeSpan },
        { "rotation_time", 30, "rotation_time", 30, "RotationTime", TimeSpan.FromSeconds(30) },
        { "rotation_time", false, "rotation_time", false, "RotationTime", null },
        { "rotation_time", "off", "rotation_time", false, "RotationTime", null },
        { "rotation_time", "No", "rotation_time", false, "RotationTime", null },
        { "RotationTime", null, "rotation_time", false, "RotationTime", null },
        { "match_ua", true, "match_ua", true, "MatchUserAgent", UserAgentMatching.Exact },
        { "match_ua", false, "match_ua", false, "MatchUserAgent", UserAgentMatching.Off },
        { "match_ua", "ignoringversions", "match_ua", "IgnoringVersions", "MatchUserAgent", UserAgentMatching.IgnoringVersions },
        { "MatchUserAgent", UserAgentMatching.Exact, "match_ua", true, "MatchUserAgent", UserAgentMatching.Exact },
        { "match_ip", 1, "match_ip", true, "MatchIp", true },
        { "cookie_same_site", "strict", "cookie_same_site", "Strict", "CookieSameSite", SameSiteMode.Strict },
        { "cookie_domain", "", "cookie_domain", "", "CookieDomain", null },
        { "cookie_path", "", "cookie_path", "/", "CookiePath", "/" },
        { "match_ua", "on", "match_ua", true, "MatchUserAgent", UserAgentMatching.Exact },
        { "match_ua", "No", "match_ua", false, "MatchUserAgent", UserAgentMatching.Off },
        { "cookie_domain", "example.org", "cookie_domain", "example.org", "CookieDomain", "example.org" },
        { "cookie_http_only", "false", "cookie_http_only", false, "CookieHttpOnly", false },
        { "post_cookie_name", "sid", "post_cookie_name", "sid", "PostFieldName", "sid" },
        { "http_header_name", "Session-Id", "http_header_name", "Session-Id", "HeaderName", "Session-Id" },
        { "flash_id", "x", "flash_id", "x", "FlashId", "x" },
        { "flash_auto_expire", false, "flash_auto_expire", false, "FlashAutoExpire", false },
        { "flash_expire_after_get", false, "flash_expire_after_get", false, "FlashExpireAfterGet", false },
        { "enable_cookie", false, "enable_cookie", false, "EnableCookie", false },
        { "expire_on_close", false, "expire_on_close", false, "ExpireOnClose", false },
        { "auto_initialize", "on", "auto_initialize", true, "AutoInitialize", true },
        { "match_ip", "on", "match_ip", true, "MatchIp", true },
        { "match_ip", "Yes", "match_ip", true, "MatchIp", true },
        { "AbsoluteExpiration", "08:00:00", "AbsoluteExpiration", TimeSpan.FromHours(8), "AbsoluteExpiration", TimeSpan.FromHours(8) },
        { "AbsoluteExpiration", false, "AbsoluteExpiration", Timeout.InfiniteTimeSpan, "AbsoluteExpiration", Timeout.InfiniteTimeSpan },
        { "AbsoluteExpiration", "false", "AbsoluteExpiration", Timeout.InfiniteTimeSpan, "AbsoluteExpiration", Timeout.InfiniteTimeSpan },
        { "AbsoluteExpiration", null, "AbsoluteExpiration", null, "AbsoluteExpiration", null },
        { "cookie_http_only", "off", "cookie_http_only", false, "CookieHttpOnly", false },
        { "cookie_http_only", "no", "cookie_http_only", false, "CookieHttpOnly", false },
    };

    [Theory]
    [InlineData("expiration_tim", "expiration_time")]
    [InlineData("CookiName", "CookieName")]
    [InlineData("weight", null)]
    [InlineData("ttl", null)]
    [InlineData("tabel", "Table")]
    public async Task AnUnknownNameSuggestsOnlyWhatIsNear(string name, string? meant)
    {
        await using Site site = await Site.StartAsync("memory");
        string message = await site.Visit(s => Assert.Throws<ArgumentException>(() => s.SetConfig(name, 1)).Message);
        Assert.Equal(meant is not null, message.Contains("Did you mean", StringComparison.Ordinal));
        Assert.Contains(meant is null ? $"'{name}'" : $"'{meant}'", message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task SetConfigTakesTheFormOfEitherName(string name, object? value, string fuel, object? fuelValue, string own, object? ownValue)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Assert.Same(s, s.SetConfig(name, value));
            Assert.Equal(fuelValue, s.GetConfig(fuel));
            Assert.Equal(ownValue, s.GetConfig(own));
        });
    }

    [Theory]
    [InlineData("expiration_time", 0)]
    [InlineData("expiration_time", -1)]
    [InlineData("expiration_time", null)]
    [InlineData("expiration_time", "")]
    [InlineData("match_ip", null)]
    [InlineData("match_ua", "")]
    [InlineData("flash_id", "")]
    [InlineData("RotationTime", "")]
    [InlineData("AbsoluteExpiration", "")]
    [InlineData("MaxSessionsPerPrincipal", "")]
    [InlineData("expiration_time", false)]
    [InlineData("expiration_time", double.NaN)]
    [InlineData("expiration_time", double.PositiveInfinity)]
    [InlineData("expiration_time", long.MaxValue)]
    [InlineData("expiration_time", "1 hour")]
    [InlineData("ExpirationTime", 60)]
    [InlineData("ExpirationTime", "60")]
    [InlineData("ExpirationTime", "00:00:00")]
    [InlineData("ExpirationTime", "24:00:00")]
    [InlineData("ExpirationTime", "24:00")]
    [InlineData("ExpirationTime", " 30:00:00 ")]
    [InlineData("ExpirationTime", "24:00:00.5")]
    [InlineData("expiration_time", "48:00:00")]
    [InlineData("AbsoluteExpiration", "48:00:00")]
    [InlineData("RotationTime", "24:00:00")]
    [InlineData("StoreTimeout", "24:00:00")]
    [InlineData("match_ua", 7)]
    [InlineData("match_ua", "sometimes")]
    [InlineData("cookie_same_site", "lenient")]
    [InlineData("cookie_same_site", 99)]
    [InlineData("cookie_path", "x")]
    [InlineData("cookie_domain", 5)]
    [InlineData("http_header_name", "a b")]
    [InlineData("flash_id", 5)]
    [InlineData("MaxPayloadBytes", 1)]
    [InlineData("unknown", 1)]
    [InlineData("", 1)]
    public async Task SetConfigRefusesWhatIsUnknownOrNotAllowedAndChangesNothing(string name, object? value)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            object? before = s.GetConfig(name);
            Assert.Throws<ArgumentException>(() => s.SetConfig(name, value));
            Assert.Equal(before, s.GetConfig(name));
        });
    }

    // What FuelPHP replaces by its default, or has no meaning here.
    public static TheoryData<string, object?> Replaced() => new()
    {
        { "rotation_time", 0 },
        { "rotation_time", -5 },
        { "rotation_time", "0" },
        { "rotation_time", null },
        { "rotation_time", "" },
        { "cookie_same_site", "" },
        { "cookie_same_site", null },
        { "gc_probability", 5 },
        { "auto_start", true },
        { "database", "default" },
    };

    [Theory, MemberData(nameof(Replaced))]
    public async Task WhatFuelPhpReplacesChangesNothingAndIsToldOnce(string name, object? value)
    {
        await using Site site = await Site.StartAsync("memory");
        for (int i = 0; i < 2; i++)
        {
            await site.Visit(s =>
            {
                object? before = s.GetConfig(name);
                Assert.Same(s, s.SetConfig(name, value));
                Assert.Equal(before, s.GetConfig(name));
                Session forged = Session.Forge(new Dictionary<string, object?> { ["driver"] = "file", [name] = value });
                Assert.Equal(before, forged.GetConfig(name));
            });
        }

        Assert.Contains($"'{name}'", Assert.Single(site.App.Logs.Lines, line => line.Id == 151).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rotation_time", "0")]
    [InlineData("rotation_time", "-300")]
    [InlineData("rotation_time", "")]
    [InlineData("rotation_time", null)]
    [InlineData("cookie_name", "")]
    [InlineData("cookie_same_site", "")]
    [InlineData("gc_probability", "5")]
    public async Task InAConfigurationFileItStopsNoApp(string name, string? value)
    {
        await using Site site = await Site.StartAsync("memory", configuration: [new($"FuelSessions:{name}", value), new("FuelSessions:file:flash_id", "f")]);
        Assert.Contains($"'FuelSessions:{name}'", Assert.Single(site.App.Logs.Lines, line => line.Id == 151).Text, StringComparison.Ordinal);
        await site.Visit(s =>
        {
            Assert.Equal(TimeSpan.FromMinutes(5), s.Options.RotationTime);
            Assert.Equal(("xid", SameSiteMode.Lax, "flash"), (s.Options.CookieName, s.Options.CookieSameSite, s.FlashId));
            Assert.False(s.Options.MatchIp);
        });
    }

    [Fact]
    public async Task TheSameUnderItsOwnNameStopsTheApp()
    {
        foreach ((string name, string value) in new[] { ("RotationTime", "00:00:00"), ("CookieSameSite", ""), ("MatchIp", "on"), ("FlashId", "") })
        {
            OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => Site.StartAsync("memory", configuration: [new($"FuelSessions:{name}", value)]));
            Assert.Single(error.Failures);
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("RotationTime", "false (off)")]
    [InlineData("AbsoluteExpiration", "false (never)")]
    [InlineData("TouchInterval", "false (its default)")]
    [InlineData("TokenLifetime", "false (as ExpirationTime)")]
    [InlineData("MaxSessionsPerPrincipal", "false (any number)")]
    [InlineData("NewSessionsPerMinute", "false (any number)")]
    [InlineData("ExpirationTime", "a time span")]
    [InlineData("file:RotationTime", "false (off)")]
    public async Task WhatIsMissingByMistakeSwitchesNothingOff(string name, string said)
    {
        foreach (string? value in new[] { "", null })
        {
            OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => Site.StartAsync("memory", configuration: [new($"FuelSessions:{name}", value)]));
            Assert.Contains($"'{name.Split(':')[^1]}' is '{value ?? "null"}'", Assert.Single(error.Failures), StringComparison.Ordinal);
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatCanBeSwitchedOffIsSoByFalse()
    {
        string[] names = ["RotationTime", "AbsoluteExpiration", "TouchInterval", "TokenLifetime", "MaxSessionsPerPrincipal", "NewSessionsPerMinute"];
        await using Site site = await Site.StartAsync("memory", configuration: [.. names.Select(name => KeyValuePair.Create($"FuelSessions:{name}", (string?)"False"))]);
        await site.Visit(s => Assert.All(names, name => Assert.Equal(name == "AbsoluteExpiration" ? Timeout.InfiniteTimeSpan : null, s.GetConfig(name))));
    }

    [Fact]
    public async Task AMistakeThatAllDriversShareIsToldOnce()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => Site.StartAsync("memory", o => o.PreviousIdGrace = TimeSpan.FromDays(2)));
        Assert.DoesNotContain("driver", Assert.Single(error.Failures), StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<OptionsValidationException>(() => Site.StartAsync("memory", configuration: [new("FuelSessions:file:CookiePath", "x"), new("FuelSessions:memory:CookiePath", "x")]));
        Assert.Contains("'file', 'memory'", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetConfigOfAnUnknownNameIsNull()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => Assert.All(["unknown", "", "gc_probability", "auto_start", "servers", "expiration-time"], name => Assert.Null(s.GetConfig(name))));
    }

    [Theory]
    [InlineData("driver", "file")]
    [InlineData("cookie_name", "other")]
    [InlineData("CookieName", "other")]
    public async Task WhatTheNextRequestWouldNotFindCannotBeChanged(string name, string value)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => Assert.Throws<InvalidOperationException>(() => s.SetConfig(name, value)));
    }

    [Fact]
    public async Task OptionsAreACopy()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            s.Options.FlashId = "other";
            Assert.Equal("flash", s.FlashId);
        });
    }

    [Theory, EveryDriver]
    public async Task SetConfigHoldsForThisRequestOnly(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetConfig("enable_cookie", false).SetConfig("flash_id", "other").Set("a", 1));
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s =>
        {
            Assert.Equal("flash", s.FlashId);
            Assert.Equal(true, s.GetConfig("enable_cookie"));
            s.SetConfig("cookie_http_only", false).SetConfig("cookie_same_site", "Strict").SetConfig("cookie_path", "/").Set("a", 2);
        });
        string header = Assert.Single(site.Last.SetCookies).ToLowerInvariant();
        Assert.DoesNotContain("httponly", header, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", header, StringComparison.Ordinal);
    }

    [Theory]
    [EveryDriver("expire_on_close", false, "max-age", true)]
    [EveryDriver("ExpireOnClose", false, "max-age", true)]
    [EveryDriver("cookie_path", "/shop", "path=/shop", true)]
    [EveryDriver("cookie_domain", "example.org", "domain=example.org", true)]
    [EveryDriver("cookie_http_only", false, "httponly", false)]
    [EveryDriver("cookie_same_site", "Strict", "samesite=strict", true)]
    public async Task ACookiesSettingChangesTheCookieOfThatResponse(string driver, string name, object value, string part, bool isThere)
    {
        await using Site site = await Site.StartAsync(driver);
        string? id = await site.Visit(s => s.Set("a", 1).Id);
        await site.Visit(s => s.SetConfig(name, s.GetConfig(name)));
        Assert.Empty(site.Last.SetCookies);
        for (int i = 0; i < 2; i++)
        {
            // Once with nothing else to do, and once when the session is also kept alive.
            await site.Visit(s => s.SetConfig(name, value));
            Assert.Equal(isThere, Assert.Single(site.Last.SetCookies).Contains(part, StringComparison.OrdinalIgnoreCase));
            Assert.Equal((id, 1), await site.Visit(s => (s.Id, s.Get<int>("a"))));
            Assert.Empty(site.Last.SetCookies);
            site.Clock.Advance(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public async Task ACookieThatIsSentOnceMoreCarriesTheIdThatIsCurrentByThen()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("a", 1));
        string? rotated = null;
        await site.VisitAsync(async s =>
        {
            s.SetConfig("cookie_http_only", false);
            await site.Beside(other => rotated = other.Rotate().Id);
        });
        Assert.Single(site.Last.SetCookies);
        Assert.Equal(rotated, await site.Visit(s => s.Id));
    }

    [Theory]
    [EveryDriver("expiration_time", 600)]
    [EveryDriver("ExpirationTime", "00:10:00")]
    public async Task AnExpirationTimeSetByConfigHoldsForThatSessionFromThenOn(string driver, string name, object value)
    {
        foreach (bool isNew in new[] { true, false })
        {
            await using Site site = await Site.StartAsync(driver);
            await site.Visit(s => (isNew ? s : s.Set("a", 0)).Get<int>("a"));
            await site.Visit(s => s.Set("a", 1).SetConfig(name, value));
            for (int i = 0; i < 3; i++)
            {
                site.Clock.Advance(TimeSpan.FromMinutes(9));
                Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
            }

            site.Clock.Advance(TimeSpan.FromMinutes(12));
            Assert.Empty(await site.Visit(s => s.All()));
        }
    }

    [Theory, EveryDriver]
    public async Task AnExpirationTimeCanBeMadeLongerAndSetBackToTheConfiguredOne(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).SetConfig("expiration_time", 86400));
        site.Clock.Advance(TimeSpan.FromHours(20));
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
        await site.Visit(s => s.SetConfig("flash_id", "other"));
        site.Clock.Advance(TimeSpan.FromHours(20));
        await site.Visit(s => Assert.Equal(1, s.SetConfig("expiration_time", 7200).Get<int>("a")));
        site.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Empty(await site.Visit(s => s.All()));
    }

    [Theory, EveryDriver]
    public async Task AResetForgetsTheExpirationTimeToo(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        await site.Visit(s => s.SetConfig("expiration_time", 60).Reset());
        site.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    [Fact]
    public async Task ADriversSectionOverridesGlobalSettingsInEitherForm()
    {
        await using Site site = await Site.StartAsync(
            "memory",
            configuration:
            [
                new("FuelSessions:expiration_time", "600"),
                new("FuelSessions:FlashId", "global"),
                new("FuelSessions:memory:ExpirationTime", "00:05:00"),
                new("FuelSessions:memory:cookie_name", "mem"),
                new("FuelSessions:FILE:flash_id", "file"),
                new("FuelSessions:file:rotation_time", "false"),
                new("FuelSessions:file:match_ua", "true"),
            ]);
        await site.Visit(s =>
        {
            Assert.Equal(300, s.GetConfig("expiration_time"));
            Assert.Equal("mem", s.GetConfig("cookie_name"));
            Assert.Equal("global", s.FlashId);
            Session file = Session.Forge("file");
            Assert.Equal(600, file.GetConfig("expiration_time"));
            Assert.Equal("fid", file.GetConfig("cookie_name"));
            Assert.Equal("file", file.FlashId);
            Assert.Equal(false, file.GetConfig("rotation_time"));
            Assert.Equal(true, file.GetConfig("match_ua"));
            Assert.Equal("cid", Session.Forge("cookie").GetConfig("cookie_name"));
            Assert.Equal(16 * 1024, Session.Forge("cookie").GetConfig("MaxPayloadBytes"));
        });
    }

    [Theory]
    [InlineData("FuelSessions:expiration_tme", "5", "expiration_time")]
    [InlineData("FuelSessions:expiration_time", "0", "ExpirationTime")]
    [InlineData("FuelSessions:file:expiration_time", "-1", "ExpirationTime")]
    [InlineData("FuelSessions:ExpirationTime", "600", "ExpirationTime")]
    [InlineData("FuelSessions:memory:driver", "file", "driver")]
    [InlineData("FuelSessions:file:CookieName", "xid", "xid")]
    [InlineData("FuelSessions:memory:match_ip", "perhaps", "match_ip")]
    public async Task WhatCannotWorkIsRefusedAtStartUpByName(string key, string value, string named)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => Site.StartAsync("memory", configuration: [new(key, value)]));
        Assert.Contains(named, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ADefaultDriverThatIsNotRegisteredIsRefusedAtStartUp()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => Site.StartAsync("redis"));
        Assert.Contains("AddRedisDriver", error.Message, StringComparison.Ordinal);
    }
}
