using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace FuelSessions.Tool;

/// <summary>How the answer looks, and whether the tool may ask back.</summary>
internal sealed class OutputOptions
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON, for scripts.", Recursive = true };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Don't ask before something is removed.", Recursive = true };

    internal void AddTo(Command command, bool asks = false)
    {
        command.Options.Add(_json);
        if (asks)
        {
            command.Options.Add(_yes);
        }
    }

    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    internal static void Write(IAnsiConsole console, object value) => console.Profile.Out.Writer.WriteLine(VisibleText.OfJson(JsonSerializer.Serialize(value, Indented)));

    /// <exception cref="ToolException">Nobody has agreed.</exception>
    internal void Confirm(ParseResult parsed, IAnsiConsole console, string what)
    {
        if (parsed.GetValue(_yes))
        {
            return;
        }

        if (!console.Profile.Capabilities.Interactive || IsJson(parsed))
        {
            throw new ToolException(ExitCode.NotConfirmed, $"{what} Nobody can be asked here: nothing was changed. --yes does it without asking.");
        }

        if (!console.Prompt(new ConfirmationPrompt(Markup.Escape(VisibleText.Of(what)) + " Go on?") { DefaultValue = false }))
        {
            throw new ToolException(ExitCode.NotConfirmed, "Nothing was changed.");
        }
    }
}
