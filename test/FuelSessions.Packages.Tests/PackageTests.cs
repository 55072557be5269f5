using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FuelSessions.Packages.Tests.Apps;
using FuelSessions.Packages.Tests.Feed;
using FuelSessions.Tests.Servers;

namespace FuelSessions.Packages.Tests;

/// <summary>What is in the packages, and what those get who install them. That all apps compile, warnings as errors, is the feed's doing.</summary>
public sealed partial class PackageTests(LocalFeed feed, RedisServer redis, MemcachedProcess memcached, PostgresServer postgres)
    : IClassFixture<LocalFeed>, IClassFixture<RedisServer>, IClassFixture<MemcachedProcess>, IClassFixture<PostgresServer>, IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("fuelsessions-app-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("FuelSessions")]
    [InlineData("FuelSessions.Dashboard")]
    [InlineData("FuelSessions.EntityFrameworkCore")]
    [InlineData("FuelSessions.Memcached")]
    [InlineData("FuelSessions.Redis")]
    [InlineData("FuelSessions.Testing")]
    [InlineData("FuelSessions.Tokens")]
    [InlineData("FuelSessions.Tokens.EntityFrameworkCore")]
    [InlineData("FuelSessions.Tokens.Redis")]
    public async Task A_package_has_what_its_readers_look_for(string package)
    {
        Dictionary<string, byte[]> files = await feed.ContentAsync($"{package}.{feed.Version}.nupkg");
        string description = Encoding.UTF8.GetString(files[$"{package}.nuspec"]);

        Assert.Equal(Repository.Read($"src/{package}/README.md"), Encoding.UTF8.GetString(files["README.md"]));
        Assert.StartsWith("\u0089PNG", Encoding.Latin1.GetString(files["icon.png"]));
        Assert.Contains($"lib/net10.0/{package}.xml", files.Keys);
        Assert.All(["<tags>", "<releaseNotes>", "<license type=\"expression\">MIT</license>", "<readme>", "<icon>"], part => Assert.Contains(part, description, StringComparison.Ordinal));
        Assert.Contains("### Added", description, StringComparison.Ordinal);
        Assert.Contains($"lib/net10.0/{package}.pdb", (await feed.ContentAsync($"{package}.{feed.Version}.snupkg")).Keys);
    }

    [Fact]
    public async Task The_app_of_the_readme_counts_and_tells_once()
    {
        await using RunningApp app = await StartAsync(Catalog.Readme);
        Assert.Equal("Visit 1. ", await app.GetAsync());
        Assert.Equal(302, (int)(await app.PostAsync("/cart/7")).StatusCode);
        Assert.Equal("Visit 2. Added.", await app.GetAsync());
        Assert.Equal("Visit 3. ", await app.GetAsync());
    }

    [Fact]
    public Task The_core_package_counts() => CountsAsync(Catalog.Core);

    [Fact]
    public async Task The_dashboard_asks_who_comes()
    {
        await using RunningApp app = await StartAsync(Catalog.Dashboard);
        Assert.Equal("Visit 1.", await app.GetAsync());
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };
        HttpResponseMessage refused = await stranger.GetAsync("/fuelsessions/data");
        Assert.Equal(302, (int)refused.StatusCode);
        Assert.Contains("/Account/Login", refused.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_brings_its_session_to_who_sends_no_cookie()
    {
        await using RunningApp app = await StartAsync(Catalog.Forms);
        string page = await app.GetAsync();
        Match field = Regex.Match(page, "<input name=\"session\" type=\"hidden\" value=\"([^\"]+)\" ?/>");
        Assert.True(field.Success, page);
        using var stranger = new HttpClient { BaseAddress = app.Address };
        for (int note = 1; note <= 2; note++)
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("session", field.Groups[1].Value)]);
            HttpResponseMessage noted = await stranger.PostAsync("/note", form);
            Assert.Equal($"Note {note}.", await noted.Content.ReadAsStringAsync());
            Assert.False(noted.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal("Note 3.", await (await app.PostAsync("/note")).Content.ReadAsStringAsync());
        Assert.Equal("0 bytes with note 3.", await (await app.PostAsync("/upload")).Content.ReadAsStringAsync());
    }

    [Fact]
    public Task Redis_counts_with_the_client_that_comes_along() => CountsAsync(Catalog.Redis, $"--ConnectionStrings:redis={redis.Configuration}");

    [Fact]
    public Task Redis_counts_with_the_newest_client() => CountsAsync(Catalog.RedisNewest, $"--ConnectionStrings:redis={redis.Configuration}");

    [Fact]
    public async Task Redis_counts_beside_the_framework_s_own_packages()
    {
        await CountsAsync(Catalog.RedisInCompany, $"--ConnectionStrings:redis={redis.Configuration}");
        Assert.NotEqual(0L, await redis.SendAsync("EXISTS", "company:keys"));
    }

    [Fact]
    public Task The_database_counts() => CountsAsync(Catalog.Db, $"--ConnectionStrings:sessions=Data Source={_home}/sessions.db");

    [Fact]
    public Task Memcached_counts() => CountsAsync(Catalog.Memcached, $"--ConnectionStrings:memcached={memcached.Address}");

    [Fact]
    public Task Tokens_in_files_sign_in_once() => SignsInOnceAsync(Catalog.Tokens);

    [Fact]
    public Task Tokens_in_redis_sign_in_once() => SignsInOnceAsync(Catalog.TokensRedis, $"--ConnectionStrings:redis={redis.Configuration}");

    [Fact]
    public Task Tokens_in_a_database_sign_in_once() => SignsInOnceAsync(Catalog.TokensDb, $"--ConnectionStrings:tokens=Data Source={_home}/tokens.db");

    [Fact]
    public async Task A_native_program_loses_nothing_in_a_burst()
    {
        string program = await feed.PublishNativeAsync();
        foreach (string driver in (string[])["file", "redis"])
        {
            await using RunningApp app = await RunningApp.StartAsync(program, _home, $"--FuelSessions:Driver={driver}", $"--ConnectionStrings:redis={redis.Configuration}");
            Assert.Equal("1", await app.GetAsync("/visit"));
            for (int round = 1; round <= 20; round++)
            {
                await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => app.GetAsync("/visit")));
                Assert.Equal($"{1 + (64 * round)}", await app.GetAsync());
            }

            Assert.Equal("Healthy", await app.GetAsync("/health"));
            await app.GetAsync("/sign-in");
            JsonElement data = JsonDocument.Parse(await app.GetAsync("/fuelsessions/data")).RootElement;
            Assert.Contains(data.GetProperty("series").EnumerateArray(), one => one.GetProperty("name").GetString() == "fuelsessions.sessions.started");
            Assert.Contains(data.GetProperty("settings").EnumerateArray(), one => one.GetProperty("driver").GetString() == driver && one.GetProperty("all").GetArrayLength() > 0);
            HttpResponseMessage sessions = await app.PostAsync("/fuelsessions/sessions", JsonContent.Create(new { principal = "ada" }));
            Assert.Contains("\"handle\":", await sessions.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_tool_makes_the_table_and_counts_what_an_app_has_stored()
    {
        Dictionary<string, byte[]> files = await feed.ContentAsync($"FuelSessions.Tool.{feed.Version}.nupkg");
        Assert.Equal(Repository.Read("src/FuelSessions.Tool/README.md"), Encoding.UTF8.GetString(files["README.md"]));

        string tools = Path.Combine(_home, "tools");
        await Command.RunAsync(_home, "dotnet", "tool", "install", "FuelSessions.Tool", "--tool-path", tools, "--add-source", feed.Packages, "--version", feed.Version);
        string connection = $"Data Source={_home}/sessions.db";
        string[] store = ["--store", "sqlite", "--connection", connection];
        await Command.RunAsync(_home, Path.Combine(tools, "fuelsessions"), ["db", "create", .. store]);
        await CountsAsync(Catalog.Db, $"--ConnectionStrings:sessions={connection}");
        string stats = await Command.RunAsync(_home, Path.Combine(tools, "fuelsessions"), ["stats", "--json", .. store]);
        Assert.Contains("\"live\": 1", stats, StringComparison.Ordinal);
    }

    private async Task CountsAsync(ThrowawayApp of, params string[] settings)
    {
        await using RunningApp app = await StartAsync(of, settings);
        Assert.Equal("Visit 1.", await app.GetAsync());
        Assert.Equal("Visit 2.", await app.GetAsync());
    }

    private async Task SignsInOnceAsync(ThrowawayApp of, params string[] settings)
    {
        await using TokenProvider provider = await TokenProvider.StartAsync();
        string[] all = [.. settings, .. provider.Settings];
        await using (RunningApp first = await StartAsync(of, all))
        {
            (await first.PostAsync("/sign-in")).EnsureSuccessStatusCode();
            Assert.Equal("ada", await first.GetAsync());
        }

        await using RunningApp second = await StartAsync(of, all);
        Assert.Equal("ada", await second.GetAsync());
        Assert.Equal(1, provider.SignIns);
    }

    private Task<RunningApp> StartAsync(ThrowawayApp app, params string[] settings) => RunningApp.StartAsync(feed.Program(app), _home, settings);
}
