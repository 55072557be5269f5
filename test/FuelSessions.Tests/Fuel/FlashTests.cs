namespace FuelSessions.Tests.Fuel;

/// <summary>Flash variables: when they are seen, and when they end.</summary>
public class FlashTests
{
    [Theory, EveryDriver]
    public async Task AFlashVariableIsSeenInTheNextRequestAndGoneAfterIt(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved"));
        Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task AFlashVariableThatIsNotReadIsGoneAfterTheNextRequestToo(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Visit(s => s.Get<int>("other"));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task ARequestThatOnlyAsksForTheSessionAgesItsFlash(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Visit(_ => { });
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task ARequestThatDoesNotTouchTheSessionDoesNotAgeIt(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved"));
        for (int i = 0; i < 3; i++)
        {
            await site.Elsewhere();
        }

        Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task AnEndpointThatUsedTheSessionBeforeDoesNotAgeItWhereItDoesNot(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Elsewhere(() => Session.Current.SetFlash("m", "saved"));
        await site.Elsewhere();
        await site.Elsewhere();
        Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory]
    [EveryDriver(true)]
    [EveryDriver(false)]
    public async Task AReadOnlyEndpointSeesFlashAndDoesNotAgeIt(string driver, bool autoExpire)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = autoExpire);
        await site.Visit(s => s.SetFlash("m", "saved"));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("saved", await site.Look(s => s.GetFlash<string>("m")));
            Assert.Equal("saved", await site.Look(s => s.GetFlash<string>("m", expire: true)));
            Assert.Equal("saved", await site.Look(s => s.GetFlash()["m"]));
            await site.Look(s => Assert.Throws<InvalidOperationException>(() => s.KeepFlash()));
        }

        Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory]
    [EveryDriver(true)]
    [EveryDriver(false)]
    public async Task AnEndpointThatThrowsKeepsFlash(string driver, bool autoExpire)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = autoExpire);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Fail(s => Assert.Equal("saved", s.GetFlash<string>("m")));
        await site.Fail(s => s.SetFlash("m", "other").SetFlash("n", 1));
        await site.Fail(s => s.DeleteFlash());
        await site.Visit(s =>
        {
            Assert.Equal("saved", s.GetFlash<string>("m"));
            Assert.Equal(0, s.GetFlash<int>("n"));
        });
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task SaveOnErrorSavesFlashAndAgesIt(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.SaveOnError = true);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Fail(s => s.SetFlash("failed", true));
        Assert.Equal(["failed"], (await site.Visit(s => s.GetFlash())).Keys);
    }

    [Theory, EveryDriver]
    public async Task WithoutAutoExpireAFlashVariableStaysUntilItIsRead(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = false);
        await site.Visit(s => s.SetFlash("m", "saved").SetFlash("n", 1));
        for (int i = 0; i < 3; i++)
        {
            await site.Visit(s => s.Increment("visits"));
        }

        Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Equal(1, await site.Visit(s => s.GetFlash<int>("n")));
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory]
    [EveryDriver(true)]
    [EveryDriver(false)]
    public async Task SeveralReadsInOneRequestAllSeeIt(string driver, bool autoExpire)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = autoExpire);
        await site.Visit(s =>
        {
            s.SetFlash("m", "saved");
            Assert.Equal(["x", "x", "x"], Enumerable.Range(0, 3).Select(_ => s.SetFlash("gone", "x").GetFlash<string>("gone", expire: true)));
            Assert.Equal("x", s.GetFlash<string>("gone"));
        });
        await site.Visit(s =>
        {
            Assert.Equal("saved", s.GetFlash<string>("m"));
            Assert.Equal("saved", s.GetFlash<string>("m", expire: true));
            Assert.Equal("saved", s.GetFlash<string>("m", expire: false));
            Assert.Equal(["m"], s.GetFlash().Keys);
        });
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task SettingItAgainMakesItNew(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", 1));
        await site.Visit(s => s.SetFlash("m", s.GetFlash<int>("m") + 1));
        await site.Visit(s => s.SetFlash("m", s.GetFlash<int>("m") + 1));
        Assert.Equal(3, await site.Visit(s => s.GetFlash<int>("m")));
        Assert.Equal(0, await site.Visit(s => s.GetFlash<int>("m")));
    }

    // What a read in the request that set it leaves for the next one.
    [Theory]
    [EveryDriver(true, null, false)]
    [EveryDriver(true, true, false)]
    [EveryDriver(true, false, true)]
    [EveryDriver(false, null, true)]
    [EveryDriver(false, true, false)]
    [EveryDriver(false, false, true)]
    public async Task InTheRequestThatSetItAReadConsumesItAsAskedElseByTheSetting(string driver, bool expireAfterGet, bool? expire, bool isLeft)
    {
        foreach (bool autoExpire in new[] { true, false })
        {
            await using Site site = await Site.StartAsync(driver, o => (o.FlashExpireAfterGet, o.FlashAutoExpire) = (expireAfterGet, autoExpire));
            await site.Visit(s =>
            {
                s.SetFlash("m", "saved");
                Assert.Equal("saved", s.GetFlash<string>("m", expire: expire));
            });
            Assert.Equal(isLeft ? "saved" : null, await site.Visit(s => s.GetFlash<string>("m")));
            Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
        }
    }

    // What a read in a later request leaves for the one after it.
    [Theory]
    [EveryDriver(true, null, false)]
    [EveryDriver(true, true, false)]
    [EveryDriver(true, false, false)]
    [EveryDriver(false, null, false)]
    [EveryDriver(false, true, false)]
    [EveryDriver(false, false, true)]
    public async Task InALaterRequestAReadConsumesItUnlessAskedNotTo(string driver, bool autoExpire, bool? expire, bool isLeft)
    {
        foreach (bool expireAfterGet in new[] { true, false })
        {
            await using Site site = await Site.StartAsync(driver, o => (o.FlashExpireAfterGet, o.FlashAutoExpire) = (expireAfterGet, autoExpire));
            await site.Visit(s => s.SetFlash("m", "saved"));
            Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m", expire: expire)));
            Assert.Equal(isLeft ? "saved" : null, await site.Visit(s => s.GetFlash<string>("m", expire: expire)));
        }
    }

    [Theory, EveryDriver]
    public async Task ASettingOfThisRequestDecidesAtOnce(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetConfig("flash_expire_after_get", false).SetFlash("m", 1).GetFlash<int>("m"));
        Assert.Equal(1, await site.Visit(s => s.GetFlash<int>("m")));
        await site.Visit(s => s.SetFlash("m", 1).GetFlash<int>("m"));
        Assert.Equal(0, await site.Visit(s => s.GetFlash<int>("m")));
    }

    [Theory, EveryDriver]
    public async Task ARequestThatSetsAnotherOneAgesTheFirst(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", 1));
        await site.Visit(s => s.SetFlash("n", 2));
        Assert.Equal(["n"], (await site.Visit(s => s.GetFlash())).Keys);
    }

    [Theory, EveryDriver]
    public async Task SetAfterAConsumingReadIsNewAgain(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            s.SetFlash("m", 1).GetFlash<int>("m");
            s.SetFlash("m", 2);
        });
        Assert.Equal(2, await site.Visit(s => s.GetFlash<int>("m")));
    }

    [Theory, EveryDriver]
    public async Task AMissingFlashVariableGivesTheDefault(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash<string?>("null", null).SetFlash("zero", 0));
        await site.Visit(s =>
        {
            Assert.Equal("none", s.GetFlash("missing", "none"));
            Assert.Equal(5, s.GetFlash("missing", () => 5));
            Assert.Null(s.GetFlash<string>("missing"));
            Assert.Null(s.GetFlash("null", "default"));
            Assert.Equal(0, s.GetFlash("zero", 7));
            Assert.Null(s.GetFlash<string>("null", () => throw new InvalidOperationException("not needed")));
            Assert.Equal(["null", "zero"], s.GetFlash().Keys);
            Assert.False(s.Has("null"));
        });
    }

    [Theory, EveryDriver]
    public async Task FlashAndVariablesOfOneNameAreDifferentThings(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("m", 1).SetFlash("m", 2));
        await site.Visit(s =>
        {
            Assert.Equal(1, s.Get<int>("m"));
            Assert.Equal(2, s.GetFlash<int>("m"));
            s.Delete("m");
        });
        Assert.Empty(await site.Visit(s => s.All()));
    }

    [Theory, EveryDriver]
    public async Task AllFlashVariablesAtOnceAreReadByTheSameRule(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = false);
        await site.Visit(s => s.SetFlash("a", 1).SetFlash("b.c", "x"));
        IReadOnlyDictionary<string, object?> all = await site.Visit(s => s.GetFlash(expire: false));
        Assert.Equal(1L, all["a"]);
        Assert.Equal("x", Assert.IsType<Dictionary<string, object?>>(all["b"])["c"]);
        Assert.Equal(2, (await site.Visit(s => s.GetFlash())).Count);
        Assert.Empty(await site.Visit(s => s.GetFlash()));
        Assert.Single(await site.Visit(s => s.SetFlash("a", 1).GetFlash()));
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task FlashSurvivesEveryRotation(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = false);
        await site.Visit(s => s.SetFlash("m", "saved").Rotate());
        await site.Visit(s => s.Rotate());
        await site.Visit(s => s.Rotate(revokePrevious: true));
        site.Clock.Advance(TimeSpan.FromMinutes(6));
        await site.Visit(s => s.Get<int>("x"));
        Assert.Equal("saved", await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task DestroyDropsFlash(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Visit(s =>
        {
            Assert.Equal("saved", s.GetFlash<string>("m"));
            s.SetFlash("n", 1).Destroy();
            Assert.Empty(s.GetFlash());
            s.SetFlash("after", 1);
        });
        Assert.Equal(["after"], (await site.Visit(s => s.GetFlash())).Keys);
    }

    [Theory, EveryDriver]
    public async Task AnExplicitSaveAgesNothingBeforeTheRequestEnds(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.VisitAsync(async s =>
        {
            await s.SetFlash("m", "saved").SaveAsync();
            s.Set("later", 1);
        });
        await site.VisitAsync(async s =>
        {
            await s.Set("a", 1).SaveAsync();
            Assert.Equal("saved", s.GetFlash<string>("m"));
        });
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }
}
