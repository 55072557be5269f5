using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FuelSessions.IntegrationTests.Registry;

/// <summary>Where a user is signed in, and how that ends [A7–A10].</summary>
public sealed class RegistryTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnFindingStores]
    public async Task A_user_s_sessions_are_listed_and_ended_one_by_one(string store)
    {
        SessionApp app = await StartAsync(store, o => o.RememberClient = true);
        ISessionRegistry registry = app.Services.GetRequiredService<ISessionRegistry>();
        TestBrowser laptop = app.NewBrowser("Laptop/1.0");
        TestBrowser phone = app.NewBrowser("Phone/2.0");
        TestBrowser stranger = app.NewBrowser();
        await app.DoneAsync(laptop, session => session.Set("cart", 1));
        await app.DoneAsync(laptop, session => session.AttachPrincipal("ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.DoneAsync(phone, session => session.AttachPrincipal("ada"));
        await app.DoneAsync(stranger, session => session.AttachPrincipal("eve"));
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        await app.DoneAsync(laptop, session => session.Rotate());

        IReadOnlyList<RegisteredSession> listed = [];
        app.AssertOk(await app.SendAsync(laptop, async (_, _) => listed = await registry.ListAsync("ada")));
        Assert.Equal(["Phone/2.0", "Laptop/1.0"], listed.Select(session => session.UserAgent));
        Assert.Equal([false, true], listed.Select(session => session.IsCurrent));
        Assert.All(listed, session =>
        {
            Assert.Equal("127.0.0.0/24", session.Address);
            Assert.Equal(app.Store.Driver, session.Driver);
            Assert.Equal(22, session.Handle.Length);
            Assert.True(session.Created <= session.SignedIn && session.SignedIn <= session.LastSeen && session.LastSeen < session.Ends);
        });
        Assert.Equal(TimeSpan.FromMinutes(1), listed[0].SignedIn - listed[1].SignedIn);
        Assert.InRange(listed[1].LastSeen - listed[0].LastSeen, TimeSpan.FromMinutes(18), TimeSpan.FromMinutes(22));
        Assert.Equal(2, await registry.CountAsync("ada"));

        // No handle of another user, nor one that was never given out.
        Assert.False(await registry.EndAsync("eve", listed[0].Handle));
        Assert.False(await registry.EndAsync("ada", "nothing"));
        Assert.True(await registry.EndAsync("ada", listed[0].Handle));
        Assert.False(await registry.EndAsync("ada", listed[0].Handle));
        Assert.Equal((null, "ada", "eve"), (await PrincipalAsync(app, phone), await PrincipalAsync(app, laptop), await PrincipalAsync(app, stranger)));
        Assert.Equal(1, await registry.CountAsync("ada"));
        Assert.Equal(1, await app.AskAsync(laptop, session => session.Get<int>("cart")));
    }

    [Theory, OnFindingStores]
    public async Task All_end_but_the_current_one(string store)
    {
        SessionApp app = await StartAsync(store);
        ISessionRegistry registry = app.Services.GetRequiredService<ISessionRegistry>();
        TestBrowser here = app.NewBrowser();
        TestBrowser[] others = [app.NewBrowser(), app.NewBrowser()];
        foreach (TestBrowser browser in (TestBrowser[])[here, .. others])
        {
            await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        }

        int ended = 0;
        app.AssertOk(await app.SendAsync(here, async (_, _) => ended = await registry.EndAllAsync("ada", exceptCurrent: true)));
        Assert.Equal(2, ended);
        Assert.Equal("ada", await PrincipalAsync(app, here));
        Assert.All(await Task.WhenAll(others.Select(browser => PrincipalAsync(app, browser))), Assert.Null);

        // Who signs in from now on stays; also in the request that has ended the others.
        await app.DoneAsync(others[0], session => session.AttachPrincipal("ada"));
        app.AssertOk(await app.SendAsync(others[1], async (_, sessions) =>
        {
            Assert.Equal(2, await registry.EndAllAsync("ada"));
            (await sessions.ForgeAsync()).AttachPrincipal("ada");
        }));
        Assert.Equal((null, null, "ada"), (await PrincipalAsync(app, here), await PrincipalAsync(app, others[0]), await PrincipalAsync(app, others[1])));
    }

    [Theory, OnFindingStores]
    public async Task A_request_that_is_open_keeps_nothing(string store)
    {
        SessionApp app = await StartAsync(store);
        ISessionRegistry registry = app.Services.GetRequiredService<ISessionRegistry>();
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada").Set("secret", 1));
        TaskCompletionSource open = new(), over = new();
        Task<TestResponse> held = app.SendAsync(browser, async (_, sessions) =>
        {
            (await sessions.ForgeAsync()).Set("more", 1);
            open.SetResult();
            await over.Task;
        });
        await open.Task;
        Assert.Equal(1, await registry.EndAllAsync("ada"));
        over.SetResult();
        app.AssertNoCookie(app.AssertOk(await held));
        Assert.Contains(app.Events, told => told.Kind == SessionEventKind.Gone);
        Assert.Equal([], await app.AskAsync(browser, session => session.All().Keys));
        Assert.Equal(0, await registry.CountAsync("ada"));
    }

    // Its password was checked before the change of password that ends all sessions, and it is stored after that has looked for them.
    [Theory, OnFindingStores]
    public async Task A_sign_in_that_was_under_way_does_not_outlive_the_end_of_all(string store)
    {
        Store place = await NewStoreAsync(store);
        SessionApp app = await StartAsync(place);
        SessionApp other = await StartAsync(place, clock: app.Clock);
        foreach (SessionApp ending in (SessionApp[])[app, other])
        {
            ISessionRegistry registry = ending.Services.GetRequiredService<ISessionRegistry>();
            await AssertEndedUnderWayAsync(app, registry, before: () => Task.CompletedTask);

            TestBrowser late = app.NewBrowser();
            await app.DoneAsync(late, session => session.AttachPrincipal("ada"));
            Assert.Equal("ada", await PrincipalAsync(app, late));
            Assert.Equal(1, await registry.EndAllAsync("ada"));
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    // As a page does that changes who is signed in: to have ended one user's sessions says nothing of another one's.
    [Theory, OnFindingStores]
    public async Task A_sign_in_under_way_does_not_outlive_the_end_of_all_by_ending_somebody_else_s(string store)
    {
        SessionApp app = await StartAsync(store);
        ISessionRegistry registry = app.Services.GetRequiredService<ISessionRegistry>();
        await AssertEndedUnderWayAsync(app, registry, before: () => registry.EndAllAsync("eve"));
    }

    /// <summary>Signs ada in, by a request that began before all her sessions were ended, and goes on after that.</summary>
    private static async Task AssertEndedUnderWayAsync(SessionApp app, ISessionRegistry registry, Func<Task> before)
    {
        TaskCompletionSource open = new(), over = new();
        Task<TestResponse> held = app.SendAsync(app.NewBrowser(), async (_, sessions) =>
        {
            open.SetResult();
            await over.Task;
            await before();
            (await sessions.ForgeAsync()).AttachPrincipal("ada");
        });
        await open.Task;
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await registry.EndAllAsync("ada"));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        over.SetResult();
        app.AssertNoCookie(app.AssertOk(await held));
        Assert.Equal(0, await registry.CountAsync("ada"));
    }

    [Theory, OnFindingStores]
    public async Task Of_64_sign_ins_at_once_at_two_nodes_five_are_left(string store)
    {
        SessionApp[] nodes = await StartTwoAsync(store, o => (o.MaxSessionsPerPrincipal, o.StoreTimeout) = (5, TimeSpan.FromMinutes(1)));
        ISessionRegistry registry = nodes[0].Services.GetRequiredService<ISessionRegistry>();
        (SessionApp App, TestBrowser Browser)[] visitors = Visitors(nodes, 64);
        await Task.WhenAll(visitors.Select(visitor => visitor.App.DoneAsync(visitor.Browser, session => session.AttachPrincipal("ada"))));
        Assert.Equal(5, await registry.CountAsync("ada"));
        string?[] left = await Task.WhenAll(visitors.Select(visitor => PrincipalAsync(visitor.App, visitor.Browser)));
        Assert.Equal(5, left.Count(who => who == "ada"));

        // One after the other: the oldest sign-in goes, not the oldest session.
        SessionApp app = nodes[0];
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        TestBrowser old = app.NewBrowser();
        await app.DoneAsync(old, session => session.Set("cart", 1));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.DoneAsync(old, session => session.AttachPrincipal("ada"));
        Assert.Equal("ada", await PrincipalAsync(app, old));
        Assert.Equal(5, await registry.CountAsync("ada"));
    }

    [Theory, OnFindingStores]
    public async Task Of_64_sign_ins_at_once_at_two_nodes_all_but_five_are_refused(string store)
    {
        SessionApp[] nodes = await StartTwoAsync(
            store,
            o => (o.MaxSessionsPerPrincipal, o.OnTooManySessions, o.StoreTimeout) = (5, TooManySessionsAction.RefuseSignIn, TimeSpan.FromMinutes(1)));
        ISessionRegistry registry = nodes[0].Services.GetRequiredService<ISessionRegistry>();
        (SessionApp App, TestBrowser Browser)[] visitors = Visitors(nodes, 64);
        foreach ((SessionApp app, TestBrowser browser) in visitors[..32])
        {
            await app.DoneAsync(browser, session => session.Set("cart", 1));
        }

        TestResponse[] answers = await Task.WhenAll(visitors.Select(SignInAsync));
        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(59, answers.Count(answer => answer.Status == HttpStatusCode.Forbidden));
        Assert.Equal(59, nodes.Sum(node => node.Events.Count(told => told is { Kind: SessionEventKind.SignInRefused, Principal: "ada" })));
        Assert.Equal(5, await registry.CountAsync("ada"));
        string?[] left = await Task.WhenAll(visitors.Select(visitor => PrincipalAsync(visitor.App, visitor.Browser)));
        Assert.Equal(answers.Select(answer => answer.Status == HttpStatusCode.OK), left.Select(who => who == "ada"));

        // What was refused goes on as it was.
        Assert.All(
            await Task.WhenAll(visitors[..32].Select(visitor => visitor.App.AskAsync(visitor.Browser, session => session.Get<int>("cart")))),
            cart => Assert.Equal(1, cart));

        // Who is signed in may sign in again; and whoever ends, makes room at once.
        (SessionApp App, TestBrowser Browser) signedIn = visitors[Array.IndexOf(left, "ada")];
        (SessionApp App, TestBrowser Browser) refused = visitors[Array.FindIndex(left, who => who is null)];
        await signedIn.App.DoneAsync(signedIn.Browser, session => session.AttachPrincipal(null).AttachPrincipal("ada"));
        Assert.Equal(HttpStatusCode.Forbidden, (await SignInAsync(refused)).Status);
        await signedIn.App.DoneAsync(signedIn.Browser, session => session.Destroy());
        refused.App.AssertOk(await SignInAsync(refused));
        Assert.Equal(HttpStatusCode.Forbidden, (await SignInAsync(signedIn)).Status);
        await signedIn.App.DoneAsync(signedIn.Browser, session => session.AttachPrincipal("eve"));

        static Task<TestResponse> SignInAsync((SessionApp App, TestBrowser Browser) visitor) => visitor.App.DoAsync(visitor.Browser, session => session.AttachPrincipal("ada"));
    }

    [Theory]
    [InlineData("memcached")]
    [InlineData("cookie")]
    public async Task Who_can_t_find_them_says_so(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(() => app.Services.GetRequiredService<ISessionRegistry>().CountAsync("ada"));
        Assert.Contains("on db, redis, file or memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_client_is_kept_unless_it_is_asked_for()
    {
        SessionApp app = await StartAsync("memory");
        TestBrowser browser = app.NewBrowser("Laptop/1.0");
        await app.DoneAsync(browser, session => session.AttachPrincipal("ada"));
        RegisteredSession listed = Assert.Single(await app.Services.GetRequiredService<ISessionRegistry>().ListAsync("ada"));
        Assert.Equal((null, null, false), (listed.UserAgent, listed.Address, listed.IsCurrent));
    }

    private async Task<SessionApp[]> StartTwoAsync(string store, Action<FuelSessionsOptions> configure)
    {
        Store place = await NewStoreAsync(store);
        SessionApp app = await StartAsync(place, configure);
        return [app, await StartAsync(place, configure, clock: app.Clock)];
    }

    private static (SessionApp App, TestBrowser Browser)[] Visitors(SessionApp[] nodes, int count) =>
        [.. Enumerable.Range(0, count).Select(number => nodes[number % nodes.Length]).Select(node => (node, node.NewBrowser()))];

    private static Task<string?> PrincipalAsync(SessionApp app, TestBrowser browser) => app.AskAsync(browser, session => session.Principal);
}
