namespace FuelSessions.Tests.Fuel;

/// <summary>Dots make paths: into maps, into lists, and through what is neither.</summary>
public class PathTests
{
    [Theory, EveryDriver]
    public async Task DotsMakePathsIntoMapsAndLists(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s
            .Set("user.address.city", "London")
            .Set("orders", new[] { new Order(1, ["x", "y"]), new Order(2, []) }));
        await site.Visit(s =>
        {
            Assert.Equal("London", s.Get<string>("user.address.city"));
            Assert.Equal("London", s.Get<Dictionary<string, string>>("user.address")!["city"]);
            Assert.Equal(2, s.Get<int>("orders.1.Id"));
            Assert.Equal("y", s.Get<string>("orders.0.Tags.1"));
            Assert.Equal("none", s.Get("orders.0.Tags.2", "none"));
            s.Set("orders.1.Tags.0", "z").Set("orders.0.Id", 5).Set("user.address.zip", "N1");
        });
        await site.Visit(s =>
        {
            Order[] orders = s.Get<Order[]>("orders")!;
            Assert.Equal([5, 2], orders.Select(order => order.Id));
            Assert.Equal(["x", "y"], orders[0].Tags);
            Assert.Equal(["z"], orders[1].Tags);
            Assert.Equal("London", s.Get<string>("user.address.city"));
            Assert.Equal("N1", s.Get<string>("user.address.zip"));
        });
    }

    [Theory, EveryDriver]
    public async Task APathThroughAScalarOrNullGivesTheDefaultAndDeletesNothing(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("text", "abc").Set("number", 12).Set("no", false).Set<string?>("null", null).Set("list", new[] { 1 }));
        await site.Visit(s =>
        {
            foreach (string path in new[] { "text.0", "text.x", "number.0", "no.x", "null.x", "null.x.y", "list.x", "list.1", "list.-1", "list.00", "list.0.x" })
            {
                Assert.Equal("default", s.Get(path, "default"));
                Assert.False(s.Has(path), path);
                s.Delete(path);
            }
        });
        await site.Visit(s =>
        {
            Assert.Equal(["abc", 12L, false, null], s.Get(["text", "number", "no", "null"]).Values);
            Assert.Equal([1], s.Get<int[]>("list")!);
        });
    }

    [Theory]
    [EveryDriver("text")]
    [EveryDriver(0)]
    [EveryDriver(1.5)]
    [EveryDriver(true)]
    [EveryDriver(null)]
    public async Task SettingAPathThroughAScalarOrNullReplacesItByAMap(string driver, object? scalar)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a", scalar).Set("m.k", scalar).Set("list", new[] { scalar }));
        await site.Visit(s => s.Set("a.b", 1).Set("m.k.x.y", 2).Set("list.0.x", 3));
        await site.Visit(s =>
        {
            Assert.Equal(["b"], s.Get<Dictionary<string, int>>("a")!.Keys);
            Assert.Equal(2, s.Get<int>("m.k.x.y"));
            Assert.Equal(3, s.Get<List<Dictionary<string, int>>>("list")![0]["x"]);
        });
    }

    [Theory, EveryDriver]
    public async Task SettingOnePastTheEndOfAListAppends(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("list", new List<int>()));
        await site.Visit(s => s.Set("list.0", 1).Set("list.1", 2));
        await site.Visit(s => s.Set("list.2", 3).Set("list.0", 9));
        Assert.Equal(new[] { 9, 2, 3 }, (await site.Visit(s => s.Get<int[]>("list")))!);
        await site.Visit(s => s.Set("list.3.deep.er", 4));
        Assert.Equal(4, await site.Visit(s => s.Get<int>("list.3.deep.er")));
    }

    [Theory]
    [EveryDriver("list.3")]
    [EveryDriver("list.100")]
    [EveryDriver("list.3.x")]
    [EveryDriver("list.999999999")]
    [EveryDriver("list.9999999999")]
    [EveryDriver("list.99999999999999999999")]
    [EveryDriver("list.1.9")]
    public async Task SettingFurtherPastTheEndOfAListIsAnErrorAndChangesNothing(string driver, string path)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("list", new List<object> { 1, new List<object?> { 2 } }));
        await site.Visit(s =>
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => s.Set(path, 1));
            Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
            Assert.False(s.Has(path));
            s.Delete(path);
        });
        await site.Visit(s =>
        {
            Assert.Equal(2, s.Get<List<object?>>("list")!.Count);
            Assert.Equal([2], s.Get<int[]>("list.1")!);
        });
    }

    [Theory, EveryDriver]
    public async Task NamesAmongIndexesMakeAMapOfAList(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("list", new[] { 1, 2 }).Set("other", new[] { 1 }));
        await site.Visit(s => s.Set("list.name", 3).Set("other.01", 2));
        await site.Visit(s =>
        {
            Assert.Equal(new Dictionary<string, int> { ["0"] = 1, ["1"] = 2, ["name"] = 3 }, s.Get<Dictionary<string, int>>("list"));
            Assert.Equal(2, s.Get<int>("list.1"));
            Assert.Equal(["0", "01"], s.Get<Dictionary<string, int>>("other")!.Keys);
        });
    }

    [Theory, EveryDriver]
    public async Task NumericPartsAreNamesInMapsAndOfVariables(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("7", "seven").Set("cart.items.7", 1).Set("cart.items.0", 2).Set("0.1", "x"));
        await site.Visit(s =>
        {
            Assert.Equal("seven", s.Get<string>("7"));
            Assert.Equal(1, s.Get<int>("cart.items.7"));
            Assert.Equal(new Dictionary<int, int> { [7] = 1, [0] = 2 }, s.Get<Dictionary<int, int>>("cart.items"));
            Assert.Equal("x", s.Get<string>("0.1"));
        });
    }

    [Theory, EveryDriver]
    public async Task DeletingALeafLeavesEmptyParents(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a.b.c", 1).Set("list", new[] { 1 }).Set("maps", new[] { new { x = 1 } }));
        await site.Visit(s => s.Delete("a.b.c").Delete("list.0").Delete("maps.0.x"));
        await site.Visit(s =>
        {
            Assert.Empty(s.Get<Dictionary<string, object?>>("a.b")!);
            Assert.Empty(s.Get<int[]>("list")!);
            Assert.Empty(Assert.Single(s.Get<List<Dictionary<string, int>>>("maps")!));
            s.Delete("a.b");
            Assert.Empty(s.Get<Dictionary<string, object?>>("a")!);
            Assert.True(s.Has("a"));
        });
    }

    [Theory, EveryDriver]
    public async Task DeletingAListElementClosesTheGap(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("list", new[] { 1, 2, 3 }).Set("deep.list", new[] { "a", "b" }));
        await site.Visit(s => s.Delete("list.1").Delete("deep.list.0").Delete("list.9"));
        await site.Visit(s =>
        {
            Assert.Equal([1, 3], s.Get<int[]>("list")!);
            Assert.Equal("b", s.Get<string>("deep.list.0"));
            s.Set("list.2", 4);
            Assert.Equal([1, 3, 4], s.Get<int[]>("list")!);
        });
    }

    [Theory, EveryDriver]
    public async Task EmptyPartsAreNamesToo(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("a..b", 1).Set("c.", 2));
        await site.Visit(s =>
        {
            Assert.Equal([1L, 2L], s.Get(["a..b", "c."]).Values);
            Assert.Equal(["a", "c"], s.All().Keys);
            Assert.False(s.Has("a.b"));
            Assert.Equal([""], s.Get<Dictionary<string, int>>("c")!.Keys);
        });
    }

    [Theory, EveryDriver]
    public async Task AnElementsChangeLeavesTheBytesOfItsNeighbours(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("m", new Dictionary<string, object?>
        {
            ["price"] = 1.10m,
            ["big"] = ulong.MaxValue,
            ["tiny"] = double.Epsilon,
            ["text"] = "a\u0000😀<&>\"'/\\",
        }));
        await site.Visit(s => s.Set("m.more", 1));
        await site.Visit(s => s.Delete("m.more"));
        await site.Visit(s =>
        {
            Assert.Equal("1.10", s.Get<decimal>("m.price").ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(ulong.MaxValue, s.Get<ulong>("m.big"));
            Assert.Equal(double.Epsilon, s.Get<double>("m.tiny"));
            Assert.Equal("a\u0000😀<&>\"'/\\", s.Get<string>("m.text"));
        });
    }

    [Fact]
    public async Task APathCanBeThirtyTwoPartsDeepAndNoDeeper()
    {
        await using Site site = await Site.StartAsync("memory");
        string deepest = string.Join('.', Enumerable.Repeat("p", 32));
        await site.Visit(s => s.Set(deepest, 1));
        Assert.Equal(1, await site.Visit(s => s.Get<int>(deepest)));
        await site.Visit(s => Assert.Contains("33 parts", Assert.Throws<ArgumentException>(() => s.Set(deepest + ".p", 1)).Message, StringComparison.Ordinal));
    }

    private sealed record Order(int Id, List<string> Tags);
}
