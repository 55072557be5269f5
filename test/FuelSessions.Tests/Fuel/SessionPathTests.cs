namespace FuelSessions.Tests.Fuel;

/// <summary>Parts that are data stay whole, whatever is in them; what would hit a neighbour is refused.</summary>
public class SessionPathTests
{
    private static readonly string[] Data = ["AB", "AB.2", ".a", "a.", "..", "7", "0", "-1", "", "[AB.2]", "a\u001Fb", "ä.ö", string.Join('.', Enumerable.Repeat("p", 50))];

    [Theory, EveryDriver]
    public async Task DataWithDotsStaysOnePartInAnInterpolatedPath(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        for (int i = 0; i < 3; i++)
        {
            await site.Visit(s => Assert.All(Data, sku => s.Increment($"cart.items.{sku}")));
        }

        await site.Visit(s =>
        {
            Assert.All(Data, sku => Assert.Equal(3, s.Get<int>($"cart.items.{sku}")));
            Assert.All(Data, sku => Assert.Equal(3, s.Get<int>(SessionPath.Of("cart", "items", sku))));
            Assert.All(Data, sku => Assert.Equal(3, s.Get<int>(SessionPath.Parse("cart.items").Append(sku))));
            Assert.Equal(Data, s.Get<Dictionary<string, int>>("cart.items")!.Keys);
            s.Delete($"cart.items.{Data[1]}");
            Assert.Equal(3, s.Get<int>("cart.items.AB"));
            Assert.False(s.Has($"cart.items.{Data[1]}"));
        });
    }

    [Fact]
    public async Task EveryMemberTakesPathsOfParts()
    {
        await using Site site = await Site.StartAsync("memory");
        SessionPath path = SessionPath.Of("a.b", "c.d");
        SessionPath other = SessionPath.Of("a.b", "e");
        await site.Visit(s =>
        {
            s.Set(path, 1).Set([KeyValuePair.Create(other, (object?)2)]).SetFlash(path, "f").SetFlash(other, "g");
            Assert.Equal([1L, 2L], s.Get([path, other]).Values);
            Assert.Equal(3, s.Update<int>(path, n => n + 2));
            Assert.Equal(4, s.Increment(path));
            Assert.True(s.TryGet(path, out int found) && found == 4 && s.Has(path) && !s.Has("a.b.c.d"));
            Assert.Equal(["a.b"], s.All().Keys);
        });
        await site.Visit(s => Assert.Equal("f", s.KeepFlash(path).GetFlash<string>(path)));
        await site.Visit(s =>
        {
            s.DeleteFlash(path).Delete([path]);
            Assert.Equal("g", s.GetFlash<string>(other));
            Assert.Null(s.GetFlash<string>(path));
            Assert.Equal(["e"], s.Get<Dictionary<string, int>>(SessionPath.Of("a.b"))!.Keys);
        });
    }

    /// <summary>Apps make names of data, with a separator of their own: what can't be read is named by all of it.</summary>
    [Theory]
    [InlineData("a\u001Fb", "a\u001Fb.c\u001Fd")]
    [InlineData("AB.2", "[AB.2].c\u001Fd")]
    [InlineData("\u001F", "\u001F.c\u001Fd")]
    public async Task APathIsShownWithAllOfItsParts(string name, string shown)
    {
        SessionPath path = SessionPath.Of(name, "c\u001Fd");
        Assert.Equal(shown, path.ToString());
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            s.Set(path, "text");
            Assert.Equal(shown, Assert.Throws<SessionValueException>(() => s.Increment(path)).Path);
            Assert.Equal(shown, Assert.Throws<SessionValueException>(() => s.Get<int>(path)).Path);
        });
    }

    [Fact]
    public void AnInterpolatedPathHasThePartsThatItSays()
    {
        SessionPath inner = SessionPath.Of("x.y", "z");
        Assert.Equal(SessionPath.Of("a", "b", "1.5", "c"), Read($"a.b.{1.5}.c"));
        Assert.Equal(SessionPath.Of("item-7.0-x", "n"), Read($"item-{"7.0"}-x.n"));
        Assert.Equal(SessionPath.Of("x.y", "z", "n"), Read($"{inner}.n"));
        Assert.Equal(SessionPath.Of("a", "x.y", "z"), Read($"a.{inner}"));
        Assert.Equal(SessionPath.Of("a", "00FF"), Read($"a.{255:X4}"));
        Assert.Equal("a.[b.c]", SessionPath.Of("a", "b.c").ToString());
        Assert.NotEqual(SessionPath.Of("a", "b.c"), SessionPath.Of("a", "b", "c"));
        Assert.Equal(SessionPath.Parse("a.b").GetHashCode(), SessionPath.Of("a", "b").GetHashCode());

        static SessionPath Read(SessionPath path) => path;
    }

    [Theory]
    [InlineData(".a")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a.1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3")]
    public async Task WhatIsNoPathIsRefusedByEveryMember(string? path)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s =>
        {
            Action[] uses =
            [
                () => s.Get<int>(path!), () => s.Get(path!, () => 1), () => s.TryGet<int>(path!, out _), () => s.Has(path!), () => s.Set(path!, 1), () => s.Delete(path!),
                () => s.Increment(path!), () => s.Update<int>(path!, n => n), () => s.Get([path!]), () => s.Delete([path!]), () => s.SetFlash(path!, 1),
                () => s.GetFlash<int>(path!), () => s.Set([new(path!, 1)]), () => SessionPath.Parse(path!),
            ];
            Assert.All(uses, use => Assert.ThrowsAny<ArgumentException>(use));
            Assert.Empty(s.All());
        });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1.5)]
    [InlineData("text")]
    [InlineData(true)]
    public async Task AChangeThatBeginsWithWhatIsThereDoesNotGoThroughAScalar(object scalar)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("cart.items.AB", scalar).Set("list", new[] { scalar }).Set<string?>("none", null));
        await site.Visit(s =>
        {
            foreach (string path in new[] { "cart.items.AB.2", "cart.items.AB.2.x", "list.0.x" })
            {
                Assert.Contains("SessionPath.Of", Assert.Throws<SessionValueException>(() => s.Increment(path)).Message, StringComparison.Ordinal);
                Assert.Throws<SessionValueException>(() => s.Update<int>(path, n => n + 1));
            }

            Assert.Equal(1, s.Increment("none.x"));
            s.Set("dirty", 1).Set("cart.more", 1);
            Assert.Throws<SessionValueException>(() => s.Increment("cart.items.AB.2"));
        });
        Assert.Equal(scalar, await site.Visit(s => s.Get<object>("cart.items.AB") is long n ? (int)n : s.Get<object>("cart.items.AB")));
    }
}
