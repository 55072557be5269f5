using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>Whatever a cookie holds, the request is answered.</summary>
public sealed class CookieValueTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task D22_access_by_garbage_or_an_empty_value(string store)
    {
        foreach (bool encrypted in (bool[])[true, false])
        {
            SessionApp app = await StartAsync(store, options => options.EncryptCookie = encrypted);
            TestBrowser other = app.NewBrowser();
            await app.DoneAsync(other, session => session.Set("user", "Bob"));
            string real = other.Jar[app.Store.CookieName];
            string[] values =
            [
                "", "x", "%", "%00", "\"\"", "null", "deleted", real[..^1], real + "A", "A" + real, real.ToUpperInvariant(),
                "CfDJ8", "CfDJ8" + new string('A', 200), new string('A', 43), new string('-', 43), "a:2:{i:0;s:3:\"sid\";}", "%F0%9F%98%80",
            ];
            foreach (string value in values.Where(value => value != real))
            {
                TestBrowser browser = app.NewBrowser();
                browser.Jar[app.Store.CookieName] = value;
                Assert.Null(await app.GetAsync(browser, "user"));
                await app.DoneAsync(browser, session => session.Set("user", "Ada"));
                Assert.Equal("Ada", await app.GetAsync(browser, "user"));
            }
        }
    }

    [Theory, OnEveryStore]
    public async Task D22_access_after_encryption_was_switched_on_or_off(string name)
    {
        foreach (bool encryptedFirst in (bool[])[true, false])
        {
            Store store = await NewStoreAsync(name);
            SessionApp before = await StartAsync(store, options => options.EncryptCookie = encryptedFirst);
            SessionApp after = await StartAsync(store, options => options.EncryptCookie = !encryptedFirst, clock: before.Clock);
            TestBrowser browser = before.NewBrowser();
            await before.DoneAsync(browser, session => session.Set("user", "Ada"));
            TestBrowser later = after.CopyOf(browser);

            // The cookie driver's records are always protected: the setting means nothing to it.
            Assert.Equal(store.IsServerSide ? null : "Ada", await after.GetAsync(later, "user"));
            await after.DoneAsync(later, session => session.Set("user", "Bob"));
            Assert.Equal("Bob", await after.GetAsync(later, "user"));

            // Who switches back finds the first session as it was.
            Assert.Equal("Ada", await before.GetAsync(browser, "user"));
        }
    }

    [Theory, OnEveryStore]
    public async Task D22_access_with_the_cookie_of_an_app_that_has_other_keys(string store)
    {
        SessionApp app = await StartAsync(store);
        SessionApp stranger = await StartAsync(store);
        TestBrowser browser = stranger.NewBrowser();
        await stranger.DoneAsync(browser, session => session.Set("user", "Bob").Set("text", new string('x', 7000)));
        TestBrowser here = app.CopyOf(browser);
        Assert.Null(await app.GetAsync(here, "user"));
        await app.DoneAsync(here, session => session.Set("user", "Ada"));
        Assert.Equal("Ada", await app.GetAsync(here, "user"));
    }
}
