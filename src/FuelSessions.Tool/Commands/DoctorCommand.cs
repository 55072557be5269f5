using System.CommandLine;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>Looks for what loses sessions, and says how to mend it.</summary>
internal sealed class DoctorCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
    : StoreCommand("doctor", "Looks for what loses sessions: clocks, key ring, persistence, eviction, journal, rights.", store, output, console)
{
    private protected override async Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        Finding[] findings = await sessions.ExamineAsync(cancellationToken).ToArrayAsync(cancellationToken);
        if (Output.IsJson(parsed))
        {
            OutputOptions.Write(Screen, findings);
        }
        else
        {
            foreach (Finding finding in findings)
            {
                Screen.MarkupLineInterpolated($"[{(finding.Fix is null ? "green" : "yellow")}]{(finding.Fix is null ? "ok  " : "look")}[/] {finding.What}: {finding.Is}");
                if (finding.Fix is { } fix)
                {
                    Screen.MarkupLineInterpolated($"     {fix}");
                }
            }
        }

        return findings.All(finding => finding.Fix is null) ? ExitCode.Done : ExitCode.Unwell;
    }
}
