using System.Text.Json;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Tool.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using MySql.Data.MySqlClient;

namespace FuelSessions.Tool.Tests;

/// <summary>The tool on what real apps have stored, in each kind of store.</summary>
[Collection(PlacesCollection.Name)]
public sealed class ToolTests(Places places)
{
    public static TheoryData<string> Stores => ["sqlite", "postgresql", "mysql", "redis", "file"];

    public static TheoryData<string> Databases => ["sqlite", "postgresql", "mysql"];

    [Theory, MemberData(nameof(Stores))]
    public async Task What_an_app_has_stored_is_counted_listed_shown_and_ended(string store)
    {
        Place place = await places.NewAsync(store);
        if (place.IsDatabase)
        {
            // The app takes the tool's table as its own.
            Assert.Equal(ExitCode.Done, (await place.RunAsync("db", "create")).Code);
        }

        await using TestApp app = await place.StartAsync();
        using TestBrowser laptop = app.NewBrowser();
        using TestBrowser phone = app.NewBrowser();
        using TestBrowser other = app.NewBrowser();
        string first = await laptop.TextAsync("/sign-in/ada");
        string second = await phone.TextAsync("/sign-in/ada");
        await other.TextAsync("/set");

        JsonElement stats = (await place.RunAsync("stats", "--json")).Json;
        Assert.Equal((3, 2, 0), (stats.GetProperty("live").GetInt32(), stats.GetProperty("signedIn").GetInt32(), stats.GetProperty("unreadable").GetInt32()));
        Assert.Equal(3, stats.GetProperty("sizes").EnumerateObject().Sum(size => size.Value.GetInt32()));
        ToolRun charts = await place.RunAsync("stats");
        Assert.Contains("below 256 B", charts.Output, StringComparison.Ordinal);

        ToolRun list = await place.RunAsync("list", "--principal", "ada", "--json");
        Assert.Equal(ExitCode.Done, list.Code);
        Assert.Equal(new HashSet<string> { first, second }, list.Json.EnumerateArray().Select(one => one.GetProperty("fingerprint").GetString()!).ToHashSet());

        ToolRun shown = await place.RunAsync("show", first);
        Assert.Contains("secret", shown.Output, StringComparison.Ordinal);
        Assert.Contains("not bound", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Lovelace", shown.Output + (await place.RunAsync("show", first, "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("Lovelace", (await place.RunAsync("show", first, "--values")).Output, StringComparison.Ordinal);
        Assert.Equal("\"Lovelace\"", (await place.RunAsync("show", first, "--values", "--json")).Json.GetProperty("variables")[0].GetProperty("value").GetString());

        Assert.Equal(ExitCode.NotConfirmed, (await place.RunAsync("end", first)).Code);
        Assert.Equal("ada", await laptop.TextAsync("/who"));
        Assert.Equal(ExitCode.Done, (await place.RunAsync("end", first, "--yes")).Code);
        Assert.Equal("nobody", await laptop.TextAsync("/who"));
        Assert.Equal("ada", await phone.TextAsync("/who"));
        Assert.Equal(1, (await place.RunAsync("end", "--principal", "ada", "--yes", "--json")).Json.GetProperty("ended").GetInt32());
        Assert.Equal("nobody", await phone.TextAsync("/who"));

        Assert.Equal(ExitCode.NotFound, (await place.RunAsync("list", "--principal", "ada")).Code);
        Assert.Equal(ExitCode.NotFound, (await place.RunAsync("show", first)).Code);
        Assert.Equal(ExitCode.NotFound, (await place.RunAsync("end", first, "--yes")).Code);
    }

    /// <summary>An index leads to them, however many others there are.</summary>
    [Fact]
    public async Task On_redis_somebody_s_sessions_are_found_without_a_look_at_all_others()
    {
        var server = new RedisServer();
        await server.InitializeAsync();
        try
        {
            var place = new Place("redis", server.Configuration, "fuel:");
            await using TestApp app = await place.StartAsync();
            using TestBrowser browser = app.NewBrowser();
            await browser.GetAsync("/sign-in/ada");
            Assert.Equal(1, (await place.RunAsync("list", "--principal", "ada", "--json")).Json.GetArrayLength());
            Assert.Equal(1, (await place.RunAsync("end", "--principal", "ada", "--yes", "--json")).Json.GetProperty("ended").GetInt32());
            Assert.DoesNotContain("cmdstat_scan", await CommandsAsync(), StringComparison.Ordinal);
            await place.RunAsync("stats");
            Assert.Contains("cmdstat_scan", await CommandsAsync(), StringComparison.Ordinal);
        }
        finally
        {
            await server.DisposeAsync();
        }

        async Task<string> CommandsAsync() => (string)(await server.SendAsync("INFO", "commandstats"))!;
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task What_is_interrupted_says_so_and_is_no_failure_of_the_store(string store)
    {
        Place place = await places.NewAsync(store);
        await using TestApp app = await place.StartAsync();
        using TestBrowser browser = app.NewBrowser();
        if (place.IsDatabase)
        {
            Assert.Equal(ExitCode.Done, (await place.RunAsync("db", "create")).Code);
        }

        string fingerprint = await browser.TextAsync("/sign-in/ada");
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();
        ToolRun run = await ToolRun.RunAsync(["end", "--principal", "ada", "--yes", .. place.Options], interruption.Token);
        Assert.Equal((ExitCode.Interrupted, ""), (run.Code, run.Output));
        Assert.Contains("Interrupted", run.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await place.RunAsync("show", fingerprint)).Code);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task What_is_over_is_removed_and_nothing_else(string store)
    {
        Place place = await places.NewAsync(store);
        if (store == "redis")
        {
            // It removes them by itself.
            await using TestApp running = await place.StartAsync();
            await running.NewBrowser().GetAsync("/set");
            Assert.Equal(0, (await place.RunAsync("gc", "--json")).Json.GetProperty("removed").GetInt32());
            Assert.Equal(1, (await place.RunAsync("stats", "--json")).Json.GetProperty("live").GetInt32());
            return;
        }

        if (place.IsDatabase)
        {
            // Of a table that is missing the tool says so.
            if (store != "sqlite")
            {
                Assert.Equal(ExitCode.NotFound, (await place.RunAsync("stats")).Code);
            }

            await place.RunAsync("db", "create");
        }

        await using (TestApp past = await place.StartAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-3))))
        {
            await past.NewBrowser().GetAsync("/set");
            await past.NewBrowser().GetAsync("/set");
        }

        await using TestApp app = await place.StartAsync();
        await app.NewBrowser().GetAsync("/set");
        Assert.Equal(2, (await place.RunAsync("stats", "--json")).Json.GetProperty("over").GetInt32());
        Assert.Equal(2, (await place.RunAsync("gc", "--json")).Json.GetProperty("removed").GetInt32());
        JsonElement after = (await place.RunAsync("stats", "--json")).Json;
        Assert.Equal((1, 0), (after.GetProperty("live").GetInt32(), after.GetProperty("over").GetInt32()));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_table_is_made_emptied_and_dropped(string store)
    {
        Place place = await places.NewAsync(store);
        string[] table = ["--table", "visits"];
        if (store == "sqlite")
        {
            // No file is made by looking.
            Assert.Equal(ExitCode.Failed, (await place.RunAsync(["db", "clear", "--yes", .. table])).Code);
        }
        else
        {
            Assert.Equal(ExitCode.NotFound, (await place.RunAsync(["db", "clear", "--yes", .. table])).Code);
        }

        ToolRun script = await place.RunAsync(["db", "script", .. table]);
        Assert.Contains("visits", script.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sessions", script.Output, StringComparison.Ordinal);
        Assert.Contains("was made", (await place.RunAsync(["db", "create", .. table])).Output, StringComparison.Ordinal);
        Assert.Contains("is there already", (await place.RunAsync(["db", "create", .. table])).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotConfirmed, (await place.RunAsync(["db", "clear", .. table])).Code);
        Assert.Equal(0, (await place.RunAsync(["db", "clear", "--yes", "--json", .. table])).Json.GetProperty("removed").GetInt32());
        Assert.Equal(ExitCode.Done, (await place.RunAsync(["db", "remove", "--yes", .. table])).Code);
        Assert.Equal(ExitCode.NotFound, (await place.RunAsync(["db", "remove", "--yes", .. table])).Code);
    }

    /// <summary>A server may have another default than to commit each statement.</summary>
    [Fact]
    public async Task What_was_removed_from_mysql_without_autocommit_does_not_come_back()
    {
        Place place = await places.NewAsync("mysql");
        await place.RunAsync("db", "create");
        await using TestApp app = await place.StartAsync();
        await app.NewBrowser().GetAsync("/set");
        await using var connection = new MySqlConnection(place.Connection);
        await connection.OpenAsync();
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = "SET GLOBAL autocommit = 0";
        await command.ExecuteNonQueryAsync();
        try
        {
            Assert.Equal(1, (await place.RunAsync("db", "clear", "--yes", "--json")).Json.GetProperty("removed").GetInt32());
        }
        finally
        {
            command.CommandText = "SET GLOBAL autocommit = 1";
            await command.ExecuteNonQueryAsync();
        }

        Assert.Equal(0, (await place.RunAsync("stats", "--json")).Json.GetProperty("live").GetInt32());
    }

    [Theory]
    [InlineData("sqlserver")]
    [InlineData("mysql")]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_script_needs_no_server(string store)
    {
        ToolRun script = await ToolRun.RunAsync("db", "script", "--store", store);
        Assert.Equal(ExitCode.Done, script.Code);
        Assert.StartsWith("CREATE TABLE", script.Output, StringComparison.Ordinal);
        Assert.Contains("ix_sessions_principal", script.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("data_protection_keys", script.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("stats", "--store", "oracle", "--connection", "x")]
    [InlineData("stats", "--store", "redis")]
    [InlineData("nothing")]
    [InlineData("end", "--store", "file", "--connection", "x")]
    [InlineData("list", "--store", "file", "--connection", "x")]
    [InlineData("db", "script", "--store", "redis")]
    [InlineData("db", "script", "--store", "sqlite", "--table", "a; DROP TABLE b")]
    [InlineData("stats", "--settings", "/nowhere/appsettings.json")]
    public async Task What_cannot_be_meant_is_refused_with_what_is_missing(params string[] arguments)
    {
        ToolRun refused = await ToolRun.RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.NotEqual("", refused.Errors);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_a_failure_without_a_stack()
    {
        ToolRun failed = await ToolRun.RunAsync("stats", "--store", "postgresql", "--connection", "Host=127.0.0.1;Port=1;Username=x;Password=hunter2;Timeout=1");
        Assert.Equal(ExitCode.Failed, failed.Code);
        Assert.DoesNotContain("hunter2", failed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", failed.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, (await ToolRun.RunAsync("stats", "--store", "file", "--connection", places.NewPath("missing"))).Code);
    }

    [Fact]
    public async Task An_app_s_settings_say_where_its_sessions_are()
    {
        Place place = await places.NewAsync("file");
        await using TestApp app = await place.StartAsync();
        await app.NewBrowser().GetAsync("/set");
        string settings = places.NewPath("appsettings.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new { FuelSessions = new { Driver = "file", File = new { Path = place.Connection } } }));
        Assert.Equal(1, (await ToolRun.RunAsync("stats", "--json", "--settings", settings)).Json.GetProperty("live").GetInt32());

        Place database = await places.NewAsync("sqlite");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new { ConnectionStrings = new { Shop = "x", Sessions = database.Connection } }));
        Assert.Equal(ExitCode.Usage, (await ToolRun.RunAsync("db", "create", "--store", "sqlite", "--settings", settings)).Code);
        Assert.Equal(ExitCode.Done, (await ToolRun.RunAsync("db", "create", "--store", "sqlite", "--settings", settings, "--connection-name", "sessions")).Code);
    }
}
