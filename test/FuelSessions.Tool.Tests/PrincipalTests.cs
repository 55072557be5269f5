using System.Net;
using FuelSessions.Tests;
using FuelSessions.Tool.Tests.Support;

namespace FuelSessions.Tool.Tests;

/// <summary>A principal is who is named, to the letter, whatever the store takes for the same.</summary>
[Collection(PlacesCollection.Name)]
public sealed class PrincipalTests(Places places)
{
    private static readonly string[] Names = ["ann", "ANN", "änn", "ann ", "Ann"];

    [Theory]
    [InlineData("mysql", "ALTER TABLE sessions CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")]
    [InlineData("mysql", "ALTER TABLE sessions CONVERT TO CHARACTER SET latin1")]
    [InlineData("postgresql", "CREATE COLLATION same (provider = icu, locale = 'und-u-ks-level1', deterministic = false); ALTER TABLE sessions ALTER COLUMN principal TYPE varchar(256) COLLATE same")]
    [InlineData("sqlite", "DROP INDEX ix_sessions_principal; ALTER TABLE sessions DROP COLUMN principal; ALTER TABLE sessions ADD COLUMN principal TEXT COLLATE NOCASE")]
    public async Task Nobody_s_sessions_are_listed_or_ended_for_another_s_name_that_a_database_takes_for_the_same(string store, string change)
    {
        Place place = await places.NewAsync(store);
        await place.RunAsync("db", "create");
        await place.ExecuteAsync(change);
        await using TestApp app = await place.StartAsync();
        TestBrowser[] browsers = await SignInAsync(app);
        Assert.True(await place.ExecuteAsync("SELECT COUNT(*) FROM sessions WHERE principal = 'ann'") is > 1, "This database tells them apart by itself.");
        await AssertEndedAloneAsync(place, browsers);
    }

    [Theory]
    [InlineData("mysql"), InlineData("postgresql"), InlineData("sqlite"), InlineData("redis"), InlineData("file")]
    public async Task Names_that_look_alike_are_different_ones_in_each_store(string store)
    {
        Place place = await places.NewAsync(store);
        if (place.IsDatabase)
        {
            await place.RunAsync("db", "create");
        }

        await using TestApp app = await place.StartAsync();
        await AssertEndedAloneAsync(place, await SignInAsync(app));
    }

    /// <summary>What can't be read is told of, and only where it is the one's who is named.</summary>
    [Fact]
    public async Task What_can_not_be_read_is_somebody_s_by_the_exact_name_too()
    {
        Place place = await places.NewAsync("mysql");
        await place.RunAsync("db", "create");
        await place.ExecuteAsync("ALTER TABLE sessions CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
        await using TestApp app = await place.StartAsync();
        await app.NewBrowser().GetAsync("/sign-in/ANN");
        await place.ExecuteAsync("UPDATE sessions SET payload = 'broken'");
        Assert.Equal(ExitCode.NotFound, (await place.RunAsync("end", "--principal", "ann", "--yes")).Code);
        ToolRun left = await place.RunAsync("end", "--principal", "ANN", "--yes", "--json");
        Assert.Equal((ExitCode.Failed, 0, 1), (left.Code, left.Json.GetProperty("ended").GetInt32(), left.Json.GetProperty("left").GetInt32()));
    }

    /// <summary>The statements of docs/databases.md.</summary>
    [Fact]
    public async Task A_mysql_table_in_latin1_keeps_all_names_once_it_is_converted_and_sql_ends_somebody_s_sessions_alone()
    {
        Place place = await places.NewAsync("mysql");
        await place.RunAsync("db", "create");
        await place.ExecuteAsync("ALTER TABLE sessions CONVERT TO CHARACTER SET latin1");
        place = place with { Connection = place.Connection + ";CharSet=utf8mb4" };
        await using TestApp app = await place.StartAsync();
        TestBrowser[] browsers = await SignInAsync(app);
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.NewBrowser().GetAsync("/sign-in/%CE%A9mega")).Status);
        await place.ExecuteAsync("ALTER TABLE sessions CONVERT TO CHARACTER SET utf8mb4");
        TestBrowser omega = app.NewBrowser();
        await omega.GetAsync("/sign-in/%CE%A9mega");
        Assert.Equal(1, (await place.RunAsync("list", "--principal", "Ωmega", "--json")).Json.GetArrayLength());

        foreach (string name in (string[])["ann", "Ωmega", "änn"])
        {
            await place.ExecuteAsync($"DELETE FROM sessions WHERE principal = '{name}' AND BINARY principal = '{name}'");
        }

        Assert.Equal(["nobody", "ANN", "nobody", "ann ", "Ann", "nobody"], await Task.WhenAll(browsers.Append(omega).Select(browser => browser.TextAsync("/who"))));
    }

    // A browser for each name.
    private static async Task<TestBrowser[]> SignInAsync(TestApp app)
    {
        TestBrowser[] browsers = [.. Names.Select(_ => app.NewBrowser())];
        foreach ((TestBrowser browser, string name) in browsers.Zip(Names))
        {
            await browser.GetAsync($"/sign-in/{Uri.EscapeDataString(name)}");
        }

        return browsers;
    }

    private static async Task AssertEndedAloneAsync(Place place, TestBrowser[] browsers)
    {
        ToolRun list = await place.RunAsync("list", "--principal", "ann", "--json");
        Assert.Equal("ann", Assert.Single(list.Json.EnumerateArray()).GetProperty("principal").GetString());
        Assert.Contains("1 session will end", (await place.RunAsync("end", "--principal", "ann")).Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await place.RunAsync("end", "--principal", "ann", "--yes", "--json")).Json.GetProperty("ended").GetInt32());
        Assert.Equal(Names.Select(name => name == "ann" ? "nobody" : name), await Task.WhenAll(browsers.Select(browser => browser.TextAsync("/who"))));
        Assert.Equal(ExitCode.NotFound, (await place.RunAsync("end", "--principal", "ann", "--yes")).Code);
        Assert.Equal(4, (await place.RunAsync("stats", "--json")).Json.GetProperty("signedIn").GetInt32());
    }
}
