namespace FuelSessions.Tests.Fuel;

/// <summary>A request that lives long sees what others do to its session when it reads again.</summary>
public class ReloadTests
{
    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("db")]
    public async Task ReadingAgainShowsWhatOthersSavedUnderOnesOwnChanges(string driver)
    {
        await using Site site = await Site.StartAsync(driver);
        await site.Visit(s => s.Set("count", 1).Set("own", "old"));
        await site.VisitAsync(async s =>
        {
            s.Increment("count");
            s.Set("own", "mine");
            await Beside(site, other => other.Set("seen", true).Set("own", "theirs").Increment("count"));
            Assert.False(s.Has("seen"));
            Assert.Same(s, await s.ReloadAsync());
            Assert.True(s.Get<bool>("seen"));
            Assert.Equal("mine", s.Get<string>("own"));
            Assert.Equal(3, s.Get<int>("count"));
            Assert.Equal(3, (await s.ReloadAsync()).Get<int>("count"));
        });
        Assert.Equal([3L, "mine", true], (await site.Visit(s => s.Get(["count", "own", "seen"]))).Values);
    }

    [Fact]
    public async Task OrdinaryRotationsDoNotMatter()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("count", 0));
        await site.VisitAsync(async s =>
        {
            for (int i = 1; i <= 4; i++)
            {
                await Beside(site, other => other.Rotate().Increment("count"));
                site.Clock.Advance(TimeSpan.FromMinutes(3));
                Assert.Equal(i, (await s.ReloadAsync()).Get<int>("count"));
                Assert.Equal(SessionState.Active, s.State);
            }
        });
        Assert.Equal(4, await site.Visit(s => s.Get<int>("count")));
    }

    [Fact]
    public async Task FlashThatIsSetLaterIsLeftToPages()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.SetFlash("before", true));
        await site.VisitAsync(async s =>
        {
            Assert.Equal(0, s.Get<int>("count"));
            await Beside(site, other => other.SetFlash("later", true));
            s.Increment("count");
            await (await s.ReloadAsync()).SaveAsync();
        });
        Assert.Equal((false, true, 1), await site.Visit(s => (s.GetFlash<bool>("before"), s.GetFlash<bool>("later"), s.Get<int>("count"))));
    }

    [Fact]
    public async Task ARevokingRotationOrTheEndIsSeen()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("secret", 0));
        await site.VisitAsync(async s =>
        {
            s.Set("early", 1);
            await Beside(site, other => other.AttachPrincipal("ada").Set("secret", 1));
            Assert.Equal(SessionState.Detached, (await s.ReloadAsync()).State);
            Assert.Empty(s.All());
            Assert.Null(s.Principal);
            await Assert.ThrowsAsync<InvalidOperationException>(() => s.SaveAsync());
        });
        Assert.Equal(1, await site.Visit(s => s.Get<int>("secret")));
        await site.VisitAsync(async s =>
        {
            s.Set("early", 1);
            await Beside(site, other => other.Destroy());
            Assert.Equal(SessionState.Gone, (await s.ReloadAsync()).State);
            Assert.Empty(s.All());
            await Assert.ThrowsAsync<SessionGoneException>(() => s.SaveAsync());

            // As often as it is tried.
            for (int i = 0; i < 2; i++)
            {
                s.Set("late", i);
                await Assert.ThrowsAsync<SessionGoneException>(() => s.SaveAsync());
            }
        });
    }

    /// <summary>Not only variables: what was asked for and can't be done is told once, however the end was found out.</summary>
    [Theory]
    [InlineData("attach", false)]
    [InlineData("rotate", false)]
    [InlineData("configure", false)]
    [InlineData("rotate", true)]
    public async Task WhatElseIsUnsavedIsRefusedToo(string what, bool isOvertaken)
    {
        await using Site site = await Site.StartAsync("memory");
        await site.Visit(s => s.Set("a", 1));
        await site.VisitAsync(async s =>
        {
            _ = what switch
            {
                "attach" => s.AttachPrincipal("ada"),
                "rotate" => s.Rotate(),
                _ => s.SetConfig(nameof(FuelSessionsOptions.ExpirationTime), TimeSpan.FromMinutes(5)),
            };
            await Beside(site, other => _ = isOvertaken ? other.AttachPrincipal("bob") : other.Destroy());
            Assert.Equal(isOvertaken ? SessionState.Detached : SessionState.Gone, (await s.ReloadAsync()).State);
            Exception? error = await Record.ExceptionAsync(() => s.SaveAsync());
            Assert.Equal(isOvertaken ? typeof(InvalidOperationException) : typeof(SessionGoneException), error?.GetType());
            await s.SaveAsync();
        });

        // Who has asked for nothing has lost nothing.
        await site.Visit(s => s.Set("a", 1));
        await site.VisitAsync(async s =>
        {
            Assert.True(s.Has("a"));
            await Beside(site, other => other.Destroy());
            Assert.Equal(SessionState.Gone, (await s.ReloadAsync()).State);
            await s.SaveAsync();
        });
    }

    [Fact]
    public async Task ANewSessionStaysWhatItIs()
    {
        await using Site site = await Site.StartAsync("memory");
        await site.VisitAsync(async s =>
        {
            await s.ReloadAsync();
            s.Set("a", 1);
            Assert.Equal(1, (await s.ReloadAsync()).Get<int>("a"));
        });
        Assert.Equal(1, await site.Visit(s => s.Get<int>("a")));
    }

    // Another request of the same browser, while one is running.
    private static Task Beside(Site site, Action<Session> page) => site.Beside(page);
}
