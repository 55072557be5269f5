namespace FuelSessions.Tests.Fuel;

/// <summary>Flash variables with dotted names, and in several namespaces.</summary>
public class FlashNamespaceTests
{
    [Theory, EveryDriver]
    public async Task DottedNamesAddressElementsOfOneVariable(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m.a", 1).SetFlash("m.b.c", 2).SetFlash("list", new[] { 7, 8 }));
        await site.Visit(s =>
        {
            Assert.Equal(1, s.GetFlash<int>("m.a"));
            Assert.Equal(2, s.GetFlash<int>("m.b.c"));
            Assert.Equal(8, s.GetFlash<int>("list.1"));
            Assert.Equal("none", s.GetFlash("m.x", "none"));
            Assert.Equal("none", s.GetFlash("m.a.x", "none"));
            Assert.Equal(["m", "list"], s.GetFlash().Keys);
        });
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task SettingOneElementMakesTheWholeVariableNewWithItsOldElements(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m.a", 1));
        await site.Visit(s => s.SetFlash("m.b", 2));
        await site.Visit(s => Assert.Equal([1, 2], new[] { s.GetFlash<int>("m.a"), s.GetFlash<int>("m.b") }));
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task SettingTheWholeVariableReplacesItsElements(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m.a", 1));
        await site.Visit(s => s.SetFlash("m", new { b = 2 }));
        await site.Visit(s =>
        {
            Assert.Equal(0, s.GetFlash<int>("m.a"));
            Assert.Equal(2, s.GetFlash<int>("m.b"));
        });
    }

    [Theory, EveryDriver]
    public async Task ReadingOneElementConsumesTheWholeAndAMissConsumesNothing(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = false);
        await site.Visit(s => s.SetFlash("m.a", 1).SetFlash("m.b", 2));
        Assert.Equal(0, await site.Visit(s => s.GetFlash<int>("m.missing")));
        Assert.Equal(0, await site.Visit(s => s.GetFlash<int>("m.a.deeper", expire: true)));
        Assert.Equal(1, await site.Visit(s => s.GetFlash<int>("m.a")));
        Assert.Equal(0, await site.Visit(s => s.GetFlash<int>("m.b")));
    }

    [Theory, EveryDriver]
    public async Task AMissInTheRequestThatSetItConsumesNothing(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m.a", 1).GetFlash<int>("m.b"));
        Assert.Equal(1, await site.Visit(s => s.GetFlash<int>("m.a")));
    }

    [Theory]
    [EveryDriver("text")]
    [EveryDriver(5)]
    [EveryDriver(null)]
    public async Task APathThroughAScalarReplacesItByAMapAsWithVariables(string driver, object? scalar)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", scalar));
        await site.Visit(s =>
        {
            Assert.Equal("none", s.GetFlash("m.a", "none"));
            s.SetFlash("m.a", 1);
            s.SetFlash("list", new[] { 1 }).SetFlash("list.1", 2);
            Assert.Throws<ArgumentOutOfRangeException>(() => s.SetFlash("list.9", 1));
        });
        await site.Visit(s =>
        {
            Assert.Equal(["a"], s.GetFlash<Dictionary<string, int>>("m")!.Keys);
            Assert.Equal([1, 2], s.GetFlash<int[]>("list")!);
        });
    }

    /// <summary>Under which name it is kept is nothing that the app has written.</summary>
    [Theory]
    [InlineData("list")]
    [InlineData("a.b")]
    [InlineData("a\u001Fb")]
    public async Task ErrorsNameAFlashVariableAsTheAppDoes(string name)
    {
        await using Site site = await Site.StartAsync("memory");
        SessionPath path = SessionPath.Of(name, "0");
        await site.Visit(s => s.SetFlash(SessionPath.Of(name), new[] { "text" }));
        await site.Visit(s =>
        {
            SessionPath past = SessionPath.Of(name, "9");
            Assert.Equal(name.Contains('.', StringComparison.Ordinal) ? "[a.b].9" : name + ".9", past.ToString());
            Assert.Contains($" '{past}' ", Assert.Throws<ArgumentOutOfRangeException>(() => s.SetFlash(past, 1)).Message, StringComparison.Ordinal);
            Assert.Contains($" '{past}' ", Assert.Throws<ArgumentException>(() => s.SetFlash(past, '\ud800')).Message, StringComparison.Ordinal);
            Assert.Equal(path.ToString(), Assert.Throws<SessionValueException>(() => s.GetFlash<int>(path)).Path);
        });
    }

    [Theory, EveryDriver]
    public async Task KeepOfADottedNameActsOnTheWholeVariableAndDeleteOnTheElement(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m.a", 1).SetFlash("m.b", 2).SetFlash("n.a", 1).SetFlash("n.b", 2));
        await site.Visit(s => s.KeepFlash("m.a").KeepFlash("n.missing").DeleteFlash("n.b").DeleteFlash("n.none"));
        await site.Visit(s =>
        {
            Assert.Equal(2, s.GetFlash<int>("m.b"));
            Assert.Equal(1, s.GetFlash<int>("n.a"));
            Assert.Null(s.GetFlash<int?>("n.b"));
        });
        await site.Visit(s => Assert.Empty(s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task AnElementDeletedAfterASaveIsNotSeenAgain(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("form.name", "x").SetFlash("form.mail", "y"));
        await site.VisitAsync(async s =>
        {
            await s.SaveAsync();
            s.DeleteFlash("form.name");
            Assert.Null(s.GetFlash<string>("form.name"));
            Assert.Equal("y", s.GetFlash<string>("form.mail"));
        });
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task FlashIdIsTheNamespaceOfGetAndSet(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            Assert.Equal("flash", s.FlashId);
            s.SetFlash("m", "first");
            s.FlashId = "other";
            Assert.Equal("other", s.GetConfig("flash_id"));
            Assert.Null(s.GetFlash<string>("m"));
            s.SetFlash("m", "second");
            s.SetConfig("flash_id", "third").SetFlash("m.x", 3);
        });
        await site.Visit(s =>
        {
            Assert.Equal("flash", s.FlashId);
            Assert.Equal("first", s.GetFlash<string>("m"));
            Assert.Equal(["m"], s.GetFlash().Keys);
            Assert.Equal("second", s.SetConfig("FlashId", "other").GetFlash<string>("m"));
            Assert.Equal(3, s.SetConfig("flash_id", "third").GetFlash<int>("m.x"));
            s.FlashId = "none";
            Assert.Empty(s.GetFlash());
        });
    }

    [Theory, EveryDriver]
    public async Task TheConfiguredFlashIdIsUsed(string driver)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashId = "messages");
        await site.Visit(s => s.SetFlash("m", 1));
        await site.Visit(s =>
        {
            Assert.Equal("messages", s.FlashId);
            Assert.Equal(1, s.GetFlash<int>("m"));
            s.FlashId = "flash";
            Assert.Equal(0, s.GetFlash<int>("m"));
        });
    }

    [Theory, EveryDriver]
    public async Task AgeingAndWhatHasNoNameCrossNamespaces(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        void SetBoth(Session s)
        {
            s.FlashId = "a";
            s.SetFlash("m", 1);
            s.FlashId = "b";
            s.SetFlash("m", 2);
        }

        int[] Both(Session s) => [s.SetConfig("flash_id", "a").GetFlash<int>("m"), s.SetConfig("flash_id", "b").GetFlash<int>("m")];

        await site.Visit(SetBoth);
        await site.Visit(s => s.KeepFlash());
        Assert.Equal(new[] { 1, 2 }, await site.Visit(Both));
        Assert.Equal(new[] { 0, 0 }, await site.Visit(Both));

        await site.Visit(SetBoth);
        await site.Visit(s => s.SetConfig("flash_id", "a").KeepFlash("m"));
        Assert.Equal(new[] { 1, 0 }, await site.Visit(Both));

        await site.Visit(SetBoth);
        await site.Visit(s => s.SetConfig("flash_id", "a").DeleteFlash("m").KeepFlash());
        Assert.Equal(new[] { 0, 2 }, await site.Visit(Both));

        await site.Visit(SetBoth);
        Assert.Equal(new[] { 0, 0 }, await site.Visit(s => Both(s.DeleteFlash())));
    }

    [Theory, EveryDriver]
    public async Task NamespacesAndNamesDoNotRunIntoEachOther(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            s.SetConfig("flash_id", "a").SetFlash("b::m", 1);
            s.SetConfig("flash_id", "a::b").SetFlash("m", 2);
            s.SetConfig("flash_id", "a.b").SetFlash("m", 3);
            s.SetConfig("flash_id", "A").SetFlash("m", 4);
        });
        await site.Visit(s =>
        {
            Assert.Equal(["b::m"], s.SetConfig("flash_id", "a").GetFlash(expire: false).Keys);
            Assert.Equal(2L, s.SetConfig("flash_id", "a::b").GetFlash()["m"]);
            Assert.Equal(3, s.SetConfig("flash_id", "a.b").GetFlash<int>("m"));
            Assert.Equal(4, s.SetConfig("flash_id", "A").GetFlash<int>("m"));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a\u001Fb")]
    public async Task ANamespaceMustHaveAName(string? name)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Assert.Throws<ArgumentException>(() => s.FlashId = name!);
            Assert.Throws<ArgumentException>(() => s.SetConfig("flash_id", name));
            Assert.Equal("flash", s.FlashId);
        });
    }
}
