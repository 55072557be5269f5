using System.Text.Json;
using FuelSessions.Tests;
using FuelSessions.Tool.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace FuelSessions.Tool.Tests;

/// <summary>Nothing that came from a client steers the operator's terminal.</summary>
[Collection(PlacesCollection.Name)]
public sealed class VisibleTextTests(Places places)
{
    private const string Principal = "\u001b]0;pwned\u0007\u001b[31mRED\n\u009b31m\u007f\u202eevil\u2066";
    private const string Shown = @"\u001b]0;pwned\u0007\u001b[31mRED\u000a\u009b31m\u007f\u202eevil\u2066";

    [Theory]
    [InlineData("file"), InlineData("mysql"), InlineData("redis")]
    public async Task What_a_store_holds_is_shown_with_its_control_characters_made_visible(string store)
    {
        Place place = await places.NewAsync(store);
        if (place.IsDatabase)
        {
            await place.RunAsync("db", "create");
        }

        await using TestApp app = await place.StartAsync(more: endpoints => endpoints.MapGet("/steer", (Session session) =>
            session.AttachPrincipal(Principal).Set(SessionPath.Of("name\u001b[2J\u202e"), "value\u009b\u202e").Fingerprint));
        string fingerprint = await app.NewBrowser().TextAsync("/steer");
        ToolRun[] runs =
        [
            await place.RunAsync("show", fingerprint),
            await place.RunAsync("show", fingerprint, "--values"),
            await place.RunAsync("show", fingerprint, "--values", "--json"),
            await place.RunAsync("list", "--principal", Principal),
            await place.RunAsync("list", "--principal", Principal, "--json"),
            await place.RunAsync("show", "\u001b[2J"),
            await place.RunAsync("nothing\u001b[2J"),
            await ToolRun.RunAsync("show", "x", "--store", "file", "--connection", "/nowhere/\u001b[2J"),
            await ToolRun.RunAsync("doctor", "--store", "sqlite", "--connection", "Data Source=/nowhere/\u001b[2J"),
        ];
        Assert.All(runs, run => Assert.DoesNotContain(run.Output + run.Errors, Steers));
        Assert.All(runs[5..8], run => Assert.Contains(@"\u001b", run.Errors, StringComparison.Ordinal));
        string whole = string.Concat(runs[1].Output.Where(c => !char.IsWhiteSpace(c) && c is not ('│' or '|')));
        Assert.Contains(@"\u001b[2J\u202e", whole, StringComparison.Ordinal);
        Assert.Contains(@"\u001b]0;pwned\u0007\u001b[31mRED", whole, StringComparison.Ordinal);
        JsonElement json = runs[2].Json;
        Assert.Equal(Principal, json.GetProperty("session").GetProperty("principal").GetString());
        Assert.Equal("name\u001b[2J\u202e", json.GetProperty("variables")[0].GetProperty("name").GetString());
        Assert.Equal("value\u009b\u202e", JsonSerializer.Deserialize<string>(json.GetProperty("variables")[0].GetProperty("value").GetString()!));
    }

    [Fact]
    public void Lines_of_an_error_are_kept_apart_and_none_looks_like_the_tool_s_own()
    {
        Assert.Equal(Shown, VisibleText.Of(Principal));
        Assert.Equal("first\n  second\n  \\u001bthird\\u0009\\u000b", VisibleText.OfLines("first\r\nsecond\u2028\u001bthird\t\v"));
        Assert.Equal("Ωmega 😀 \\u001b", VisibleText.Of("Ωmega 😀 \\u001b"));
    }

    [Fact]
    public async Task What_the_parser_indents_is_indented()
    {
        ToolRun run = await ToolRun.RunAsync("stats", "--store", "cassette", "--connection", "x");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("   'sqlite'", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("u0009", run.Errors, StringComparison.Ordinal);
    }

    private static bool Steers(char c) => (char.IsControl(c) && c is not ('\n' or '\r')) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}
