using System.Net.Http.Json;
using System.Text.Json;
using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests;

/// <summary>Parallel requests of one browser, with a rotation due: nothing is lost, and every answer carries the same id.</summary>
[Collection(DemosCollection.Name)]
public class BurstTests(Demos demos)
{
    private const int Parallel = 64;
    private const int Rounds = 20;

    private static readonly TimeSpan RotationTime = TimeSpan.FromMilliseconds(5);

    public static TheoryData<string, string> ServerSide { get; } = new() { { "db", "did" }, { "file", "fid" }, { "memory", "xid" } };

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task Parallel_requests_with_a_rotation_due_all_count_and_all_get_the_same_new_id(string driver, string cookie)
    {
        using var data = new DataFolder();

        // A rotation is due in every round. Without encryption two cookies are equal only if the ids are.
        await using DemoProcess demo = await DemoProcess.StartAsync(
            data.Path, "Production", $"FuelSessions:Driver={driver}", $"FuelSessions:RotationTime={RotationTime}", "FuelSessions:EncryptCookie=false");
        using DemoClient browser = demo.NewClient();
        long counter = await browser.CountAsync();
        for (int round = 0; round < Rounds; round++)
        {
            // The first request with a new id confirms it, and does not rotate it: after that nobody is waited for.
            string before;
            do
            {
                before = browser.Jar[cookie];
                counter = await browser.CountAsync();
            }
            while (browser.Jar[cookie] != before);

            // Two requests can be quicker than RotationTime; a longer wait changes nothing.
            await Task.Delay(2 * RotationTime);

            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, Parallel)
                .Select(_ => browser.SendAsync(HttpMethod.Post, "/api/count", keep: false)));
            Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode));
            string? after = Assert.Single(answers.Select(answer => DemoClient.CookieOf(answer, cookie)).Distinct());
            Assert.NotNull(after);
            Assert.NotEqual(before, after);
            browser.Jar[cookie] = after;
            counter += Parallel;
        }

        Assert.Equal(counter + 1, await browser.CountAsync());
    }

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task A_browser_with_six_connections_loses_nothing_while_its_id_changes(string driver, string cookie)
    {
        using DemoClient browser = await demos.ClientOfAsync(driver);
        for (int round = 0; round < Rounds; round++)
        {
            await browser.PostAsync("/api/burst");
            string before = browser.Jar[cookie];
            JsonElement[][] hits = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OneConnectionAsync(browser, hits: 8)));

            // Letter by letter the same new cookie, though it is encrypted: the jar may be overwritten in any order.
            string sent = Assert.Single(hits.SelectMany(all => all).Select(hit => hit.GetProperty("sent").GetString()!).Distinct());
            Assert.NotEqual(before, browser.Jar[cookie]);
            Assert.Equal(sent, (await browser.GetAsync("/api/session")).GetProperty("idMark").GetString());
            Assert.Equal(48, (await browser.GetAsync("/api/burst")).GetProperty("counter").GetInt32());
        }
    }

    // Each request carries what the jar holds when it is sent, as a browser's do.
    private static async Task<JsonElement[]> OneConnectionAsync(DemoClient browser, int hits)
    {
        List<JsonElement> answers = [];
        for (int hit = 0; hit < hits; hit++)
        {
            using HttpResponseMessage response = await browser.SendAsync(HttpMethod.Post, "/api/burst/hits");
            Assert.True(response.IsSuccessStatusCode);
            answers.Add(await response.Content.ReadFromJsonAsync<JsonElement>());
        }

        return [.. answers];
    }
}
