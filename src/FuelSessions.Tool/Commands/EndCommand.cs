using System.CommandLine;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>Ends a session, or all of somebody's. A request that runs meanwhile can't bring it back: its save finds nothing to replace.</summary>
internal sealed class EndCommand : StoreCommand
{
    private const int Attempts = 10;

    private readonly Argument<string?> _fingerprint = new("fingerprint") { Description = "Which session.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _principal = new("--principal", "-p") { Description = "Or: whose sessions, all of them." };

    internal EndCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
        : base("end", "Ends a session, or all sessions of a principal.", store, output, console, asks: true)
    {
        Arguments.Add(_fingerprint);
        Options.Add(_principal);
        Validators.Add(result =>
        {
            if (result.GetValue(_fingerprint) is null == result.GetValue(_principal) is null)
            {
                result.AddError("Give a fingerprint or --principal.");
            }
        });
    }

    private protected override async Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        StoredEntry[] found = await FindAsync(sessions, parsed, cancellationToken);
        if (found.Length == 0)
        {
            throw new ToolException(ExitCode.NotFound, "There is no such session.");
        }

        Output.Confirm(parsed, Screen, $"{found.Length} {(found.Length == 1 ? "session" : "sessions")} will end.");
        int ended = 0;
        for (int attempt = 0; attempt < Attempts && found.Any(entry => entry.Record is not null); attempt++)
        {
            foreach (StoredEntry entry in found)
            {
                // What can't be read has no version to compare: gc removes it when its time is over.
                ended += entry.Record is { } record && await sessions.RemoveAsync(record, cancellationToken) ? 1 : 0;
            }

            found = [.. await FindAsync(sessions, parsed, cancellationToken)];
        }

        if (Output.IsJson(parsed))
        {
            OutputOptions.Write(Screen, new { ended, left = found.Length });
        }
        else
        {
            Screen.WriteLine($"{ended} ended{(found.Length > 0 ? $", {found.Length} could not be" : "")}");
        }

        return found.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task<StoredEntry[]> FindAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<StoredEntry> found = parsed.GetValue(_principal) is { } principal
            ? ByPrincipal.Find(sessions, principal, cancellationToken)
            : ByFingerprint.Find(sessions, parsed.GetValue(_fingerprint)!, cancellationToken);
        return await found.ToArrayAsync(cancellationToken);
    }
}
