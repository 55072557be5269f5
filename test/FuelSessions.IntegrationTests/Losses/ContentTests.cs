using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>Content that can't be stored is refused aloud; all other content comes back as it was.</summary>
public sealed class ContentTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task D10_all_changes_by_too_much_data(string store)
    {
        SessionApp app = await StartAsync(store, options => options.MaxPayloadBytes = 2048);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));

        SessionTooLargeException error = app.AssertFailed<SessionTooLargeException>(
            await app.DoAsync(browser, session => session.Set("small", "x").Set("large", new string('x', 3000))));
        Assert.Equal(2048, error.Limit);
        Assert.InRange(error.Size, 3000, 3100);
        Assert.Contains("2048", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{error.Size}", error.Message, StringComparison.Ordinal);
        Assert.Equal(["user"], await app.AskAsync(browser, session => session.All().Keys));

        // A new session as well: nothing of it is stored, and no cookie goes out.
        app.AssertFailed<SessionTooLargeException>(
            await app.DoAsync(app.NewBrowser(), session => session.Set("large", new string('x', 3000))));
    }

    [Theory, OnEveryStore]
    public async Task D10_content_of_exactly_the_limit_is_stored_and_one_byte_more_is_not(string store)
    {
        SessionApp app = await StartAsync(store, options => options.MaxPayloadBytes = 4096);
        TestBrowser browser = app.NewBrowser();
        SessionTooLargeException error = app.AssertFailed<SessionTooLargeException>(
            await app.DoAsync(browser, session => session.Set("text", new string('x', 5000))));
        int fits = 5000 - (int)(error.Size - error.Limit);

        await app.DoneAsync(browser, session => session.Set("text", new string('x', fits)));
        app.AssertFailed<SessionTooLargeException>(await app.DoAsync(browser, session => session.Set("text", new string('y', fits + 1))));
        Assert.Equal(new string('x', fits), await app.GetAsync(browser, "text"));
    }

    [Theory, OnServerStores]
    public async Task D10_a_megabyte_but_for_a_little_is_stored(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        string large = new('x', (1024 * 1024) - 200);
        await app.DoneAsync(browser, session => session.Set("text", large));
        Assert.Equal(large, await app.GetAsync(browser, "text"));
    }

    [Theory, OnEveryStore]
    public async Task D11_all_changes_by_a_value_that_can_not_be_serialised(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("user", "Ada"));

        ArgumentException error = app.AssertFailed<ArgumentException>(
            await app.DoAsync(browser, session => session.Set("fine", 1).Set("cart.callback", new Action(() => { }))));
        Assert.Contains("cart.callback", error.Message, StringComparison.Ordinal);
        Assert.Contains("System.Action", error.Message, StringComparison.Ordinal);

        // Refused when it is set: code that copes with it goes on and loses nothing else.
        await app.DoneAsync(browser, session =>
        {
            session.Set("before", 1);
            Assert.Throws<ArgumentException>(() => session.Set("loop", new Loop()));
            Assert.Throws<ArgumentException>(() => session.Set([new("good", 1), new("bad", new Loop())]));
            Assert.Throws<ArgumentException>(() => session.SetFlash("loop", new Loop()));
            session.Set("after", 1);
        });
        Assert.Equal(["after", "before", "user"], await app.AskAsync(browser, session => session.All().Keys.Order()));
    }

    [Theory, OnEveryStore]
    public async Task D12_text_outside_the_basic_multilingual_plane(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        string[] texts = ["😀", "𝒳 = 𝒴²", "\U00020BB7野家", "e\u0301", "\0", "\u2028\u2029", "\uFFFD\uFEFF", "שלום", "\r\n\t\"\\<&", "👩‍👩‍👧‍👦", "\U0010FFFF"];
        await app.DoneAsync(browser, session =>
        {
            session.Set("texts", texts).Set("😀.𝒳", "in a name").SetFlash("👋", "𝔥𝔦");
            session.AttachPrincipal("Ada 👩‍💻");
        });

        Assert.Equal("𝔥𝔦", await app.AskAsync(browser, session => session.GetFlash<string>("👋")));
        Assert.Equal(texts, await app.AskAsync(browser, session => session.Get<string[]>("texts")));
        Assert.Equal("in a name", await app.GetAsync(browser, "😀.𝒳"));
        Assert.Equal("Ada 👩‍💻", await app.AskAsync(browser, session => session.Principal));
    }

    /// <summary>What no store could give back is refused on all of them.</summary>
    [Theory, OnEveryStore]
    public async Task D12_half_a_character_is_refused_aloud(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session =>
        {
            session.Set("user", "Ada");
            Assert.Throws<ArgumentException>(() => session.Set("half", "\uD83D"));
            Assert.Throws<ArgumentException>(() => session.Set("\uD83D", "half"));
            Assert.Throws<ArgumentException>(() => session.AttachPrincipal("\uD83D"));
        });
        Assert.Equal(["user"], await app.AskAsync(browser, session => session.All().Keys));
    }

    [Theory, OnEveryStore]
    public async Task D12_any_name_of_a_principal_is_the_same_on_every_store(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        string name = string.Concat(Enumerable.Repeat("😀", 128));
        await app.DoneAsync(browser, session => session.AttachPrincipal(name));
        Assert.Equal(name, await app.AskAsync(browser, session => session.Principal));

        // PostgreSQL has no text with a NUL in it.
        app.AssertFailed<ArgumentException>(await app.DoAsync(browser, session => session.AttachPrincipal("Ada\0")));
        Assert.Equal(name, await app.AskAsync(browser, session => session.Principal));
    }

    private sealed class Loop
    {
        public Loop Self => this;
    }
}
