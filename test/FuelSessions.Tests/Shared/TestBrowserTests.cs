using System.Net;

namespace FuelSessions.Tests.Shared;

/// <summary>The tests' browser keeps and forgets cookies by their attributes, never by what a value looks like.</summary>
public class TestBrowserTests
{
    private readonly TestBrowser _browser = new(new Uri("http://127.0.0.1"), "tests");

    [Theory]
    [InlineData("CfDJ8-1970-xyz")]
    [InlineData("max-age")]
    [InlineData("Expires1970GMT")]
    public void AValueThatLooksLikeAnAttributeIsKept(string value)
    {
        Deliver($"cid={value}; path=/; samesite=lax; httponly");
        Assert.Equal(value, _browser.Jar["cid"]);
    }

    [Theory]
    [InlineData("cid=; path=/")]
    [InlineData("cid=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/")]
    [InlineData("cid=abc; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/")]
    [InlineData("cid=abc; max-age=0; path=/")]
    [InlineData("cid=abc; path=/; Max-Age=0")]
    public void WhatIsOverIsForgotten(string header)
    {
        Deliver("cid=before; path=/", "other=stays; path=/");
        Deliver(header);
        Assert.Equal(["other"], _browser.Jar.Keys);
    }

    private void Deliver(params string[] headers) => _browser.Deliver(new TestResponse(HttpStatusCode.OK, "", headers, new Dictionary<string, string>()));
}
