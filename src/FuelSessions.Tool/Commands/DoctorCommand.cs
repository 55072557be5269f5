using System.CommandLine;
using FuelSessions.Tool.Settings;
using FuelSessions.Tool.Stores;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>Looks for what loses sessions, and says how to mend it: in an app's settings, and in the store.</summary>
internal sealed class DoctorCommand : Command
{
    private readonly StoreOptions _store;

    internal DoctorCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
        : base("doctor", "Looks for what loses sessions: settings, clocks, key ring, persistence, eviction, journal, rights.")
    {
        _store = store;
        store.AddTo(this);
        output.AddTo(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            Finding[] findings = [.. FindSettings(parsed), .. await FindInStoreAsync(parsed, cancellationToken)];
            if (output.IsJson(parsed))
            {
                OutputOptions.Write(console, findings);
            }
            else
            {
                Show(console, findings);
            }

            return findings.All(finding => finding.Fix is null) ? ExitCode.Done : ExitCode.Unwell;
        });
    }

    private IEnumerable<Finding> FindSettings(ParseResult parsed)
    {
        if (_store.Files(parsed).Count == 0)
        {
            return [];
        }

        IConfiguration settings = _store.Settings(parsed);
        bool hasSecrets = settings.GetSection("ConnectionStrings").GetChildren().Any(connection => connection.Value?.Contains("password", StringComparison.OrdinalIgnoreCase) == true);
        return SettingsExamination.Of(settings).Concat(hasSecrets ? _store.Files(parsed).Select(file => FileRights.Found(file.FullName) with { What = $"rights of {file.Name}" }) : []);
    }

    private async Task<IEnumerable<Finding>> FindInStoreAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        IStoredSessions sessions;
        try
        {
            sessions = await _store.OpenAsync(parsed, cancellationToken);
        }
        catch (ToolException error) when (error.ExitCode == ExitCode.Usage && _store.Files(parsed).Count > 0)
        {
            return [new Finding("store", $"not looked at. {error.Message}", IsOpen: true)];
        }

        await using (sessions)
        {
            return await sessions.ExamineAsync(cancellationToken).ToArrayAsync(cancellationToken);
        }
    }

    private static void Show(IAnsiConsole console, Finding[] findings)
    {
        foreach (Finding finding in findings)
        {
            (string color, string word) = finding switch
            {
                { Fix: not null } => ("yellow", "look"),
                { IsOpen: true } => ("blue", "note"),
                _ => ("green", "ok  "),
            };
            console.MarkupLineInterpolated($"[{color}]{word}[/] {VisibleText.Of(finding.What)}: {VisibleText.OfLines(finding.Is)}");
            if (finding.Fix is { } fix)
            {
                console.MarkupLineInterpolated($"     {VisibleText.OfLines(fix)}");
            }
        }
    }
}
