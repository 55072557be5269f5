using Microsoft.AspNetCore.Builder;

namespace FuelSessions.Tests.Docs;

/// <summary>What docs/security.md shows: a stamp that is kept with the user ends all of the user's sessions.</summary>
public class SessionsOfAUserTests
{
    [Fact]
    public async Task A_new_stamp_ends_all_sessions_of_the_user_but_the_one_that_knows_it()
    {
        var users = new Users();
        await using TestApp server = await TestApp.StartAsync(map: app =>
        {
            app.Use(async (context, next) =>
            {
                Session session = Session.Current;
                if (session.Principal is { } user && session.Get<string>("stamp") != await users.StampOfAsync(user)) { session.Destroy(); }
                await next(context);
            });
            app.MapGet("/sign-in/{user}", async (Session session, string user) => { session.AttachPrincipal(user).Set("stamp", await users.StampOfAsync(user)); });
            app.MapGet("/change-password", (Session session) => { session.Set("stamp", users.Renew(session.Principal!)); });
            app.MapGet("/", (Session session) => session.Principal ?? "nobody");
        });
        using TestBrowser laptop = server.NewBrowser();
        using TestBrowser phone = server.NewBrowser();
        using TestBrowser other = server.NewBrowser();
        await laptop.GetAsync("/sign-in/ada");
        await phone.GetAsync("/sign-in/ada");
        await other.GetAsync("/sign-in/grace");
        Assert.Equal(["ada", "ada", "grace"], [await laptop.TextAsync("/"), await phone.TextAsync("/"), await other.TextAsync("/")]);

        await laptop.GetAsync("/change-password");
        Assert.Equal(["ada", "nobody", "grace"], [await laptop.TextAsync("/"), await phone.TextAsync("/"), await other.TextAsync("/")]);
        Assert.Empty(phone.Jar);
    }

    private sealed class Users
    {
        private readonly Dictionary<string, int> _stamps = [];

        internal Task<string> StampOfAsync(string user) => Task.FromResult(_stamps.GetValueOrDefault(user).ToString());

        internal string Renew(string user) => (_stamps[user] = _stamps.GetValueOrDefault(user) + 1).ToString();
    }
}
