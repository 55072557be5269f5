using System.Globalization;
using System.Net;
using FuelSessions.IntegrationTests.Support;
using FuelSessions.Tests;
using FuelSessions.Tests.Servers;

namespace FuelSessions.IntegrationTests.Losses;

/// <summary>One session, many requests at the same time, two processes: what was acknowledged is what was counted [W2, W3].</summary>
public sealed class StormTests(PostgresServer postgres, MariaDbServer mariaDb) : IClassFixture<PostgresServer>, IClassFixture<MariaDbServer>
{
    [Theory]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    public async Task Two_processes_lose_no_increment_while_a_rotation_is_due(string database)
    {
        const int Writers = 64;
        const int Each = 20;
        string where = await WhereAsync(database);
        await using ChildApp one = await ChildApp.StartAsync(database, where);
        await using ChildApp two = await ChildApp.StartAsync(database, where);
        TestBrowser browser = one.Browser;
        await browser.GetAsync("/count");
        string id = Assert.Single(browser.Jar).Value;
        await Task.WhenAll(browser.GetAsync("/later"), browser.GetAsync(At(two, "/later")));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (int request = 0; request < Each; request++)
            {
                TestResponse response = await browser.GetAsync(At(writer % 2 == 0 ? one : two, "/count"));
                Assert.Equal((HttpStatusCode.OK, true), (response.Status, response.Body != "failed"));
            }
        }));

        string all = (1 + (Writers * Each)).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(all, await browser.TextAsync("/look"));
        Assert.Equal(all, await browser.TextAsync(At(two, "/look")));
        Assert.NotEqual(id, Assert.Single(browser.Jar).Value);
    }

    /// <summary>What failed is not counted, or may be; which of the two is said with the failure.</summary>
    [Theory]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    public async Task Three_restarts_of_the_server_lose_nothing_that_was_acknowledged(string database)
    {
        const int Writers = 16;
        const int Between = 40;
        string where = await WhereAsync(database);
        await using ChildApp one = await ChildApp.StartAsync(database, where);
        await using ChildApp two = await ChildApp.StartAsync(database, where);
        TestBrowser browser = one.Browser;
        await browser.GetAsync("/count");
        (int acknowledged, int unknown, bool over) = (1, 0, false);
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(WriteAsync)];
        for (int restart = 0; restart < 3; restart++)
        {
            await MoreAsync();
            await RestartAsync(database);
        }

        await MoreAsync();
        Volatile.Write(ref over, true);
        await Task.WhenAll(writers);

        // Connections of the pools that the last restart broke fail once each.
        TestResponse look;
        do
        {
            look = await browser.GetAsync("/look");
        }
        while (look.Status != HttpStatusCode.OK);
        Assert.InRange(int.Parse(look.Body, CultureInfo.InvariantCulture), acknowledged, acknowledged + unknown);

        async Task WriteAsync(int writer)
        {
            while (!Volatile.Read(ref over))
            {
                TestResponse response = await browser.GetAsync(At(writer % 2 == 0 ? one : two, "/count"));
                if (response.Status == HttpStatusCode.OK)
                {
                    Interlocked.Increment(ref acknowledged);
                    continue;
                }

                if (response.Headers[ChildApp.OutcomeHeader] == "unknown")
                {
                    Interlocked.Increment(ref unknown);
                }

                // Not all at once again, while the server is away.
                await Task.Delay(20);
            }
        }

        async Task MoreAsync()
        {
            int enough = Volatile.Read(ref acknowledged) + Between;
            while (Volatile.Read(ref acknowledged) < enough)
            {
                await Task.Delay(10);
            }
        }
    }

    private async Task<string> WhereAsync(string database) =>
        database == "postgres" ? await postgres.CreateDatabaseAsync() : await mariaDb.CreateDatabaseAsync();

    private async Task RestartAsync(string database)
    {
        if (database == "postgres")
        {
            await postgres.StopAsync();
            await postgres.StartAsync();
        }
        else
        {
            await mariaDb.StopAsync();
            await mariaDb.StartAsync();
        }
    }

    private static string At(ChildApp app, string path) => new Uri(app.Address, path).ToString();
}
