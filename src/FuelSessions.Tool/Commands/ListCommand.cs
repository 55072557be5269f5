using System.CommandLine;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>The sessions of somebody.</summary>
internal sealed class ListCommand : StoreCommand
{
    private readonly Option<string> _principal = new("--principal", "-p") { Description = "Whose, as the app told AttachPrincipal.", Required = true };

    internal ListCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
        : base("list", "Lists the live sessions of a principal, newest first.", store, output, console) => Options.Add(_principal);

    private protected override async Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Shown[] found = await WatchedAsync(parsed, "Reading", async _ => await ByPrincipal.Find(sessions, parsed.GetRequiredValue(_principal), cancellationToken)
            .Where(entry => entry.IsLive(now)).Select(Shown.Of).OrderByDescending(shown => shown.Created).ToArrayAsync(cancellationToken));
        if (Output.IsJson(parsed))
        {
            OutputOptions.Write(Screen, found);
        }
        else
        {
            var table = new Table().AddColumns("session", "begun", "last stored", "ends", "bytes");
            foreach (Shown shown in found)
            {
                table.AddRow(shown.Fingerprint, Shown.Time(shown.Created), Shown.Time(shown.Updated), Shown.Time(shown.Expires), $"{shown.Size}");
            }

            Screen.Write(table);
        }

        return found.Length > 0 ? ExitCode.Done : ExitCode.NotFound;
    }
}
