using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>What was sealed for one session's name is nothing under another one's, and a token is no way to an id.</summary>
public sealed class TrustZoneTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task A_cookie_is_not_taken_under_another_name(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.SendAsync(browser, (_, sessions) => Task.FromResult(sessions.Forge(Named("public", app)).Set("role", "guest")));
        browser.Jar["admin"] = browser.Jar["public"];
        string? role = null;
        app.AssertOk(await app.SendAsync(browser, (_, sessions) => Task.FromResult(role = sessions.Forge(Named("admin", app)).Get<string>("role"))));
        Assert.Null(role);
        app.AssertOk(await app.SendAsync(browser, (_, sessions) => Task.FromResult(role = sessions.Forge(Named("public", app)).Get<string>("role"))));
        Assert.Equal("guest", role);
    }

    [Theory, OnServerStores]
    public async Task A_token_is_not_taken_under_another_name(string store)
    {
        SessionApp app = await StartAsync(store);
        string token = "", role = "";
        await app.SendAsync(app.NewBrowser(), (_, sessions) => Task.FromResult(token = sessions.Forge(Named("public", app)).Set("role", "guest").Token));
        foreach ((string name, string expected) in ((string, string)[])[("admin", "none"), ("public", "guest")])
        {
            app.AssertOk(await app.SendAsync(
                app.NewBrowser(),
                (_, sessions) => Task.FromResult(role = sessions.Forge(Named(name, app)).Get("role", "none")!),
                edit: request => request.Headers.Add("X-Session", token)));
            Assert.Equal(expected, role);
        }
    }

    public static TheoryData<string, string> Attempts
    {
        get
        {
            var attempts = new TheoryData<string, string>();
            foreach (string store in new OnServerStoresAttribute().GetData(null!).Select(row => (string)row[0]))
            {
                foreach (string attempt in (string[])["rotate", "revoke", "attach", "create", "destroy", "touch", "change", "save"])
                {
                    attempts.Add(store, attempt);
                }
            }

            return attempts;
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task A_token_s_request_learns_no_id(string store, string attempt)
    {
        SessionApp app = await StartAsync(store, options => (options.HeaderName, options.QueryParameterName) = ("X-Session", "session"));
        foreach (bool inHeader in (bool[])[true, false])
        {
            string token = await app.AskAsync(app.NewBrowser(), session => session.Set("user", "ada").Token);
            app.Clock.Advance(TimeSpan.FromMinutes(6));
            string?[] learned = [];
            TestResponse answer = await app.SendAsync(
                app.NewBrowser(),
                async (_, sessions) =>
                {
                    Session session = sessions.Current;
                    Record.Exception(() => Attempt(session, attempt));
                    if (attempt == "save")
                    {
                        await session.Rotate(revokePrevious: true).SaveAsync();
                    }

                    learned = [session.Id, session.Key(), session.Key("previous_id")];
                },
                query: inHeader ? "" : "?session=" + token,
                edit: request =>
                {
                    if (inHeader)
                    {
                        request.Headers.Add("X-Session", token);
                    }
                });
            Assert.All(learned, Assert.Null);
            Assert.DoesNotContain("X-Session", answer.Headers.Keys);
            Assert.Empty(answer.SetCookies);
        }
    }

    private static void Attempt(Session session, string attempt)
    {
        _ = attempt switch
        {
            "rotate" => session.Rotate(),
            "revoke" => session.Rotate(revokePrevious: true),
            "attach" => session.AttachPrincipal("eve"),
            "create" => session.Create().Set("a", 1),
            "destroy" => session.Destroy().Set("a", 1),
            "change" => session.Set("a", 1),
            _ => session,
        };
    }

    private static Action<FuelSessionsOptions> Named(string name, SessionApp app) => options =>
    {
        options.Driver = app.Store.Driver;
        options.CookieName = name;
        options.HeaderName = "X-Session";
    };
}
