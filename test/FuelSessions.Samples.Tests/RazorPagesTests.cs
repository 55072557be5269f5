using System.Net;
using FuelSessions.Samples.Tests.Support;
using FuelSessions.Tests;

namespace FuelSessions.Samples.Tests;

/// <summary>Razor Pages whose TempData is in the session, through <c>HttpContext.Session</c>.</summary>
public sealed class RazorPagesTests(RazorPagesTests.Notes notes) : IClassFixture<RazorPagesTests.Notes>
{
    [Fact]
    public async Task A_message_is_told_once_after_the_redirect()
    {
        using TestBrowser browser = notes.NewBrowser();
        string page = await browser.SubmitAsync("/", "/", ("Text", "milk"));
        Assert.Equal("Noted: milk", Page.TextOf(page, "message"));
        Assert.Equal("milk", Page.TextOf(page, "notes"));
        Assert.Equal(["razor-pages"], browser.Jar.Keys.Where(name => !name.StartsWith(".AspNetCore.Antiforgery", StringComparison.Ordinal)));
        page = await browser.TextAsync("/");
        Assert.Null(Page.TextOf(page, "message"));
        Assert.Equal("milk", Page.TextOf(page, "notes"));

        page = await browser.SubmitAsync("/", "/?handler=Clear");
        Assert.Equal("All notes are gone.", Page.TextOf(page, "message"));
        Assert.Equal("", Page.TextOf(page, "notes"));
    }

    [Fact]
    public async Task Notes_of_several_tabs_are_all_kept()
    {
        using TestBrowser browser = notes.NewBrowser();
        string page = await browser.SubmitAsync("/", "/", ("Text", "0"));
        TestResponse[] answers = await Task.WhenAll(Enumerable.Range(1, 10).Select(i => browser.PostAsync(page, "/", ("Text", $"{i}"))));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Redirect, answer.Status));
        string[] kept = Page.TextOf(await browser.TextAsync("/"), "notes")!.Split(' ');
        Assert.Equal([.. Enumerable.Range(0, 11).Select(i => $"{i}").Order(StringComparer.Ordinal)], kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_note_without_text_is_refused_on_the_page()
    {
        using TestBrowser browser = notes.NewBrowser();
        TestResponse answer = await browser.PostAsync(await browser.TextAsync("/"), "/", ("Text", ""));
        Assert.Contains("field-validation-error", answer.Body, StringComparison.Ordinal);
        Assert.Equal("", Page.TextOf(answer.Body, "notes"));
    }

    public sealed class Notes() : RunningSample("RazorPages");
}
