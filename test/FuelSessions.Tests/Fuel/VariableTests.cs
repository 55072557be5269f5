namespace FuelSessions.Tests.Fuel;

/// <summary>Variables without paths: what is found, what is the default, what several at once do.</summary>
public class VariableTests
{
    [Theory, EveryDriver]
    public async Task AVariableIsThereInTheSameRequestAndInTheNext(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        Assert.Equal(1, await site.Visit(s => s.Set("a", 1).Get<int>("a")));
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
        await site.Visit(s => s.Set("a", 2));
        Assert.Equal(2, await site.Visit(s => s.Get<int>("a")));
    }

    [Theory, EveryDriver]
    public async Task AMissingVariableGivesTheDefaultElseTheTypesOwn(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("other", 1));
        await site.Visit(s =>
        {
            Assert.Equal("none", s.Get("missing", "none"));
            Assert.Equal(5, s.Get("missing", 5));
            Assert.Equal(6, s.Get("missing", () => 6));
            Assert.Equal(0, s.Get<int>("missing"));
            Assert.Null(s.Get<int?>("missing"));
            Assert.Null(s.Get<string>("missing"));
            Assert.Null(s.Get<object>("missing"));
            Assert.False(s.Has("missing"));
            Assert.False(s.TryGet("missing", out string? value));
            Assert.Null(value);
        });
    }

    [Theory, EveryDriver]
    public async Task AStoredNullFalseZeroOrEmptyValueIsFound(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        void Check(Session s)
        {
            Assert.Null(s.Get<string>("null", "default"));
            Assert.Null(s.Get<int?>("null", 7));
            Assert.False(s.Get("false", true));
            Assert.Equal(0, s.Get("zero", 7));
            Assert.Equal("", s.Get("empty", "default"));
            Assert.Empty(s.Get("list", new List<int> { 1 })!);
            Assert.Empty(s.Get("map", new Dictionary<string, int> { ["a"] = 1 })!);
            Assert.All(["null", "false", "zero", "empty", "list", "map"], name => Assert.True(s.Has(name), name));
            Assert.True(s.TryGet("null", out string? value));
            Assert.Null(value);
        }

        await site.Visit(s =>
        {
            s.Set<string?>("null", null).Set("false", false).Set("zero", 0).Set("empty", "");
            s.Set("list", new List<int>()).Set("map", new Dictionary<string, int>());
            Check(s);
        });
        await site.Visit(Check);
    }

    [Theory, EveryDriver]
    public async Task ADefaultThatIsMadeOnDemandIsMadeOnlyForAMissingVariable(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set<string?>("null", null).Set("a", "x"));
        await site.Visit(s =>
        {
            string Fail() => throw new InvalidOperationException("not needed");
            Assert.Equal("x", s.Get("a", Fail));
            Assert.Null(s.Get("null", Fail));
            Assert.Throws<InvalidOperationException>(() => s.Get("missing", Fail));
        });
    }

    [Theory, EveryDriver]
    public async Task NamesAreCaseSensitive(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("name", 1).Set("Name", 2).Set("map.key", 3).Set("map.Key", 4));
        await site.Visit(s =>
        {
            Assert.Equal([1, 2, 0], new[] { s.Get<int>("name"), s.Get<int>("Name"), s.Get<int>("NAME") });
            Assert.Equal([3, 4, 0], new[] { s.Get<int>("map.key"), s.Get<int>("map.Key"), s.Get<int>("Map.key") });
            s.Delete("NAME").Delete("map.KEY");
            Assert.Equal(3, s.All().Count);
        });
    }

    [Theory, EveryDriver]
    public async Task AValueIsStoredAsItIsWhenItIsSet(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            List<int> list = [1];
            s.Set("list", list);
            list.Add(2);
            s.Get<List<int>>("list")!.Add(3);
            Assert.Equal([1], s.Get<List<int>>("list")!);
        });
        Assert.Equal(new[] { 1 }, (await site.Visit(s => s.Get<List<int>>("list")))!);
    }

    [Theory, EveryDriver]
    public async Task AllGivesEverythingInTheOrderOfItsSettingButNoFlash(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        Assert.Empty(await site.Visit(s => s.All()));
        await site.Visit(s => s.Set("z", 1).Set("a", "x").Set("m.k", true).SetFlash("flash", 1));
        void Check(Session s)
        {
            IReadOnlyDictionary<string, object?> all = s.All();
            Assert.Equal(["z", "a", "m"], all.Keys);
            Assert.Equal(1L, all["z"]);
            Assert.Equal("x", all["a"]);
            Assert.Equal(true, Assert.IsType<Dictionary<string, object?>>(all["m"])["k"]);
        }

        await site.Visit(Check);
        await site.Visit(s => Check(s.Set("z", 1)));
    }

    [Theory, EveryDriver]
    public async Task AListOfNamesGivesAMapOfThose(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).Set("b.c", "x").Set<string?>("n", null));
        await site.Visit(s =>
        {
            IReadOnlyDictionary<string, object?> some = s.Get(["a", "b.c", "n", "missing", "b.missing"]);
            Assert.Equal(["a", "b.c", "n", "missing", "b.missing"], some.Keys);
            Assert.Equal([1L, "x", null, null, null], some.Values);
            Assert.Empty(s.Get([]));
        });
    }

    [Theory, EveryDriver]
    public async Task AListOfNamesTakesADefaultForThoseThatAreMissing(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).Set<string?>("n", null));
        IReadOnlyDictionary<string, object?> some = await site.Visit(s => s.Get(["a", "n", "missing"], "none"));
        Assert.Equal([1L, null, "none"], some.Values);
    }

    [Theory, EveryDriver]
    public async Task AMapSetsEachOfItsVariables(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("user.name", "Ada").Set("keep", 1));
        await site.Visit(s => s.Set(new Dictionary<string, object?>
        {
            ["user.id"] = 7,
            ["user.tags.first"] = "x",
            ["plain"] = null,
            ["list"] = new[] { 1, 2 },
            ["list.2"] = 3,
        }));
        await site.Visit(s =>
        {
            Assert.Equal("Ada", s.Get<string>("user.name"));
            Assert.Equal(7, s.Get<int>("user.id"));
            Assert.Equal("x", s.Get<string>("user.tags.first"));
            Assert.True(s.Has("plain"));
            Assert.Equal([1, 2, 3], s.Get<int[]>("list")!);
            Assert.Equal(1, s.Get<int>("keep"));
        });
    }

    [Theory, EveryDriver]
    public async Task SettingAMapDoesNotMergeDeep(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("user", new Dictionary<string, object?> { ["name"] = "Ada", ["id"] = 7 }));
        await site.Visit(s => s.Set(new Dictionary<string, object?> { ["user"] = new Dictionary<string, object?> { ["name"] = "Bob" } }));
        await site.Visit(s =>
        {
            Assert.Equal("Bob", s.Get<string>("user.name"));
            Assert.False(s.Has("user.id"));
            s.Set("user", new { name = "Eve" });
            Assert.Equal("Eve", s.Get<string>("user.name"));
        });
    }

    [Theory, EveryDriver]
    public async Task DotsInTheKeysOfAStoredMapAreNoPaths(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("map", new Dictionary<string, int> { ["a.b"] = 1 }));
        await site.Visit(s =>
        {
            Assert.False(s.Has("map.a"));
            Assert.False(s.Has("map.a.b"));
            Assert.Equal(1, s.Get<Dictionary<string, int>>("map")!["a.b"]);
            s.Set("map.a.b", 2);
            Assert.Equal(2, s.Get<int>("map.a.b"));
            Assert.Equal(["a.b", "a"], s.Get<Dictionary<string, object?>>("map")!.Keys);
        });
    }

    [Theory, EveryDriver]
    public async Task ARefusedVariableOfAMapLeavesAllOfThemAsTheyWere(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).Set("list", new[] { 1 }));
        await site.Visit(s =>
        {
            s.Set("before", 1);
            string refused = Assert.Throws<ArgumentException>(() => s.Set(new Dictionary<string, object?> { ["a"] = 2, ["b"] = new Action(() => { }) })).Message;
            Assert.Contains("SerializerOptions.TypeInfoResolverChain", refused, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => s.Set(new Dictionary<string, object?> { ["a"] = 2, [""] = 1 }));
            Assert.Throws<ArgumentOutOfRangeException>(() => s.Set(new Dictionary<string, object?> { ["a"] = 2, ["list.0"] = 5, ["list.9"] = 1 }));
            Assert.Equal(1, s.Get<int>("a"));
            Assert.Equal([1], s.Get<int[]>("list")!);
            s.Set("after", 1);
        });
        Assert.Equal(["a", "list", "before", "after"], (await site.Visit(s => s.All())).Keys);
        Assert.Equal(new[] { 1 }, (await site.Visit(s => s.Get<int[]>("list")))!);
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    [Theory, EveryDriver]
    public async Task WhatAllGaveCanBeSet(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        IReadOnlyDictionary<string, object?> all = await site.Visit(s => s.Set("a", 1.5).Set("b.c", new[] { "x", null }).Set("d", null).All());
        await site.Visit(s => s.Clear().Set(all));
        Assert.Equivalent(all, await site.Visit(s => s.All()), strict: true);
    }

    [Theory, EveryDriver]
    public async Task DeletingWhatIsNotThereIsFine(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Delete("missing").Delete("missing.too"));
        Assert.Empty(site.Last.SetCookies);
        await site.Visit(s => s.Set("a", 1).Set("m.k", 1).Set<string?>("null", null));
        await site.Visit(s => s.Delete("b").Delete("a.x").Delete("m.x").Delete("m.k.x").Delete("null.x").Delete("m.x.y"));
        await site.Visit(s =>
        {
            Assert.Equal(["a", "m", "null"], s.All().Keys);
            Assert.Equal(1, s.Get<int>("m.k"));
        });
    }

    [Theory, EveryDriver]
    public async Task AListOfNamesDeletesEach(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).Set("b.c", 2).Set("d", 3));
        await site.Visit(s => s.Delete(["a", "b.c", "missing"]));
        await site.Visit(s =>
        {
            Assert.Equal(["b", "d"], s.All().Keys);
            Assert.False(s.Has("b.c"));
            Assert.Throws<ArgumentException>(() => s.Delete(["d", ""]));
            Assert.True(s.Has("d"));
        });
    }

    [Theory, EveryDriver]
    public async Task ADeletedVariableStaysDeletedAndCanBeSetAgain(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).Set("b", 2));
        Assert.False(await site.Visit(s => s.Delete("a").Has("a")));
        Assert.False(await site.Visit(s => s.Has("a")));
        await site.Visit(s => s.Set("a", 3).Delete("b").Set("b", 4));
        Assert.Equal([3L, 4L], (await site.Visit(s => s.Get(["a", "b"]))).Values);
    }

    [Theory, EveryDriver]
    public async Task ClearRemovesAllVariablesAndNoFlash(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", 1).Set("b", 2).SetFlash("f", "x"));
        await site.Visit(s => s.KeepFlash().Clear().Set("c", 3));
        await site.Visit(s =>
        {
            Assert.Equal(["c"], s.All().Keys);
            Assert.Equal("x", s.GetFlash<string>("f"));
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task ANullOrEmptyNameThrows(string? name)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Action[] uses =
            [
                () => s.Get<int>(name!), () => s.Get(name!, 1), () => s.Get(name!, () => 1), () => s.Get([name!]), () => s.TryGet<int>(name!, out _), () => s.Has(name!),
                () => s.Set(name!, 1), () => s.Delete(name!), () => s.Increment(name!), () => s.Update<int>(name!, n => n),
                () => s.SetFlash(name!, 1), () => s.GetFlash<int>(name!), () => s.GetFlash(name!, () => 1),
            ];
            Assert.All(uses, use => Assert.ThrowsAny<ArgumentException>(use));
            Assert.Empty(s.All());
        });
    }

    /// <summary>A merge calls the function again; what it does to the session besides is the app's affair, and no reason to call it for good.</summary>
    [Theory]
    [InlineData("destroy")]
    [InlineData("create")]
    [InlineData("reset")]
    public async Task AnUpdateThatGivesUpTheSessionInAMergeEnds(string how)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("n", 1));
        int calls = 0;
        await site.VisitAsync(async s =>
        {
            s.Update<int>("n", n =>
            {
                if (++calls > 100)
                {
                    throw new InvalidOperationException("Nothing ends it.");
                }

                if (n > 1)
                {
                    _ = how switch { "destroy" => s.Destroy(), "create" => s.Create(), _ => s.Reset() };
                }

                return n + 1;
            });
            await site.Beside(other => other.Set("n", 5));
        });
        Assert.Equal(2, calls);
    }

    [Theory, EveryDriver]
    public async Task IncrementAndUpdateWorkOnPaths(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s =>
        {
            Assert.Equal(1, s.Increment("visits.today"));
            Assert.Equal(0, s.Increment("visits.today", -1));
            Assert.Equal(5, s.Set<int?>("null", null).Increment("null", 5));
            Assert.Equal([7], s.Update("cart.items", (List<int>? items) => [.. items ?? [], 7])!);
        });
        await site.Visit(s =>
        {
            Assert.Equal(2, s.Increment("visits.today", 2));
            Assert.Equal([7, 8], s.Update("cart.items", (List<int>? items) => [.. items ?? [], 8])!);
            Assert.Null(s.Update<string>("text", _ => null));
            Assert.True(s.Has("text"));
            SessionValueException error = Assert.Throws<SessionValueException>(() => s.Set("word", "x").Increment("word"));
            Assert.Contains("'word'", error.Message, StringComparison.Ordinal);
            Assert.Throws<OverflowException>(() => s.Set("most", long.MaxValue).Increment("most"));
            Assert.Equal(long.MaxValue, s.Get<long>("most"));
        });
    }
}
