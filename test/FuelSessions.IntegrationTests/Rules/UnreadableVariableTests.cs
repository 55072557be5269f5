using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Rules;

/// <summary>[F4] One variable of the wrong type is that variable's problem.</summary>
public sealed class UnreadableVariableTests(PostgresServer postgres) : StoreTests(postgres)
{
    [Theory, OnEveryStore]
    public async Task A_variable_that_can_not_be_read_as_the_type_asked_for_leaves_the_others_readable(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("cart.count", "three").Set("user", "Ada").SetFlash("message", "text"));

        await app.DoneAsync(browser, session =>
        {
            SessionValueException error = Assert.Throws<SessionValueException>(() => session.Get<int>("cart.count"));
            Assert.Equal("cart.count", error.Path);
            Assert.Equal(typeof(int), error.RequestedType);
            Assert.Contains("'cart.count'", error.Message, StringComparison.Ordinal);
            Assert.Contains("'System.Int32'", error.Message, StringComparison.Ordinal);
            Assert.Contains("text", error.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Throws<SessionValueException>(() => session.Increment("cart.count"));
            Assert.Throws<SessionValueException>(() => session.Update<DateTime>("cart.count", _ => default));
            Assert.Throws<SessionValueException>(() => session.GetFlash<Guid>("message"));
            Assert.Equal("Ada", session.Get<string>("user"));
            session.Set("user", "Ada again");
        });

        Assert.Equal("three", await app.GetAsync(browser, "cart.count"));
        Assert.Equal("Ada again", await app.GetAsync(browser, "user"));
    }

    /// <summary>As after a change of the class between two versions of the app: bytes that nobody reads are saved as they are.</summary>
    [Theory, OnEveryStore]
    public async Task Saving_keeps_what_this_version_of_the_app_can_not_read(string store)
    {
        SessionApp app = await StartAsync(store);
        TestBrowser browser = app.NewBrowser();
        await app.DoneAsync(browser, session => session.Set("order", new Newer(7, ["express"], "note")));
        await app.DoneAsync(browser, session =>
        {
            Assert.Throws<SessionValueException>(() => session.Get<Older>("order"));
            session.Set("seen", true);
        });
        Newer? order = await app.AskAsync(browser, session => session.Get<Newer>("order"));
        Assert.Equal((7, "express", "note"), (order!.Number, Assert.Single(order.Shipping), order.Note));
    }

    private sealed record Newer(int Number, string[] Shipping, string Note);

    private sealed record Older(int Number, bool Shipping);
}
