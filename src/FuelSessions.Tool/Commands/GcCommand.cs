using System.CommandLine;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>Removes what is over, as the app does in the background: for where it is not to (<c>GcInterval</c> zero), or was away for long.</summary>
internal sealed class GcCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
    : StoreCommand("gc", "Removes sessions whose time is over. Asks for nothing: nobody can use them any more.", store, output, console)
{
    private protected override async Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        long? removed = await WatchedAsync(parsed, "Removing", progress => sessions.CollectAsync(TimeProvider.System.GetUtcNow(), progress, cancellationToken));
        if (Output.IsJson(parsed))
        {
            OutputOptions.Write(Screen, new { removed = removed ?? 0 });
        }
        else
        {
            Screen.WriteLine(removed is { } count ? $"{count} removed" : "This store removes what is over by itself.");
        }

        return ExitCode.Done;
    }
}
