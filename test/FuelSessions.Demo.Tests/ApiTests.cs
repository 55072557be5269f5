using System.Net;
using System.Text.Json;
using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests;

/// <summary>The JSON endpoints.</summary>
[Collection(DemosCollection.Name)]
public class ApiTests(Demos demos)
{
    public static TheoryData<string> ServerSide { get; } = new("db", "file", "memory");

    [Fact]
    public async Task Looking_at_a_session_begins_none_and_uses_up_no_flash_message()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        JsonElement none = await browser.GetAsync("/api/session");
        Assert.Equal("New", none.GetProperty("state").GetString());
        Assert.Empty(browser.Jar);

        await browser.PostAsync("/api/flash", new { message = "hello" });
        Assert.Equal("Active", (await browser.GetAsync("/api/session")).GetProperty("state").GetString());
        Assert.Equal("hello", (await browser.GetAsync("/api/flash")).GetProperty("message").GetString());
        Assert.Null((await browser.GetAsync("/api/flash")).GetProperty("message").GetString());
    }

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task After_a_rotation_the_previous_id_still_leads_to_the_session(string driver)
    {
        using DemoClient browser = await demos.ClientOfAsync(driver);
        await browser.CountAsync();
        using DemoClient late = browser.Copy();
        JsonElement rotated = await browser.PostAsync("/api/rotate");
        Assert.Equal(2, await late.CountAsync());
        Assert.Equal(rotated.GetProperty("idMark").GetString(), (await late.GetAsync("/api/session")).GetProperty("idMark").GetString());
    }

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task After_a_revocation_or_a_sign_in_the_previous_id_leads_nowhere(string driver)
    {
        foreach ((string path, object? body) in new (string, object?)[] { ("/api/revoke", null), ("/api/sign-in", new { name = "Ada" }) })
        {
            using DemoClient browser = await demos.ClientOfAsync(driver);
            await browser.CountAsync();
            using DemoClient thief = browser.Copy();
            string? fingerprint = (await browser.PostAsync(path, body)).GetProperty("fingerprint").GetString();
            JsonElement seen = await thief.GetAsync("/api/session");
            Assert.NotEqual(fingerprint, seen.GetProperty("fingerprint").GetString());
            Assert.Null(seen.GetProperty("principal").GetString());
            Assert.Equal(2, await browser.CountAsync());
        }
    }

    [Theory]
    [MemberData(nameof(ServerSide))]
    public async Task A_destroyed_session_stays_destroyed(string driver)
    {
        using DemoClient browser = await demos.ClientOfAsync(driver);
        await browser.CountAsync();
        using DemoClient late = browser.Copy();
        await browser.PostAsync("/api/destroy");
        Assert.Empty(browser.Jar);
        Assert.Equal(1, await late.CountAsync());
    }

    [Fact]
    public async Task The_cart_takes_paths_quantities_and_removals()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await browser.PostAsync("/api/cart/items/1");
        await browser.PostAsync("/api/cart/items/2");
        await browser.JsonAsync(HttpMethod.Put, "/api/cart/items/2", new { value = 7 });
        JsonElement cart = await browser.JsonAsync(HttpMethod.Delete, "/api/cart/items/1");
        JsonElement line = Assert.Single(cart.EnumerateArray());
        Assert.Equal(("cart.items.2", 7), (line.GetProperty("path").GetString(), line.GetProperty("quantity").GetInt32()));
    }

    [Theory]
    [InlineData("POST", "/api/cart/items/9", null, HttpStatusCode.NotFound)]
    [InlineData("PUT", "/api/cart/items/1", """{"value":0}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/flash", """{"message":" "}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/sign-in", """{"name":null}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/sign-in", "garbage", HttpStatusCode.BadRequest)]
    public async Task What_makes_no_sense_is_refused(string method, string path, string? body, HttpStatusCode expected)
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        HttpContent? content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await browser.SendAsync(new HttpMethod(method), path, content);
        Assert.Equal(expected, response.StatusCode);
        Assert.Empty(browser.Jar);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Origin", "http://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    public async Task Other_sites_change_nothing(string header, string value, HttpStatusCode expected)
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await browser.CountAsync();
        using HttpResponseMessage response = await browser.SendAsync(HttpMethod.Post, "/api/count", headers: (header, value));
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? 3 : 2, await browser.CountAsync());
    }
}
