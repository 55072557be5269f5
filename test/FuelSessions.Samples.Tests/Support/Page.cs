using System.Net;
using System.Text.RegularExpressions;
using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests.Support;

/// <summary>A page as a browser without scripts uses it: its texts and its forms.</summary>
internal static partial class Page
{
    /// <summary>Posts a form of the page with its antiforgery token; the page that the redirect leads to.</summary>
    internal static async Task<string> SubmitAsync(this TestBrowser browser, string page, string action, params (string Name, string Value)[] fields)
    {
        TestResponse response = await browser.PostAsync(await browser.TextAsync(page), action, fields);
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        return await browser.TextAsync(response.Headers["Location"]);
    }

    /// <param name="text">The page that the form is on.</param>
    internal static Task<TestResponse> PostAsync(this TestBrowser browser, string text, string action, params (string Name, string Value)[] fields)
    {
        string token = Antiforgery().Match(text).Groups[1].Value;
        return browser.SendAsync(HttpMethod.Post, action, new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))));
    }

    /// <summary>The text within the element of that id, without its tags; null if it is not there.</summary>
    internal static string? TextOf(string page, string id)
    {
        Match element = Regex.Match(page, $"<(\\w+) id=\"{id}\"[^>]*>(.*?)</\\1>", RegexOptions.Singleline);
        return element.Success ? Space().Replace(WebUtility.HtmlDecode(Tag().Replace(element.Groups[2].Value, "")), " ").Trim() : null;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Antiforgery();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
