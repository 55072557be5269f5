using System.Globalization;

namespace FuelSessions.Tests.Fuel;

/// <summary>The session's own elements, as <see cref="Session.Key"/> gives them.</summary>
public class KeyTests
{
    [Theory, EveryDriver]
    public async Task KeyGivesTheElementsOfANewSession(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            Assert.Equal(43, s.Key()!.Length);
            Assert.Equal(s.Key(), s.Key("session_id"));
            Assert.Equal(s.Key(), s.Id);
            Assert.Equal(s.Key(), s.Key("previous_id"));
            Assert.Equal(Seconds(site), s.Key("created"));
            Assert.Equal(Seconds(site), s.Key("updated"));
            Assert.Contains("TestBrowser", s.Key("user_agent"), StringComparison.Ordinal);
            Assert.Equal(8, s.Key("ip_hash")!.Length);
        });
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("")]
    [InlineData("Session_Id")]
    [InlineData("ip")]
    public async Task AnUnknownElementIsNull(string name)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => Assert.Null(s.Set("unknown", 1).Key(name)));
    }

    [Theory, EveryDriver]
    public async Task TheElementsStayFromRequestToRequest(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string[] names = ["session_id", "previous_id", "created", "updated", "user_agent", "ip_hash"];
        string?[] first = await site.Visit(s => names.Select(s.Set("a", 1).Key).ToArray());
        site.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(first, await site.Visit(s => names.Select(s.Key).ToArray()));
        Assert.Equal(first, await site.Look(s => names.Select(s.Key).ToArray()));
    }

    [Theory, EveryDriver]
    public async Task UpdatedMovesWithEachRequest(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.TouchInterval = TimeSpan.FromSeconds(10));
        string seen = Seconds(site);
        await site.Visit(s => s.Set("a", 1));
        for (int i = 0; i < 12; i++)
        {
            site.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(seen, await site.Visit(s => s.Key("updated")));
            seen = Seconds(site);
        }

        site.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(seen, await site.Visit(s => s.Key("updated")));
        site.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(seen, await site.Visit(s => s.Key("updated")));
        await site.Visit(s => s.SetConfig("expiration_time", 60));
        string changed = Seconds(site);
        site.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(changed, await site.Visit(s => s.Key("updated")));
    }

    [Fact]
    public async Task WhereAnAbsoluteEndHidesItUpdatedIsTheLastSave()
    {
        await using Site site = await Site.StartAsync("memory", o => o.AbsoluteExpiration = TimeSpan.FromHours(1));
        string saved = Seconds(site);
        await site.Visit(s => s.Set("a", 1));
        site.Clock.Advance(TimeSpan.FromMinutes(4));
        await site.Visit(s => s.Get<int>("a"));
        site.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(saved, await site.Visit(s => s.Key("updated")));
    }

    [Theory, EveryDriver]
    public async Task WithoutAutoInitializeThereIsNoKeyUntilTheSessionIsUsed(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.AutoInitialize = false);
        await site.Visit(s =>
        {
            Assert.Null(s.Key());
            s.Set("a", 1);
            Assert.NotNull(s.Key());
        });
        for (int i = 0; i < 2; i++)
        {
            await site.Visit(s =>
            {
                Assert.Null(s.Key());
                Assert.Null(s.Key("user_agent"));
                Assert.Equal(1, s.Get<int>("a"));
                Assert.Equal(43, s.Key()!.Length);
            });
            await site.VisitAsync(async s => Assert.NotNull((await s.LoadAsync()).Key()));
        }
    }

    [Theory, EveryDriver]
    public async Task UpdatedIsWhenTheSessionWasLastSaved(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string began = Seconds(site);
        await site.Visit(s => s.Set("a", 1));
        site.Clock.Advance(TimeSpan.FromSeconds(30));
        string saved = Seconds(site);
        Assert.Equal(began, await site.Visit(s => s.Set("a", 2).Key("updated")));
        site.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(saved, await site.Visit(s => s.Key("updated")));
        Assert.Equal(began, await site.Visit(s => s.Key("created")));
    }

    [Theory]
    [EveryDriver(false)]
    [EveryDriver(true)]
    public async Task PreviousIdEqualsTheIdUntilTheFirstRotationAndIsTheOldOneFromThenOn(string driver, bool revoke)
    {
        await using Site site = await Site.StartAsync(driver);
        string? first = await site.Visit(s => s.Set("a", 1).Key());
        Assert.Equal(first, await site.Visit(s => s.Key("previous_id")));
        string? second = await site.Visit(s =>
        {
            s.Rotate(revoke);
            Assert.Equal(first, s.Key("previous_id"));
            return s.Key();
        });
        Assert.NotEqual(first, second);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal((second, first), await site.Visit(s => (s.Key(), s.Key("previous_id"))));
            Assert.Equal((second, first), await site.Visit(s => (s.Set("a", 2).Key(), s.Key("previous_id"))));
        }

        string? third = await site.Visit(s => s.Rotate(revoke).Key());
        Assert.Equal((third, second), await site.Visit(s => (s.Key(), s.Key("previous_id"))));
    }

    [Theory, EveryDriver]
    public async Task ANewSessionThatIsRotatedHasAPreviousId(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        (string? first, string? second) = await site.Visit(s => (s.Key(), s.Set("a", 1).Rotate().Key()));
        Assert.NotEqual(first, second);
        Assert.Equal((second, first), await site.Visit(s => (s.Key(), s.Key("previous_id"))));
    }

    [Theory, EveryDriver]
    public async Task CreatedIsWhenTheIdWasMadeAndRestartsWithARotationAtOnce(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string began = Seconds(site);
        await site.Visit(s => s.Set("a", 1));
        site.Clock.Advance(TimeSpan.FromMinutes(2));
        string rotated = Seconds(site);
        await site.Visit(s =>
        {
            Assert.Equal(began, s.Key("created"));
            s.Rotate();
            Assert.Equal(rotated, s.Key("created"));
            Assert.Equal(rotated, s.Key("updated"));
            Assert.Equal(rotated, s.Rotated.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            Assert.Equal(began, s.Created.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        });
        site.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(rotated, await site.Visit(s => s.Key("created")));
        await site.Visit(s => Assert.Equal(rotated, s.Rotate().Reset().Key("created")));
    }

    [Theory, EveryDriver]
    public async Task AfterAnAutomaticRotationKeyShowsTheOldIdUntilTheRequestEnds(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string began = Seconds(site);
        string? first = await site.Visit(s => s.Set("a", 1).Key());
        site.Clock.Advance(TimeSpan.FromMinutes(5));
        string rotated = Seconds(site);
        await site.VisitAsync(async s =>
        {
            Assert.Equal((first, first, began), (s.Key(), s.Key("previous_id"), s.Key("created")));
            await s.SaveAsync();
            Assert.Equal((first, first), (s.Key(), s.Key("previous_id")));
        });
        Assert.NotEmpty(site.Last.SetCookies);
        await site.Visit(s =>
        {
            Assert.NotEqual(first, s.Key());
            Assert.Equal(first, s.Key("previous_id"));
            Assert.Equal(rotated, s.Key("created"));
            Assert.Equal(1, s.Get<int>("a"));
        });
    }

    [Theory, EveryDriver]
    public async Task ANewSessionAfterDestroyHasElementsOfItsOwn(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? first = await site.Visit(s => s.Set("a", 1).Key());
        site.Clock.Advance(TimeSpan.FromMinutes(1));
        await site.Visit(s =>
        {
            s.Destroy().Set("b", 1);
            Assert.NotEqual(first, s.Key());
            Assert.Equal(s.Key(), s.Key("previous_id"));
            Assert.Equal(Seconds(site), s.Key("created"));
        });
    }

    private static string Seconds(Site site) => site.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
