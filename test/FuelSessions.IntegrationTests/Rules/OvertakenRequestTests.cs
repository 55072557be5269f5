using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>
/// A request with a planted id that is held open while its victim signs in with the same id [R10, W5, W6]: whatever it did before or does after,
/// the victim's session has nothing of it, and it has nothing of that.
/// </summary>
public sealed class OvertakenRequestTests(PostgresServer postgres) : StoreTests(postgres)
{
    public static TheoryData<string, string> Deeds
    {
        get
        {
            var deeds = new TheoryData<string, string>();
            foreach (string store in new OnServerStoresAttribute().GetData(null!).Select(row => (string)row[0]))
            {
                foreach (string deed in (string[])["set", "increment", "delete", "clear", "flash", "update", "destroy", "destroy and go on", "create", "rotate", "revoke", "attach", "lifetime", "read", "long"])
                {
                    deeds.Add(store, deed);
                }
            }

            return deeds;
        }
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task Nothing_of_it_reaches_the_session_that_somebody_has_signed_in_to(string store, string deed)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser victim = app.NewBrowser();
        await app.DoneAsync(victim, session => session.Set("cart", 1));
        TestBrowser attacker = app.CopyOf(victim);
        string? seen = null;
        List<string?> after = [];
        var loaded = new TaskCompletionSource();
        var signedIn = new TaskCompletionSource();
        Task<TestResponse> held = app.SendAsync(attacker, async (_, sessions) =>
        {
            Session session = await sessions.ForgeAsync();
            session.Get<int>("cart");
            loaded.SetResult();
            await signedIn.Task;
            Do(session, deed, value => seen = value);
            Exception? refused = await Record.ExceptionAsync(() => session.SaveAsync());
            Assert.True(deed is "read" or "long" or "rotate" or "revoke" or "attach" or "destroy and go on" or "create" || refused is InvalidOperationException, $"{deed}: {refused}");
            after = [session.Get<string>("mail"), session.Principal];
        });
        await loaded.Task;
        await app.DoneAsync(victim, session => session.AttachPrincipal("ada").Set("mail", "ada@example.org").SetFlash("hello", "Ada"));
        if (deed == "long")
        {
            app.Clock.Advance(TimeSpan.FromMinutes(3));
        }

        signedIn.SetResult();
        TestResponse answer = await held;

        Assert.Null(seen);
        Assert.DoesNotContain("ada@example.org", after);
        Assert.DoesNotContain("ada", after);
        if (deed is not ("destroy and go on" or "create" or "revoke" or "attach"))
        {
            app.AssertNoCookie(answer);
        }

        Assert.Equal(
            ("ada", "ada@example.org", 1, null, "Ada"),
            await app.AskAsync(victim, session => (session.Principal, session.Get<string>("mail"), session.Get<int>("cart"), session.Get<string>("evil"), session.GetFlash<string>("hello"))));
    }

    [Theory, OnServerStores]
    public async Task It_is_told_when_its_changes_are_dropped(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser victim = app.NewBrowser();
        await app.DoneAsync(victim, session => session.Set("cart", 1));
        TestBrowser attacker = app.CopyOf(victim);
        var loaded = new TaskCompletionSource();
        var signedIn = new TaskCompletionSource();
        Task<TestResponse> held = app.SendAsync(attacker, async (_, sessions) =>
        {
            (await sessions.ForgeAsync()).Set("evil", "x");
            loaded.SetResult();
            await signedIn.Task;
        });
        await loaded.Task;
        await app.DoneAsync(victim, session => session.AttachPrincipal("ada"));
        app.Told.Clear();
        signedIn.SetResult();
        app.AssertOk(await held);
        Assert.Equal([SessionEventKind.DetachedChangesDropped], app.Events.Select(told => told.Kind));
    }

    private static void Do(Session session, string deed, Action<string?> see)
    {
        switch (deed)
        {
            case "set": session.Set("evil", "x").Set("mail", "eve@example.org"); break;
            case "increment": session.Increment("cart"); break;
            case "delete": session.Delete("mail").Delete("cart"); break;
            case "clear": session.Clear(); break;
            case "flash": session.SetFlash("hello", "Eve"); break;
            case "update":
                session.Update<string>("mail", old =>
                {
                    if (old is not null)
                    {
                        see(old);
                    }

                    return "eve@example.org";
                });
                break;
            case "destroy": session.Destroy(); break;
            case "destroy and go on": session.Destroy().Set("evil", "x"); break;
            case "create": session.Create().Set("evil", "x"); break;
            case "rotate": session.Rotate(); break;
            case "revoke": session.Rotate(revokePrevious: true); break;
            case "attach": session.AttachPrincipal("eve").Set("evil", "x"); break;
            case "lifetime": session.SetConfig("expiration_time", 60); break;
        }
    }
}
