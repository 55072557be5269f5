using System.CommandLine;
using FuelSessions.Tool.Commands;
using Spectre.Console;

namespace FuelSessions.Tool;

/// <summary>The commands, and how what goes wrong in them is told.</summary>
internal static class CommandLine
{
    internal static async Task<int> RunAsync(string[] arguments, IAnsiConsole console, TextWriter errors, CancellationToken cancellationToken)
    {
        var store = new StoreOptions();
        var output = new OutputOptions();
        var root = new RootCommand("Looks after the sessions that FuelSessions keeps in a database, in Redis or in a folder.")
        {
            new DbCommand(store, output, console),
            new StatsCommand(store, output, console),
            new ListCommand(store, output, console),
            new ShowCommand(store, output, console),
            new EndCommand(store, output, console),
            new GcCommand(store, output, console),
            new DoctorCommand(store, output, console),
        };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                // The parser indents its lists by tabs.
                errors.WriteLine(VisibleText.OfLines(error.Message.Replace('\t', ' ')));
            }

            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = console.Profile.Out.Writer, Error = errors }, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine("Interrupted. What was done until then is done.");
            return ExitCode.Interrupted;
        }
        catch (ToolException error)
        {
            errors.WriteLine(VisibleText.OfLines(error.Message));
            return error.ExitCode;
        }
        catch (Exception error)
        {
            errors.WriteLine(VisibleText.OfLines($"{error.GetType().Name}: {error.Message}"));
            return ExitCode.Failed;
        }
    }
}
