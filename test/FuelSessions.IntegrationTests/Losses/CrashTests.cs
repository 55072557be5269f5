using System.Globalization;
using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;
using Microsoft.Data.Sqlite;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>[D14] An app that dies, or whose disk is full, in the middle of a write.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CrashTests(PostgresServer postgres) : IDisposable
{
    private const int Parallel = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fuelsessions-crash-");

    // Wherever the kill strikes, this must hold; each round strikes elsewhere.
    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    public async Task D14_the_whole_session_by_a_crash_while_it_is_written(string driver)
    {
        string where = await WhereAsync(driver);
        KeyValuePair<string, string>[] jar = [];
        (long least, long most) = (0, 0);
        foreach (int answers in (int[])[30, 47, 0])
        {
            await using ChildApp app = await ChildApp.StartAsync(driver, where, jar);
            if (jar.Length > 0)
            {
                // All that was acknowledged is there; of what was under way when it died, what had been stored.
                long counted = long.Parse(await app.Browser.TextAsync("/look"), CultureInfo.InvariantCulture);
                Assert.InRange(counted, least, most);
                (least, most) = (counted, counted);
            }
            else
            {
                Assert.Equal("1", await app.Browser.TextAsync("/count"));
                (least, most) = (1, 1);
            }

            if (answers > 0)
            {
                (long acknowledged, long sent) = await KillAfterAsync(app, answers);
                (least, most) = (least + acknowledged, most + sent);
            }

            jar = [.. app.Browser.Jar];
        }
    }

    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    public async Task D14_the_whole_session_by_a_full_disk(string driver)
    {
        if (OperatingSystem.IsWindows())
        {
            throw ServerMissingException.Because("Windows has no limit on the size of files.");
        }

        await using ChildApp app = await ChildApp.StartAsync(driver, await WhereAsync(driver), largestFile: 200 * 1024);
        Assert.Equal("20000", await app.Browser.TextAsync("/grow/20000"));
        string[] cookies = [.. app.Browser.Jar.Values];
        for (int attempt = 0; attempt < 3; attempt++)
        {
            TestResponse response = await app.Browser.GetAsync("/grow/500000");
            Assert.Equal(HttpStatusCode.InternalServerError, response.Status);
            Assert.Equal("failed", response.Body);
            Assert.Empty(response.SetCookies);
            Assert.Equal("20000", await app.Browser.TextAsync("/size"));
        }

        Assert.Equal(cookies, app.Browser.Jar.Values);
        Assert.Equal("100", await app.Browser.TextAsync("/grow/100"));
        Assert.Equal("100", await app.Browser.TextAsync("/size"));
        Assert.Empty(Directory.GetFiles(_folder.FullName, "*.tmp", SearchOption.AllDirectories));
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private async Task<string> WhereAsync(string driver) => driver switch
    {
        "file" => Path.Join(_folder.FullName, "sessions"),
        "sqlite" => $"Data Source={Path.Join(_folder.FullName, "sessions.db")}",
        "mariadb" => await SharedMariaDb.Server.CreateDatabaseAsync(),
        _ => await postgres.CreateDatabaseAsync(),
    };

    // Several clients count until so many answers have come; then the process dies under them.
    private static async Task<(long Acknowledged, long Sent)> KillAfterAsync(ChildApp app, int answers)
    {
        (int acknowledged, int sent) = (0, 0);
        Task[] clients = [.. Enumerable.Range(0, Parallel).Select(_ => CountAsync())];
        await Task.WhenAll(clients);
        return (acknowledged, sent);

        async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    Interlocked.Increment(ref sent);
                    TestResponse response = await app.Browser.GetAsync("/count");
                    Assert.Equal(HttpStatusCode.OK, response.Status);
                    if (Interlocked.Increment(ref acknowledged) == answers)
                    {
                        await app.KillAsync();
                    }
                }
            }
            catch (HttpRequestException)
            {
                // It is dead.
            }
        }
    }
}
