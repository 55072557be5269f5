using Microsoft.AspNetCore.Builder;

namespace FuelSessions.Tests;

/// <summary>Requests that ask for a rotation and save it late: another one has rotated, and its id was seen, meanwhile [W5].</summary>
public class LateRotationTests
{
    [Fact]
    public async Task A_rotation_that_lost_is_dropped_even_if_the_winners_id_was_seen_before()
    {
        TaskCompletionSource hasRead = new(), mayGoOn = new();
        await using TestApp app = await TestApp.StartAsync(
            o => o.Driver = "memory",
            a =>
            {
                a.MapPost("/count", (Session s) => s.Increment("counter"));
                a.MapPost("/rotate", (Session s) => s.Rotate().Increment("counter"));
                a.MapPost("/rotate-late", async (Session s) =>
                {
                    s.Rotate();
                    hasRead.SetResult();
                    await mayGoOn.Task;
                    return s.Increment("counter");
                });
            });
        using TestBrowser browser = app.NewBrowser();
        Task<TestResponse> PostAsync(string path, bool deliver = true) => browser.SendAsync(HttpMethod.Post, path, deliver: deliver);

        await PostAsync("/count");
        Task<TestResponse> late = PostAsync("/rotate-late", deliver: false);
        await hasRead.Task;
        TestResponse winner = await PostAsync("/rotate", deliver: false);
        string firstId = browser.Jar["xid"];
        browser.Deliver(winner);
        await PostAsync("/count");
        mayGoOn.SetResult();
        Assert.Equal(winner.Cookie("xid"), (await late).Cookie("xid"));

        // Sent before the browser knew the winner's id: still good [R3].
        browser.Jar["xid"] = firstId;
        await PostAsync("/count");

        Assert.Equal("6", (await PostAsync("/count")).Body);
    }
}
