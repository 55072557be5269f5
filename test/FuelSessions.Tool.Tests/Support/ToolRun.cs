using System.Text.Json;
using Spectre.Console;

namespace FuelSessions.Tool.Tests.Support;

/// <summary>The tool as a script runs it: nobody can be asked.</summary>
internal sealed record ToolRun(int Code, string Output, string Errors)
{
    internal JsonElement Json => Output.Length > 0 ? JsonDocument.Parse(Output).RootElement : throw new InvalidOperationException($"It ended with {Code}: {Errors}");

    /// <summary>What doctor has a fix for.</summary>
    internal JsonElement[] ToMend => [.. Json.EnumerateArray().Where(finding => finding.GetProperty("fix").ValueKind != JsonValueKind.Null)];

    internal void AssertToMend(params string[] expected) =>
        Assert.Equal(expected, ToMend.Select(finding => finding.GetProperty("what").GetString()!).Order(StringComparer.Ordinal));

    internal static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(arguments, CancellationToken.None);

    internal static async Task<ToolRun> RunAsync(string[] arguments, CancellationToken interruption)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        int code = await CommandLine.RunAsync(arguments, console, errors, interruption);
        return new ToolRun(code, output.ToString(), errors.ToString());
    }
}
