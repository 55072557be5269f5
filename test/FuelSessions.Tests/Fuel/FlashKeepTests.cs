namespace FuelSessions.Tests.Fuel;

/// <summary>Flash variables that are kept for one more request, or removed before their time.</summary>
public class FlashKeepTests
{
    private static readonly Dictionary<string, Action<Session>> Steps = new()
    {
        ["keep"] = s => s.KeepFlash("m"),
        ["keep all"] = s => s.KeepFlash(),
        ["keep element"] = s => s.KeepFlash("m.x"),
        ["get"] = s => Assert.Equal("saved", s.GetFlash<string>("m")),
        ["get element"] = s => Assert.Null(s.GetFlash<string>("m.x")),
        ["get all"] = s => Assert.Equal("saved", s.GetFlash()["m"]),
        ["get expire"] = s => Assert.Equal("saved", s.GetFlash<string>("m", expire: true)),
        ["delete"] = s => s.DeleteFlash("m"),
        ["delete all"] = s => s.DeleteFlash(),
        ["delete element"] = s => s.DeleteFlash("m.x"),
        ["miss"] = s => Assert.Null(s.GetFlash<string>("m")),
        ["set"] = s => s.SetFlash("m", "saved"),
        ["other"] = s => s.KeepFlash("other").DeleteFlash("other"),
    };

    // What a request does to a variable of the one before, and whether it is there in the next one.
    [Theory]
    [EveryDriver("keep", true)]
    [EveryDriver("keep all", true)]
    [EveryDriver("keep element", true)]
    [EveryDriver("get, keep", true)]
    [EveryDriver("keep, get", true)]
    [EveryDriver("keep, get all", true)]
    [EveryDriver("get all, keep all", true)]
    [EveryDriver("keep, get expire", false)]
    [EveryDriver("keep, get expire, keep", true)]
    [EveryDriver("keep, keep, get, get", true)]
    [EveryDriver("delete, miss", false)]
    [EveryDriver("delete all, miss", false)]
    [EveryDriver("delete element, get", false)]
    [EveryDriver("keep, delete, miss", false)]
    [EveryDriver("delete, keep, miss", false)]
    [EveryDriver("delete all, keep all, miss", false)]
    [EveryDriver("get, delete, miss", false)]
    [EveryDriver("delete, set", true)]
    [EveryDriver("keep, set", true)]
    [EveryDriver("set, keep, get", true)]
    [EveryDriver("other", false)]
    [EveryDriver("get element", false)]
    public async Task KeepGivesOneMoreRequestInWhateverOrder(string driver, string steps, bool isLeft)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Visit(s => Do(steps, s));
        Assert.Equal(isLeft ? "saved" : null, await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    // The same where only a read ends it.
    [Theory]
    [EveryDriver("keep", true)]
    [EveryDriver("get, keep", true)]
    [EveryDriver("keep, get", true)]
    [EveryDriver("keep, get expire", false)]
    [EveryDriver("get", false)]
    [EveryDriver("get all", false)]
    [EveryDriver("get element", true)]
    [EveryDriver("other", true)]
    [EveryDriver("delete", false)]
    public async Task WithoutAutoExpireKeepUndoesTheReadOfItsRequest(string driver, string steps, bool isLeft)
    {
        await using Site site = await Site.StartAsync(driver, o => o.FlashAutoExpire = false);
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.Visit(s => Do(steps, s));
        Assert.Equal(isLeft ? "saved" : null, await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    // In the request that sets it.
    [Theory]
    [EveryDriver("set, keep", true)]
    [EveryDriver("set, get", false)]
    [EveryDriver("set, get, keep", true)]
    [EveryDriver("set, get, keep all", true)]
    [EveryDriver("set, keep, get", true)]
    [EveryDriver("set, delete, miss", false)]
    [EveryDriver("set, delete all, miss", false)]
    [EveryDriver("set, get, set", true)]
    [EveryDriver("keep, set", true)]
    public async Task KeepAndDeleteActOnANewOneToo(string driver, string steps, bool isLeft)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => Do(steps, s));
        Assert.Equal(isLeft ? "saved" : null, await site.Visit(s => s.GetFlash<string>("m")));
    }

    [Theory, EveryDriver]
    public async Task AVariableCanBeKeptThroughAnyNumberOfRequests(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", "saved").SetFlash("n", 1));
        for (int i = 0; i < 4; i++)
        {
            await site.Visit(s => Assert.Equal("saved", s.KeepFlash("m").GetFlash<string>("m")));
        }

        await site.Visit(s => Assert.Equal(["m"], s.GetFlash().Keys));
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    // Nobody has seen that one yet.
    [Theory]
    [InlineData("get")]
    [InlineData("keep")]
    [InlineData("keep, get")]
    [InlineData("keep, get expire")]
    [InlineData("get, keep all, get expire")]
    public async Task WhatAnotherRequestHasSetAnewIsKeptWhateverThisOneDoes(string steps)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.VisitAsync(async s =>
        {
            Do(steps, s);
            await site.Beside(other => other.SetFlash("m", "anew"));
        });
        Assert.Equal("anew", await site.Visit(s => s.GetFlash<string>("m")));
    }

    // Nor has this request, which goes on with what the other one has stored.
    [Theory]
    [InlineData("get", false)]
    [InlineData("get", true)]
    [InlineData("keep, get expire", false)]
    [InlineData("keep, get expire", true)]
    [InlineData("other", true)]
    public async Task WhatAnotherRequestHasSetAnewIsKeptAlsoByOneThatMeetsItBeforeItsEnd(string steps, bool saves)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.VisitAsync(async s =>
        {
            Do(steps, s);
            await site.Beside(other => other.SetFlash("m", "anew"));
            if (saves)
            {
                await s.Set("x", 1).SaveAsync();
            }
            else
            {
                await s.ReloadAsync();
            }
        });
        Assert.Equal("anew", await site.Visit(s => s.GetFlash<string>("m")));
        Assert.Null(await site.Visit(s => s.GetFlash<string>("m")));
    }

    // As one of its own: whoever reads it has seen it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsMetAndReadIsUsedUp(bool saves)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.SetFlash("m", "saved"));
        await site.VisitAsync(async s =>
        {
            s.SetFlash("own", 1);
            await site.Beside(other => other.SetFlash("m", "anew"));
            await (saves ? s.SaveAsync() : s.ReloadAsync());
            Assert.Equal("anew", s.GetFlash<string>("m"));
            Assert.Equal(1, s.GetFlash<int>("own"));
        });
        Assert.Empty(await site.Visit(s => s.GetFlash()));
    }

    [Theory, EveryDriver]
    public async Task DeleteActsOnTheNamedOneOnly(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.SetFlash("m", 1).SetFlash("n", 2).SetFlash("M", 3));
        await site.Visit(s => Assert.Equal(["n", "M"], s.DeleteFlash("m").DeleteFlash("missing").GetFlash().Keys));
    }

    [Theory]
    [InlineData("")]
    public async Task KeepAndDeleteRefuseAnEmptyName(string name)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Assert.Throws<ArgumentException>(() => s.KeepFlash(name));
            Assert.Throws<ArgumentException>(() => s.DeleteFlash(name));
        });
    }

    private static void Do(string steps, Session session)
    {
        foreach (string step in steps.Split(", "))
        {
            Steps[step](session);
        }
    }
}
