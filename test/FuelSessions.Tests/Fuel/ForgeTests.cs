namespace FuelSessions.Tests.Fuel;

/// <summary>Several sessions in one request: which is which, and what can't be.</summary>
public class ForgeTests
{
    [Theory, EveryDriver]
    public async Task TheSameDriverAndCookieNameGiveTheSameInstance(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        for (int i = 0; i < 2; i++)
        {
            await site.Elsewhere(() =>
            {
                Session session = Session.Forge(driver);
                string cookie = session.Options.CookieName;
                Assert.Same(session, Session.Forge());
                Assert.Same(session, Session.Forge(driver.ToUpperInvariant()));
                Assert.Same(session, Session.Current);
                Assert.Same(session, Session.Instance(cookie));
                Assert.Same(session, Session.Forge(o => o.Driver = driver));
                Assert.Same(session, Session.Forge(new Dictionary<string, object?> { ["driver"] = driver, ["cookie_name"] = cookie }));
                Assert.Same(session, Session.Forge(new Dictionary<string, object?>()));
                Assert.Same(session, Session.Forge(new Dictionary<string, object?> { ["driver"] = null }));
            });
        }
    }

    [Fact]
    public async Task AnotherCookieNameIsAnotherSession()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Session admin = Session.Forge(o => o.CookieName = "admin");
            Assert.NotSame(s, admin);
            Assert.Same(admin, Session.Instance("admin"));
            s.Set("a", 1);
            admin.Set("a", 2);
        });
        Assert.Equal(["admin", "xid"], site.Browser.Jar.Keys.Order());
        await site.Visit(s =>
        {
            Assert.Equal(2, Session.Forge(new Dictionary<string, object?> { ["cookie_name"] = "admin" }).Get<int>("a"));
            Assert.Equal(1, s.Get<int>("a"));
        });
    }

    [Fact]
    public async Task AnotherDriverUnderTheSameCookieNameThrowsNamingAllThree()
    {
        await using Site site = await Site.StartAsync("memory");
        for (int i = 0; i < 2; i++)
        {
            await site.Visit(s =>
            {
                Action[] forges =
                [
                    () => Session.Forge(o => (o.Driver, o.CookieName) = ("file", "xid")),
                    () => Session.Forge(new Dictionary<string, object?> { ["driver"] = "file", ["cookie_name"] = "xid" }),
                ];
                foreach (Action forge in forges)
                {
                    InvalidOperationException error = Assert.Throws<InvalidOperationException>(forge);
                    Assert.All(["'memory'", "'file'", "'xid'"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
                }

                s.Increment("visits");
            });
        }

        Assert.Equal(2, await site.Visit(s => s.Get<int>("visits")));
    }

    [Fact]
    public async Task DifferentSettingsInASecondCallThrowNamingTheSetting()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            (string Setting, Action<FuelSessionsOptions> Change)[] changes =
            [
                ("ExpirationTime", o => o.ExpirationTime = TimeSpan.FromHours(1)),
                ("FlashId", o => o.FlashId = "FLASH"),
                ("CookiePath", o => o.CookiePath = "/app"),
                ("RotationTime", o => o.RotationTime = null),
            ];
            foreach ((string setting, Action<FuelSessionsOptions> change) in changes)
            {
                InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Session.Forge(change));
                Assert.Contains($"'{setting}'", error.Message, StringComparison.Ordinal);
            }

            Assert.Throws<InvalidOperationException>(() => Session.Forge(new Dictionary<string, object?> { ["flash_auto_expire"] = false }));
            Session custom = Session.Forge(o => (o.CookieName, o.MatchIp) = ("custom", true));
            Assert.Same(custom, Session.Forge(o => (o.CookieName, o.MatchIp) = ("custom", true)));
            Assert.Throws<InvalidOperationException>(() => Session.Forge(o => o.CookieName = "custom"));
        });
    }

    [Fact]
    public async Task WhatSetConfigChangedIsNoDifferenceToTheSecondCall()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            s.SetConfig("flash_id", "other").SetConfig("expiration_time", 60);
            Assert.Same(s, Session.Forge(_ => { }));
            Assert.Same(s, Session.Forge());
            Assert.Equal("other", Session.Current.FlashId);
        });
    }

    [Fact]
    public async Task InstanceOfNoneIsNull()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Elsewhere(() =>
        {
            Assert.Null(Session.Instance("x"));
            Assert.Null(Session.Instance("xid"));
            Assert.Same(Session.Forge(), Session.Instance("xid"));
            Assert.Null(Session.Instance("FUELXID"));
        });
        await site.Elsewhere(() => Assert.Null(Session.Instance("xid")));
    }

    [Fact]
    public async Task AnUnknownDriverThrowsListingTheRegisteredOnes()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Elsewhere(() =>
        {
            Action[] forges =
            [
                () => Session.Forge("nope"), () => Session.Forge(o => o.Driver = "nope"), () => Session.Forge(new Dictionary<string, object?> { ["driver"] = "nope" }),
            ];
            foreach (Action forge in forges)
            {
                InvalidOperationException error = Assert.Throws<InvalidOperationException>(forge);
                Assert.All(["'nope'", "cookie", "file", "memory"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
            }
        });
    }

    [Fact]
    public async Task SessionsOfDifferentDriversAreIndependent()
    {
        await using Site site = await Site.StartAsync("db");
        string[] drivers = [.. Drivers.Names];
        string?[] ids = await site.Elsewhere(() => drivers.Select(driver => Session.Forge(driver).Set("who", driver).SetFlash("m", driver).Id).ToArray());
        Assert.Equal(drivers.Length, site.Browser.Jar.Count);
        await site.Elsewhere(() =>
        {
            Assert.Equal(drivers, drivers.Select(driver => Session.Forge(driver).Get<string>("who")));
            Assert.Equal(drivers, drivers.Select(driver => Session.Forge(driver).GetFlash<string>("m")));
            Session.Forge(drivers[0]).Set("more", 1).Rotate();
        });
        await site.Elsewhere(() =>
        {
            Assert.NotEqual(ids[0], Session.Forge(drivers[0]).Id);
            Assert.Equal(ids[1..], drivers[1..].Select(driver => Session.Forge(driver).Id));
            Assert.All(drivers[1..], driver => Assert.False(Session.Forge(driver).Has("more")));
        });
    }

    [Theory, EveryDriver]
    public async Task DestroyOfOneDriversSessionLeavesTheOthers(string driver)
    {
        await using Site site = await Site.StartAsync("db");
        await site.Elsewhere(() => Array.ForEach([.. Drivers.Names], each => Session.Forge(each).Set("who", each)));
        await site.Elsewhere(() => Session.Forge(driver).Destroy());
        await site.Elsewhere(() => Assert.All(Drivers.Names, each => Assert.Equal(each == driver ? null : each, Session.Forge(each).Get<string>("who"))));
    }

    [Fact]
    public async Task ASessionThatIsNotUsedInARequestDoesNotAgeWithTheOthers()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Elsewhere(() =>
        {
            Session.Forge("memory").SetFlash("m", 1);
            Session.Forge("file").SetFlash("m", 2);
        });
        await site.Elsewhere(() => Session.Forge("memory").Get<int>("x"));
        await site.Elsewhere(() =>
        {
            Assert.Equal(0, Session.Forge("memory").GetFlash<int>("m"));
            Assert.Equal(2, Session.Forge("file").GetFlash<int>("m"));
        });
    }

    [Fact]
    public async Task TheDictionaryMergesTheDriversSectionIntoTheConfiguredOne()
    {
        await using Site site = await Site.StartAsync("memory", configuration: [new("FuelSessions:file:flash_id", "configured"), new("FuelSessions:file:CookiePath", "/")]);
        await site.Elsewhere(() =>
        {
            Session session = Session.Forge(new Dictionary<string, object?>
            {
                ["Driver"] = "File",
                ["cookie_name"] = "overridden",
                ["expiration_time"] = 60,
                ["match_ua"] = false,
                ["file"] = new Dictionary<string, object?> { ["cookie_name"] = "nested", ["rotation_time"] = false },
                ["memory"] = new Dictionary<string, object?> { ["cookie_name"] = "unused", ["expiration_time"] = 1 },
            });
            Assert.Same(session, Session.Instance("nested"));
            FuelSessionsOptions options = session.Options;
            Assert.Equal("file", options.Driver);
            Assert.Equal("configured", options.FlashId);
            Assert.Equal(TimeSpan.FromMinutes(1), options.ExpirationTime);
            Assert.Null(options.RotationTime);
            Assert.Equal(UserAgentMatching.Off, options.MatchUserAgent);
            session.Set("a", 1);
        });
        Assert.Equal(["nested"], site.Browser.Jar.Keys);
    }

    [Fact]
    public async Task ADriversSectionMayBeAnyMapAndBelongToADriverThatIsNotThere()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Elsewhere(() =>
        {
            Session.Forge(new Dictionary<string, object?>
            {
                ["driver"] = "file",
                ["FILE"] = new Dictionary<string, string?> { ["cookie_name"] = "texts", ["expiration_time"] = "60", ["match_ua"] = "off" },
                ["redis"] = new Dictionary<string, string?> { ["servers"] = "127.0.0.1" },
            });
            FuelSessionsOptions options = Session.Instance("texts")!.Options;
            Assert.Equal((TimeSpan.FromMinutes(1), UserAgentMatching.Off), (options.ExpirationTime, options.MatchUserAgent));
            Session.Forge(new Dictionary<string, object?> { ["memory"] = new System.Collections.Hashtable { ["cookie_name"] = "table" } });
            Assert.NotNull(Session.Instance("table"));
            ArgumentException error = Assert.Throws<ArgumentException>(() =>
                Session.Forge(new Dictionary<string, object?> { ["memory"] = new Dictionary<string, string?> { ["cookie_nam"] = "x" } }));
            Assert.Contains("'cookie_name'", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<ArgumentException>(() => Session.Forge(new Dictionary<string, object?> { ["fiel"] = new Dictionary<string, string?> { ["cookie_name"] = "x" } }));
            Assert.Contains("Did you mean 'file'?", error.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("no_such_setting", 1, "no_such_setting")]
    [InlineData("expiration_tme", 1, "expiration_time")]
    [InlineData("expiration_time", 0, "ExpirationTime")]
    [InlineData("expiration_time", "soon", "expiration_time")]
    [InlineData("match_ip", "maybe", "match_ip")]
    [InlineData("cookie_name", "a b", "CookieName")]
    [InlineData("driver", 5, "driver")]
    public async Task ASettingThatIsUnknownOrNotAllowedIsRefusedByName(string name, object value, string named)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Elsewhere(() =>
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => Session.Forge(new Dictionary<string, object?> { [name] = value }));
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task OutsideARequestForgeSaysWhatIsMissing()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Session.Forge("memory"));
        Assert.Contains("UseFuelSessions", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Session.ForgeAsync());
        Assert.Throws<InvalidOperationException>(() => Session.Current);
        Assert.Throws<InvalidOperationException>(() => Session.Instance("x"));
    }
}
