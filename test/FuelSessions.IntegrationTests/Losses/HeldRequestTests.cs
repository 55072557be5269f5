using FuelSessions.IntegrationTests.Support;
using FuelSessions.Records;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>
/// Who planted an id and keeps a request open with it until its victim has signed in with that id has nothing of it: the request is
/// shut out from that moment on, whatever it does [W5, R10].
/// </summary>
public sealed class HeldRequestTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnServerStores]
    public async Task W5_a_request_that_a_sign_in_overtook_changes_nothing(string store)
    {
        foreach (Late late in Enum.GetValues<Late>())
        {
            await using Scene scene = await SignInMeanwhileAsync(store, (session, planted) => Act(session, late, planted));
            if (late is Late.Nothing or Late.Set or Late.Rotate)
            {
                // A touch, and an automatic rotation, are due.
                scene.App.Clock.Advance(TimeSpan.FromMinutes(6));
            }

            string answer = await scene.FinishAsync();

            Assert.True(answer.StartsWith("HTTP/1.1 200 OK", StringComparison.Ordinal), $"{late}: {answer}");
            scene.AssertUntouched(await scene.RecordAsync());
            scene.AssertNothingOfIt(answer);
            if (late is not Late.Create)
            {
                Assert.DoesNotContain("Set-Cookie", answer, StringComparison.OrdinalIgnoreCase);
            }

            Assert.Equal($"{late}: {(late is Late.Nothing ? "" : "DetachedChangesDropped")}", $"{late}: {string.Join(", ", scene.App.Events.Select(each => each.Kind))}");
            Assert.Equal("ann: secret of ann, 1, ", await scene.LookAsync());
        }
    }

    /// <summary>It knows the id that was current when it began, but did not show it; that one is revoked by now.</summary>
    [Theory, OnServerStores]
    public async Task W5_a_request_with_the_previous_id_is_sent_no_revoked_one(string store)
    {
        await using Scene scene = await SignInMeanwhileAsync(store, (_, _) => Task.CompletedTask, rotateFirst: true);
        string answer = await scene.FinishAsync();
        Assert.StartsWith("HTTP/1.1 200 OK", answer);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.OrdinalIgnoreCase);
        scene.AssertUntouched(await scene.RecordAsync());
    }

    private static Task Act(Session session, Late late, string planted)
    {
        switch (late)
        {
            case Late.Set:
                session.Set("email", planted);
                break;
            case Late.Clear:
                session.Clear();
                break;
            case Late.Destroy:
                session.Destroy();
                break;
            case Late.Create:
                session.Create().Set("email", planted);
                break;
            case Late.Rotate:
                session.Rotate();
                break;
            case Late.Flash:
                session.SetFlash("email", planted);
                break;
            case Late.Increment:
                session.Increment("x");
                break;
            case Late.Update:
                session.Update<string>("secret", before => before is null ? planted : throw new InvalidOperationException("It was shown the secret."));
                break;
            case Late.Lifetime:
                session.SetConfig("expiration_time", 60 * 60 * 24);
                break;
        }

        return Task.CompletedTask;
    }

    // The id is planted, a request begins with it, its victim signs in with it at another node, and the request has not ended yet.
    private async Task<Scene> SignInMeanwhileAsync(string name, Func<Session, string, Task> act, bool rotateFirst = false)
    {
        Store store = await NewStoreAsync(name);
        SessionApp app = await StartAsync(store);
        SessionApp other = await StartAsync(store, clock: app.Clock);
        TestBrowser attacker = app.NewBrowser();
        await app.DoneAsync(attacker, session => session.Set("x", 1));
        TestBrowser victim = other.CopyOf(attacker);
        if (rotateFirst)
        {
            await app.DoneAsync(attacker, session => session.Rotate(), deliver: false);
        }

        Gate gate = new();
        gate.Open();
        DrippingPost post = Own(await DrippingPost.BeginAsync(app, attacker, async (http, sessions) =>
        {
            Session session = await sessions.ForgeAsync();
            Assert.Equal(1, session.Get<int>("x"));
            await gate.PassAsync();
            string body = await new StreamReader(http.Request.Body).ReadToEndAsync();
            await act(session, body);
            await http.Response.WriteAsync($"{session.Get<string>("secret")} {session.Principal}");
        }));
        await gate.ReachedAsync();
        await other.DoneAsync(victim, session => session.AttachPrincipal("ann").Set("secret", "secret of ann"));
        SessionRecord record = (await other.Probe.Inner.ReadAsync(await other.KeyAsync(victim), default))!;
        return new Scene(app, other, victim, post, record);
    }

    private sealed record Scene(SessionApp App, SessionApp Other, TestBrowser Victim, DrippingPost Post, SessionRecord Record) : IAsyncDisposable
    {
        internal Task<string> FinishAsync() => Post.FinishAsync();

        internal async Task<SessionRecord?> RecordAsync() => await Other.Probe.Inner.ReadAsync(Record.Key, default);

        internal void AssertUntouched(SessionRecord? now)
        {
            Assert.NotNull(now);
            Assert.Equal((Record.Version, Record.Expires, Record.CurrentHash, Record.Epoch, Record.Lifetime), (now.Version, now.Expires, now.CurrentHash, now.Epoch, now.Lifetime));
            Assert.Equal(Record.Data.ToArray(), now.Data.ToArray());
            Assert.Equal(Record.Flash.ToArray(), now.Flash.ToArray());
        }

        internal void AssertNothingOfIt(string answer)
        {
            Assert.DoesNotContain("secret of ann", answer, StringComparison.Ordinal);
            Assert.DoesNotContain(" ann", answer, StringComparison.Ordinal);
        }

        internal Task<string> LookAsync() =>
            Other.AskAsync(Victim, session => $"{session.Principal}: {session.Get<string>("secret")}, {session.Get<int>("x")}, {session.Get<string>("email")}{session.GetFlash<string>("email")}");

        public ValueTask DisposeAsync() => Post.DisposeAsync();
    }

    private enum Late
    {
        Nothing,
        Set,
        Clear,
        Destroy,
        Create,
        Rotate,
        Flash,
        Increment,
        Update,
        Lifetime,
    }
}
