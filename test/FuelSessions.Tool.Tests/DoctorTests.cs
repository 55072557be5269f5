using System.Text.Json;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using FuelSessions.Tool.Tests.Support;
using Microsoft.Data.Sqlite;

namespace FuelSessions.Tool.Tests;

/// <summary>What loses sessions is found, and what is well is not complained of.</summary>
[Collection(PlacesCollection.Name)]
public sealed class DoctorTests(Places places)
{
    [Fact]
    public async Task A_redis_that_forgets_is_found()
    {
        var server = new RedisServer { Settings = ["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru", "--save", ""] };
        await server.InitializeAsync();
        try
        {
            string[] command = ["doctor", "--json", "--store", "redis", "--connection", server.Configuration];
            ToolRun found = await ToolRun.RunAsync(command);
            Assert.Equal(ExitCode.Unwell, found.Code);
            found.AssertToMend("eviction", "key ring", "persistence");

            await server.SendAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
            await server.SendAsync("CONFIG", "SET", "appendonly", "yes");
            await server.SendAsync("RPUSH", "fuel:session:data-protection-keys", "<key/>");
            ToolRun well = await ToolRun.RunAsync(command);
            well.AssertToMend();
            Assert.Equal(ExitCode.Done, well.Code);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_file_of_sqlite_is_looked_at()
    {
        Place place = await places.NewAsync("sqlite");
        Assert.Equal(ExitCode.Failed, (await place.RunAsync("doctor")).Code);
        await place.RunAsync("db", "create", "--table", "other");
        (await place.RunAsync("doctor", "--json")).AssertToMend("table");
        await place.RunAsync("db", "create");
        string path = new SqliteConnectionStringBuilder(place.Connection).DataSource;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        (await place.RunAsync("doctor", "--json")).AssertToMend("journal", "key ring", "rights");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await place.RunAsync("doctor", "--json")).AssertToMend("journal", "key ring");
        Assert.Contains("PRAGMA journal_mode=WAL", (await place.RunAsync("doctor")).Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("mysql")]
    public async Task A_server_of_a_database_lacks_the_key_ring_only(string store)
    {
        Place place = await places.NewAsync(store);
        await place.RunAsync("db", "create");
        ToolRun found = await place.RunAsync("doctor", "--json");
        found.AssertToMend("key ring");
        Assert.Contains(found.Json.EnumerateArray(), finding => finding.GetProperty("what").GetString() == "clock");
    }

    [Theory]
    [InlineData("sqlite", ";Mode=ReadOnly")]
    [InlineData("postgresql", ";Options=-c default_transaction_read_only=on")]
    public async Task A_database_that_takes_no_writes_is_found(string store, string readOnly)
    {
        Place place = await places.NewAsync(store);
        await place.RunAsync("db", "create");
        ToolRun well = await place.RunAsync("doctor", "--json");
        Assert.DoesNotContain(well.ToMend, finding => finding.GetProperty("what").GetString() == "round trip");
        Assert.Contains(well.Json.EnumerateArray(), finding => finding.GetProperty("what").GetString() == "round trip");

        Assert.Contains(
            (await (place with { Connection = place.Connection + readOnly }).RunAsync("doctor", "--json")).ToMend,
            finding => finding.GetProperty("what").GetString() == "round trip");
        Assert.Contains("0 rows", (await place.RunAsync("doctor")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=shop;Mode=Memory;Cache=Shared")]
    [InlineData("Data Source=file::memory:?cache=shared")]
    [InlineData("Cache=Shared")]
    public async Task A_database_in_memory_is_no_place_for_sessions(string connection)
    {
        ToolRun run = await ToolRun.RunAsync("doctor", "--store", "sqlite", "--connection", connection);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("in memory", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite", "Data Source=shop.db;Password=open;sesame=1")]
    [InlineData("postgresql", "Host=127.0.0.1;Port=1;Password=open;sesame=1")]
    [InlineData("mysql", "Server=127.0.0.1;Port=1;Password=open;sesame=1")]
    [InlineData("redis", "127.0.0.1:1,password=open,sesame=1")]
    public async Task What_may_be_a_part_of_a_password_is_not_repeated(string store, string connection)
    {
        ToolRun run = await ToolRun.RunAsync("doctor", "--store", store, "--connection", connection);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("connection string", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", run.Output + run.Errors, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("end", "12345678", "--yes")]
    [InlineData("list", "--principal", "ada")]
    public async Task A_redis_that_is_away_is_not_one_without_sessions(params string[] command)
    {
        ToolRun run = await ToolRun.RunAsync([.. command, "--store", "redis", "--connection", "127.0.0.1:1,abortConnect=false,connectTimeout=300,connectRetry=1"]);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_folder_that_others_may_read_is_found()
    {
        Place place = await places.NewAsync("file");
        await using TestApp app = await place.StartAsync();
        await app.NewBrowser().GetAsync("/set");
        (await place.RunAsync("doctor", "--json")).AssertToMend();
        File.SetUnixFileMode(place.Connection, File.GetUnixFileMode(place.Connection) | UnixFileMode.OtherRead);
        (await place.RunAsync("doctor", "--json")).AssertToMend("rights");
    }
}
