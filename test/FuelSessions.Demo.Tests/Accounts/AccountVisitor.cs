using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FuelSessions.Demo.Tests.Support;

namespace FuelSessions.Demo.Tests.Accounts;

/// <summary>What somebody does with an account, in one browser.</summary>
internal static partial class AccountVisitor
{
    internal const string Page = "/account";
    internal const string Password = "Open-Sesame-1";

    /// <summary>A name that nobody else has, as tests share a demo.</summary>
    internal static string NewName() => $"ada-{Guid.NewGuid():N}";

    internal static Task<string> RegisterAsync(this DemoClient browser, string name) => browser.PressAsync("/account/register", "", ("name", name), ("password", Password));

    internal static Task<string> SignInAsync(this DemoClient browser, string name, string password = Password) =>
        browser.PressAsync("/account/sign-in", "", ("name", name), ("password", password));

    internal static async Task<string> RefusalAsync(this DemoClient browser, string name, string password) =>
        DemoClient.TextOf(await browser.PressInVainAsync("/account/sign-in", "", ("name", name), ("password", password)), "flash");

    /// <summary>Whether its next request is signed in: the page sends a stranger to the sign-in, and the endpoint refuses them.</summary>
    internal static async Task<bool> IsSignedInAsync(this DemoClient browser)
    {
        using HttpResponseMessage page = await browser.SendAsync(HttpMethod.Get, Page);
        using HttpResponseMessage list = await browser.SendAsync(HttpMethod.Get, "/account/sessions");
        if (page.StatusCode == HttpStatusCode.OK && list.StatusCode == HttpStatusCode.OK)
        {
            return true;
        }

        Assert.Equal((HttpStatusCode.Redirect, "/account/sign-in?ReturnUrl=%2Faccount"), (page.StatusCode, page.Headers.Location?.PathAndQuery));
        Assert.Equal(HttpStatusCode.Unauthorized, list.StatusCode);
        return false;
    }

    /// <summary>The sessions that the page lists: the newest sign-in first.</summary>
    internal static Row[] RowsOf(string page) =>
        [.. Rows().Matches(page).Select(row => new Row(row.Groups["handle"].Value, WebUtility.HtmlDecode(row.Groups["agent"].Value), !row.Groups["mark"].Value.Contains("hidden", StringComparison.Ordinal)))];

    /// <summary>The same as the endpoint lists them.</summary>
    internal static async Task<JsonElement[]> SessionsAsync(this DemoClient browser) => [.. (await browser.GetAsync("/account/sessions")).GetProperty("sessions").EnumerateArray()];

    [GeneratedRegex("""<li data-handle="(?<handle>[^"]+)">.*?data-text="userAgent">(?<agent>[^<]*)<.*?<span (?<mark>class="mark"[^>]*)>""", RegexOptions.Singleline)]
    private static partial Regex Rows();

    internal sealed record Row(string Handle, string UserAgent, bool IsCurrent);
}
