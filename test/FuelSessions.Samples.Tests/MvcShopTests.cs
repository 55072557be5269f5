using System.Net;
using FuelSessions.Samples.Tests.Support;
using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests;

/// <summary>Controllers that take <c>ISessionStore</c>: a cart, messages, signing in and out.</summary>
public sealed class MvcShopTests(MvcShopTests.Shop shop) : IClassFixture<MvcShopTests.Shop>
{
    [Fact]
    public async Task What_was_added_is_ordered_by_who_signed_in()
    {
        using TestBrowser browser = shop.NewBrowser();
        string page = await browser.SubmitAsync("/", "/Shop/Add/1");
        Assert.Equal("Fountain pen is in the cart.", Page.TextOf(page, "message"));
        await browser.SubmitAsync("/", "/Shop/Add/1");
        await browser.SubmitAsync("/", "/Shop/Add/3");
        page = await browser.SubmitAsync("/", "/Shop/Remove/3");
        Assert.Equal("2 × Fountain pen Remove", Page.TextOf(page, "cart"));
        Assert.Null(Page.TextOf(await browser.TextAsync("/"), "message"));
        Assert.Equal("Sign in to order.", Page.TextOf(await browser.SubmitAsync("/", "/Shop/Order"), "message"));

        string before = browser.Jar["mvc-shop"];
        page = await browser.SubmitAsync("/", "/Account/LogIn", ("name", "Ada"));
        Assert.Equal("Ada", Page.TextOf(page, "customer"));
        Assert.Equal("49.00", Page.TextOf(page, "total"));
        Assert.NotEqual(before, browser.Jar["mvc-shop"]);
        page = await browser.SubmitAsync("/", "/Shop/Order");
        Assert.Equal("Thank you, Ada: 49.00.", Page.TextOf(page, "message"));
        Assert.Equal("", Page.TextOf(page, "cart"));

        Assert.Null(Page.TextOf(await browser.SubmitAsync("/", "/Account/LogOut"), "customer"));
    }

    [Fact]
    public async Task An_id_from_before_the_sign_in_is_worth_nothing()
    {
        using TestBrowser browser = shop.NewBrowser();
        using TestBrowser thief = shop.NewBrowser();
        await browser.SubmitAsync("/", "/Shop/Add/2");
        thief.Jar["mvc-shop"] = browser.Jar["mvc-shop"];
        Assert.Contains("Ink", Page.TextOf(await thief.TextAsync("/"), "cart"), StringComparison.Ordinal);
        await browser.SubmitAsync("/", "/Account/LogIn", ("name", "Ada"));
        string page = await thief.TextAsync("/");
        Assert.Null(Page.TextOf(page, "customer"));
        Assert.Equal("", Page.TextOf(page, "cart"));
    }

    [Fact]
    public async Task Tabs_that_add_at_the_same_time_all_count()
    {
        using TestBrowser browser = shop.NewBrowser();
        string page = await browser.SubmitAsync("/", "/Shop/Add/2");
        TestResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.PostAsync(page, "/Shop/Add/2")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Redirect, answer.Status));
        Assert.StartsWith("21 × Ink", Page.TextOf(await browser.TextAsync("/"), "cart"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_comes_of_a_product_that_is_not_there_or_a_form_of_another_site()
    {
        using TestBrowser browser = shop.NewBrowser();
        string page = await browser.TextAsync("/");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(page, "/Shop/Add/99")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(page, "/Account/LogIn", ("name", ""))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(HttpMethod.Post, "/Shop/Add/1")).Status);
        Assert.DoesNotContain("mvc-shop", browser.Jar.Keys);
    }

    public sealed class Shop() : RunningSample("MvcShop");
}
