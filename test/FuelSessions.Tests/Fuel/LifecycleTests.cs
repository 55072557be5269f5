using FuelSessions.Testing;

namespace FuelSessions.Tests.Fuel;

/// <summary>Create, rotate, reset, close, destroy: alone, twice, and after each other.</summary>
public class LifecycleTests
{
    [Theory, EveryDriver]
    public async Task AnEmptyNewSessionSendsNoCookie(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            Assert.True(s.IsNew);
            Assert.Equal(SessionState.New, s.State);
            Assert.Empty(s.All());
        });
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Set("a", 1).Delete("a").SetFlash("m", 1).DeleteFlash());
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Rotate());
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Create());
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Destroy());
        Assert.Empty(site.Last.SetCookies);
    }

    [Theory, EveryDriver]
    public async Task ASessionThatBecameEmptyGoesOn(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? id = await site.Visit(s => s.Set("a", 1).Id);
        await site.Visit(s => s.Delete("a"));
        await site.Visit(s =>
        {
            Assert.Equal(id, s.Id);
            Assert.False(s.IsNew);
            Assert.Empty(s.All());
        });
    }

    [Theory, EveryDriver]
    public async Task AFlashVariableAloneStartsASession(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", 1));
        Assert.NotEmpty(site.Last.SetCookies);
        Assert.Equal(1, await site.Visit(s => s.GetFlash<int>("m")));
    }

    [Theory, EveryDriver]
    public async Task RotateGivesANewIdAtOnceAndKeepsTheData(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? first = await site.Visit(s => s.Set("a", 1).Set("gone", 1).Id);
        string? second = await site.Visit(s =>
        {
            s.Set("b", 2).Rotate().Set("c", 3).Delete("gone");
            Assert.NotEqual(first, s.Id);
            return s.Id;
        });
        await site.Visit(s =>
        {
            Assert.Equal(second, s.Id);
            Assert.Equal(["a", "b", "c"], s.All().Keys);
        });
    }

    [Theory, EveryDriver]
    public async Task TwoRotationsInOneRequestCountAsOne(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? first = await site.Visit(s => s.Set("a", 1).Id);
        string? second = await site.Visit(s =>
        {
            string? once = s.Rotate().Id;
            Assert.Equal(once, s.Rotate().Id);
            Assert.Equal(first, s.Key("previous_id"));
            return once;
        });
        await site.Visit(s =>
        {
            Assert.Equal(second, s.Id);
            Assert.Equal(first, s.Key("previous_id"));
            Assert.Equal(1, s.Get<int>("a"));
        });
    }

    [Theory, EveryDriver]
    public async Task RotateRestartsTheTimerOfAutomaticRotation(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        site.Clock.Advance(TimeSpan.FromMinutes(3));
        string? id = await site.Visit(s => s.Rotate().Id);
        site.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(id, await site.Visit(s => s.Id));
        Assert.Equal(id, await site.Visit(s => s.Id));
        site.Clock.Advance(TimeSpan.FromMinutes(3));
        await site.Visit(_ => { });
        Assert.NotEqual(id, await site.Visit(s => s.Id));
    }

    [Theory]
    [EveryDriver("off")]
    [EveryDriver(false)]
    public async Task WithoutRotationTimeNothingRotatesByItself(string driver, object? off)
    {
        await using Site site = await Site.StartAsync(driver, o => o.RotationTime = null);
        string? id = await site.Visit(s => s.Set("a", 1).Id);
        site.Clock.Advance(TimeSpan.FromMinutes(100));
        await site.Visit(s => s.SetConfig("rotation_time", 60).SetConfig("rotation_time", off));
        Assert.Equal(id, await site.Visit(s => s.Id));
    }

    [Theory, EveryDriver]
    public async Task DestroyEndsTheSessionAndWithdrawsTheCookie(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? id = await site.Visit(s => s.Set("a", 1).SetFlash("m", 1).Id);
        KeyValuePair<string, string>[] cookies = [.. site.Browser.Jar];
        await site.Visit(s =>
        {
            s.Set("b", 2).Destroy();
            Assert.Equal(SessionState.Destroyed, s.State);
            Assert.Empty(s.All());
            Assert.False(s.Has("a"));
            Assert.Empty(s.GetFlash());
            Assert.Null(s.Key());
            Assert.Null(s.Key("created"));
            Assert.Null(s.Id);
        });
        Assert.Empty(site.Browser.Jar);
        Assert.NotEqual(id, await site.Visit(s => s.Id));
        if (driver != "cookie")
        {
            // The old cookie leads nowhere. That the cookie driver can't know it is its nature [D7].
            foreach (KeyValuePair<string, string> cookie in cookies)
            {
                site.Browser.Jar[cookie.Key] = cookie.Value;
            }

            await site.Visit(s =>
            {
                Assert.Empty(s.All());
                Assert.True(s.WasExpired);
                Assert.NotEqual(id, s.Id);
            });
        }
    }

    [Theory, EveryDriver]
    public async Task DestroyThenSetBeginsANewSessionThatIsStored(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? first = await site.Visit(s => s.Set("a", 1).SetFlash("m", 1).Id);
        string? second = await site.Visit(s => s.Destroy().Set("b", 2).Id);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        await site.Visit(s =>
        {
            Assert.Equal(second, s.Id);
            Assert.Equal(["b"], s.All().Keys);
            Assert.Empty(s.GetFlash());
        });
    }

    [Theory, EveryDriver]
    public async Task DestroyOnANewSessionDropsWhatWasSet(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).SetFlash("m", 1).Destroy());
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Set("a", 1).Destroy().Set("b", 2));
        Assert.Equal(["b"], (await site.Visit(s => s.All())).Keys);
    }

    [Theory, EveryDriver]
    public async Task RotateThenDestroyLeavesNothingBehind(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        (string? rotated, string? after) = await site.Visit(s => (s.Rotate().Id, s.Destroy().Id));
        Assert.NotNull(rotated);
        Assert.Null(after);
        Assert.Empty(site.Browser.Jar);
        await site.Visit(s =>
        {
            Assert.True(s.IsNew);
            Assert.Empty(s.All());
        });
    }

    [Theory, EveryDriver]
    public async Task CreateDestroysAndBeginsAnew(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? first = await site.Visit(s => s.Set("a", 1).SetFlash("m", 1).Id);
        string? second = await site.Visit(s =>
        {
            s.Set("b", 1).Create();
            Assert.True(s.IsNew);
            Assert.Empty(s.All());
            Assert.Empty(s.GetFlash());
            Assert.Equal(s.Key(), s.Key("previous_id"));
            return s.Set("c", 3).Id;
        });
        Assert.NotEqual(first, second);
        await site.Visit(s =>
        {
            Assert.Equal(second, s.Id);
            Assert.Equal(["c"], s.All().Keys);
        });
        await site.Visit(s => s.Create());
        Assert.Empty(site.Browser.Jar);
    }

    [Theory, EveryDriver]
    public async Task ResetForgetsTheChangesOfThisRequest(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = false);
        string? id = await site.Visit(s => s.Set("a", 1).Set("m.k", 1).SetFlash("f", 1).Id);
        await site.Visit(s =>
        {
            s.Set("a", 2).Delete("m.k").Set("b", 3).SetFlash("g", 1).Rotate();
            Assert.Equal(1, s.GetFlash<int>("f"));
            s.Reset();
            Assert.Equal(id, s.Id);
            Assert.Equal(1, s.Get<int>("a"));
            Assert.Equal(1, s.Get<int>("m.k"));
            Assert.False(s.Has("b"));
        });
        await site.Visit(s =>
        {
            Assert.Equal(id, s.Id);
            Assert.Equal(["a", "m"], s.All().Keys);
            Assert.Equal(["f"], s.GetFlash().Keys);
        });
    }

    /// <summary>What this request has stored is for the next one, though it takes back what came after that.</summary>
    [Theory, EveryDriver]
    public async Task ResetLeavesFlashVariablesAsOldAsTheyWere(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.VisitAsync(async s =>
        {
            s.SetFlash("began", 1);
            await s.SaveAsync();
            Assert.Equal(1, s.Reset().GetFlash<int>("began", expire: false));
        });
        await site.VisitAsync(async s =>
        {
            s.SetFlash("set", 1).KeepFlash("began");
            await s.SaveAsync();
            s.SetFlash("not", 1).Reset();
        });
        await site.Visit(s =>
        {
            Assert.Equal(["began", "set"], s.GetFlash().Keys.Order());
            Assert.Equal(["began", "set"], s.Destroy().Reset().GetFlash().Keys.Order());
        });
        await site.Visit(s =>
        {
            Assert.Empty(s.GetFlash());
            s.SetFlash("earlier", 1);
        });
        await site.VisitAsync(async s =>
        {
            s.SetFlash("old", 1).Create().SetFlash("new", 1);
            await s.SaveAsync();
            s.Reset();
        });
        await site.Visit(s => Assert.Equal(["new"], s.GetFlash().Keys));
    }

    /// <summary>What a detached request begins is its app's wish. Taken back, it takes no good id's place any more [R6].</summary>
    [Fact]
    public async Task ResetOfASessionBegunByADetachedRequestLeavesItDetached()
    {
        await using Site site = await Site.StartAsync(
            "memory",
            o => o.OnStoreFailure = StoreFailureAction.Detach,
            sessions => sessions.DecorateDriver("memory", (inner, _) => new FaultyDriver(inner) { FailAt = 2 }));
        await site.Visit(s => s.Set("a", 1));
        await site.Visit(s =>
        {
            Assert.True(s.IsDetached);
            Assert.False(s.AttachPrincipal("ada").IsDetached);
            Assert.True(s.Reset().IsDetached);
            Assert.Null(s.Principal);
            s.Set("b", 1);
        });
        Assert.Empty(site.Last.SetCookies);
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    [Theory, EveryDriver]
    public async Task ResetUndoesDestroyAndWhatFollowsItIsSaved(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? id = await site.Visit(s => s.Set("a", 1).Id);
        await site.Visit(s => s.Destroy().Reset());
        Assert.Equal(id, await site.Visit(s => s.Id));
        await site.Visit(s => s.Destroy().Set("b", 2).Reset().Set("c", 3));
        await site.Visit(s =>
        {
            Assert.Equal(id, s.Id);
            Assert.Equal(["a", "c"], s.All().Keys);
        });
    }

    [Theory, EveryDriver]
    public async Task ResetOfANewSessionLeavesItEmpty(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).SetFlash("m", 1).Reset());
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Set("a", 1).Reset().Set("b", 2));
        Assert.Equal(["b"], (await site.Visit(s => s.All())).Keys);
    }

    [Theory, EveryDriver]
    public async Task AfterCloseAChangeThrowsAndReadingGoesOn(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", 1));
        await site.Visit(s =>
        {
            s.Set("a", 1).SetFlash("own", 1).Close();
            Action[] changes =
            [
                () => s.Set("b", 1), () => s.Set(new Dictionary<string, object?> { ["b"] = 1 }), () => s.Delete("a"), () => s.Delete(["a"]), () => s.Clear(),
                () => s.Increment("a"), () => s.Update<int>("a", n => n), () => s.SetFlash("n", 1), () => s.KeepFlash(), () => s.DeleteFlash(),
                () => s.Rotate(), () => s.Create(), () => s.AttachPrincipal("ada"), () => s.SetConfig("expiration_time", 60),
                () => Session.Current.Set("b", 1),
            ];
            Assert.All(changes, change => Assert.Throws<InvalidOperationException>(change));
            Assert.Equal(1, s.Get<int>("a"));
            Assert.Equal(0, s.GetFlash<int>("m"));
            Assert.Equal(["own"], s.GetFlash().Keys);
            Assert.Single(s.All());
        });
        Assert.Equal(["a"], (await site.Visit(s => s.All())).Keys);
    }

    [Theory, EveryDriver]
    public async Task CloseWithoutSavingForgetsTheChanges(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        await site.Visit(s => s.Set("a", 2).Destroy().Close(save: false));
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    [Theory, EveryDriver]
    public async Task ClosingAndDestroyingTwiceIsFine(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            s.Set("a", 1).Close();
            s.Close();
        });
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
        await site.Visit(s => s.Destroy().Destroy().Close());
        await site.Visit(s =>
        {
            Assert.Empty(s.All());
            s.Destroy().Destroy();
        });
        Assert.Empty(site.Browser.Jar);
    }

    [Theory, EveryDriver]
    public async Task AClosedSessionThatIsForgedAgainGoesOn(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            s.Set("a", 1).Close();
            Assert.Same(s, Session.Forge());
            s.Set("b", 2);
        });
        await site.VisitAsync(async s =>
        {
            Assert.Equal(["a", "b"], s.All().Keys);
            s.Set("c", 3).Close();
            Assert.Same(s, await Session.ForgeAsync(driver));
            s.Set("d", 4).Close();
            await s.LoadAsync();
            s.Set("e", 5);
        });
        Assert.Equal(["a", "b", "c", "d", "e"], (await site.Visit(s => s.All())).Keys);
    }

    [Theory, EveryDriver]
    public async Task AnEndpointThatThrowsSavesNothing(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Fail(s => s.Set("a", 1));
        Assert.Empty(site.Last.SetCookies);
        string? id = await site.Visit(s => s.Set("a", 1).Id);
        await site.Fail(s => s.Set("a", 2).Rotate());
        await site.Fail(s => s.Destroy());
        await site.Visit(s =>
        {
            Assert.Equal(id, s.Id);
            Assert.Equal(1, s.Get<int>("a"));
        });
    }

    [Theory, EveryDriver]
    public async Task AReadOnlyEndpointReadsAndRefusesChanges(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        await site.Look(s =>
        {
            Assert.Equal(1, s.Get<int>("a"));
            Action[] changes = [() => s.Set("a", 2), () => s.Delete("a"), () => s.Clear(), () => s.Increment("a"), () => s.SetFlash("m", 1), () => s.DeleteFlash(), () => s.Rotate(), () => s.Create(), () => s.Destroy()];
            Assert.All(changes, change => Assert.Throws<InvalidOperationException>(change));
        });
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    [Theory, EveryDriver]
    public async Task ASessionEndsAfterItsIdleTimeAndSlidesUntilThen(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        for (int i = 0; i < 3; i++)
        {
            site.Clock.Advance(TimeSpan.FromMinutes(119));
            Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
        }

        site.Clock.Advance(TimeSpan.FromMinutes(122));
        await site.Visit(s =>
        {
            Assert.True(s.WasExpired);
            Assert.True(s.IsNew);
            Assert.Empty(s.All());
        });
    }

    [Theory, EveryDriver]
    public async Task BrowsersHaveSessionsOfTheirOwn(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        using TestBrowser other = site.App.NewBrowser();
        await site.Visit(s => s.Set("a", 1));
        Assert.Empty(await site.Visit(s => s.All(), other));
        await site.Visit(s => s.Set("a", 2), other);
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
        await site.Visit(s => s.Destroy(), other);
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    [Theory, EveryDriver]
    public async Task DestroyWorksOnAClosedSession(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        await site.Visit(s =>
        {
            Assert.False(s.IsClosed);
            s.Set("b", 2).Close();
            Assert.True(s.IsClosed);
            s.Destroy();
            Assert.Equal(SessionState.Destroyed, s.State);
        });
        await site.Visit(s => Assert.Empty(s.All()));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("db")]
    public async Task CloseStoresAtOnce(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).SetFlash("m", 1));
        await site.VisitAsync(async s =>
        {
            Assert.Equal(1, s.GetFlash<int>("m"));
            s.Set("a", 2).SetFlash("n", 1).Close();
            await site.Beside(other =>
            {
                Assert.Equal(2, other.Get<int>("a"));
                Assert.Equal(["n"], other.GetFlash().Keys);
            });
        });
        await site.VisitAsync(async s =>
        {
            await s.Set("a", 3).CloseAsync();
            await site.Beside(other => Assert.Equal(3, other.Get<int>("a")));
            await s.CloseAsync(save: false);
        });
        Assert.Equal(3, await site.Visit(s => s.Get<int>("a")));
        await site.VisitAsync(async s =>
        {
            s.Destroy().Close();
            Assert.Null(s.Key());
            await site.Beside(other => Assert.Empty(other.All()));
        });
        Assert.Empty(site.Browser.Jar);
    }

    [Theory, EveryDriver]
    public async Task ANewSessionThatIsClosedReachesTheClient(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        string? id = await site.Visit(s =>
        {
            s.Set("a", 1).Rotate().Close();
            return s.Key();
        });
        Assert.Equal((id, 1), await site.Visit(s => (s.Key(), s.Get<int>("a"))));
    }

    [Theory, EveryDriver]
    public async Task ARotationAfterDestroyBeginsNothing(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1));
        await site.Visit(s =>
        {
            s.Destroy().Rotate().Rotate(revokePrevious: true);
            Assert.Null(s.Key());
            Assert.Equal(SessionState.Destroyed, s.State);
            s.AttachPrincipal("ada").Set("b", 2);
        });
        Assert.Equal(("ada", 2), await site.Visit(s => (s.Principal!, s.Get<int>("b"))));
    }
}
