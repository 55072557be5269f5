using System.Net;
using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests;

/// <summary>The pages as a browser without scripts sees them.</summary>
[Collection(DemosCollection.Name)]
public class PageTests(Demos demos)
{
    [Theory]
    [InlineData("db")]
    [InlineData("file")]
    [InlineData("memory")]
    [InlineData("cookie")]
    public async Task Visits_are_counted_on_every_driver(string driver)
    {
        using DemoClient browser = await demos.ClientOfAsync(driver);
        Assert.Equal("1", DemoClient.TextOf(await browser.PageAsync(), "visits"));
        string second = await browser.PageAsync();
        Assert.Equal("2", DemoClient.TextOf(second, "visits"));
        Assert.Equal(driver, DemoClient.TextOf(second, "driver"));
    }

    [Fact]
    public async Task A_flash_message_is_shown_once_and_escaped()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        string after = await browser.PressAsync("/", "Flash", ("message", "<script>alert(1)</script> & Grüße 🎉"));
        Assert.Equal("<script>alert(1)</script> & Grüße 🎉", DemoClient.TextOf(after, "flash"));
        Assert.DoesNotContain("<script>alert", after, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"flash\"", await browser.PageAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cart_adds_steps_and_removes()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await browser.PressAsync("/", "Add", ("product", "3"));
        await browser.PressAsync("/", "Step", ("product", "3"), ("by", "1"));
        string filled = await browser.PressAsync("/", "Add", ("product", "1"));
        Assert.Contains("cart.items.3", filled, StringComparison.Ordinal);
        Assert.Contains("€ 25.90", filled, StringComparison.Ordinal);

        string least = await browser.PressAsync("/", "Step", ("product", "1"), ("by", "-1"));
        Assert.Contains("Coffee beans: 1 in the cart.", least, StringComparison.Ordinal);
        string removed = await browser.PressAsync("/", "Remove", ("product", "3"));
        Assert.DoesNotContain("cart.items.3", removed, StringComparison.Ordinal);
        Assert.Contains("cart.items.1", removed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_changes_the_id_and_nothing_else()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        string before = await browser.PageAsync();
        string after = await browser.PressAsync("/", "Rotate");
        Assert.NotEqual(DemoClient.TextOf(before, "id-mark"), DemoClient.TextOf(after, "id-mark"));
        Assert.Equal(DemoClient.TextOf(before, "fingerprint"), DemoClient.TextOf(after, "fingerprint"));
        Assert.Equal("3", DemoClient.TextOf(after, "visits"));
    }

    [Fact]
    public async Task Whoever_signs_in_is_named_and_whoever_signs_out_is_not()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        Assert.Equal("Ada", DemoClient.TextOf(await browser.PressAsync("/", "SignIn", ("name", " Ada ")), "principal"));
        Assert.Equal("nobody yet", DemoClient.TextOf(await browser.PressAsync("/", "SignOut"), "principal"));
    }

    [Fact]
    public async Task Destroy_begins_anew_and_says_so()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        string before = await browser.PageAsync();
        string after = await browser.PressAsync("/", "Destroy");
        Assert.Equal("1", DemoClient.TextOf(after, "visits"));
        Assert.StartsWith("Destroyed.", DemoClient.TextOf(after, "flash"), StringComparison.Ordinal);
        Assert.NotEqual(DemoClient.TextOf(before, "fingerprint"), DemoClient.TextOf(after, "fingerprint"));
    }

    [Theory]
    [InlineData("db", "cookie")]
    [InlineData("cookie", "memory")]
    public async Task Two_drivers_count_apart(string first, string second)
    {
        using DemoClient browser = await demos.ClientOfAsync(first);
        await browser.PressAsync("/two", "Count", ("driver", first));
        string both = await browser.PressAsync("/two", "Count");
        Assert.Equal(("2", "1"), (DemoClient.TextOf(both, $"counter-{first}"), DemoClient.TextOf(both, $"counter-{second}")));

        string destroyed = await browser.PressAsync("/two", "Destroy", ("driver", second));
        Assert.Equal(("2", "0"), (DemoClient.TextOf(destroyed, $"counter-{first}"), DemoClient.TextOf(destroyed, $"counter-{second}")));
    }

    [Fact]
    public async Task A_form_without_an_antiforgery_token_changes_nothing()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        string before = await browser.PageAsync();
        using HttpResponseMessage refused = await browser.SendAsync(HttpMethod.Post, "/?handler=Destroy", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(DemoClient.TextOf(before, "fingerprint"), DemoClient.TextOf(await browser.PageAsync(), "fingerprint"));
    }

    [Fact]
    public async Task Pages_allow_no_inline_code_and_show_no_id()
    {
        using DemoClient browser = await demos.ClientOfAsync("db");
        await browser.PageAsync();
        using HttpResponseMessage response = await browser.SendAsync(HttpMethod.Get, "/");
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);

        string page = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain(browser.Jar["did"], page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("onclick", page, StringComparison.Ordinal);
    }
}
