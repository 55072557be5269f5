using System.CommandLine;
using System.Text;
using FuelSessions.Records;
using FuelSessions.Tool.Stores;
using FuelSessions.Values;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>One session. What its variables hold is shown only to who asks for that: it is somebody's.</summary>
internal sealed class ShowCommand : StoreCommand
{
    private readonly Argument<string> _fingerprint = new("fingerprint") { Description = "As in the app's log: eight hexadecimal digits." };
    private readonly Option<bool> _values = new("--values") { Description = "Show what the variables hold, too." };

    internal ShowCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
        : base("show", "Shows what is stored of a session: names and sizes, and values only with --values.", store, output, console)
    {
        Arguments.Add(_fingerprint);
        Options.Add(_values);
    }

    private protected override async Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        string fingerprint = parsed.GetRequiredValue(_fingerprint);
        StoredEntry[] found = await WatchedAsync(parsed, "Looking", async _ => await ByFingerprint.Find(sessions, fingerprint, cancellationToken).ToArrayAsync(cancellationToken));
        if (found.Length == 0)
        {
            throw new ToolException(ExitCode.NotFound, $"No session '{fingerprint}' is stored there.");
        }

        bool withValues = parsed.GetValue(_values);
        foreach (StoredEntry entry in found)
        {
            SessionRecord? record = entry.Record;
            var content = record is null ? [] : Variables("data", record.Data).Concat(Variables("flash", record.Flash)).ToArray();
            if (Output.IsJson(parsed))
            {
                OutputOptions.Write(Screen, new
                {
                    session = Shown.Of(entry),
                    isLive = entry.IsLive(TimeProvider.System.GetUtcNow()),
                    record?.Version,
                    record?.Epoch,
                    record?.Rotated,
                    record?.Confirmed,
                    isBoundToDevice = record is { Binding: not null },
                    lifetimeSeconds = record?.Lifetime.TotalSeconds,
                    variables = content.Select(variable => new { variable.Name, variable.Kind, bytes = variable.Json.Length, value = withValues ? Encoding.UTF8.GetString(variable.Json) : null }),
                });
                continue;
            }

            var table = new Table().AddColumns("", "");
            foreach ((string what, string? value) in ((string, string?)[])
            [
                ("session", entry.Key.Fingerprint),
                ("principal", record?.Principal ?? "nobody"),
                ("device", record is { Binding: not null } ? "bound to it" : "not bound"),
                ("begun", Shown.Time(record?.Created)),
                ("last stored", Shown.Time(record?.Updated)),
                ("id of", Shown.Time(record?.Rotated)),
                ("ends", Shown.Time(entry.Expires)),
                ("version", $"{record?.Version}"),
                ("bytes", $"{entry.Size}{(record is null ? ", unreadable" : "")}"),
                .. content.Select(variable => ($"{variable.Kind} {variable.Name}", withValues ? Encoding.UTF8.GetString(variable.Json) : $"{variable.Json.Length} bytes")),
            ])
            {
                table.AddRow(Markup.Escape(VisibleText.Of(what)), Markup.Escape(VisibleText.Of(value ?? "")));
            }

            Screen.Write(table);
        }

        return ExitCode.Done;
    }

    private static IEnumerable<(string Name, string Kind, byte[] Json)> Variables(string kind, ReadOnlyMemory<byte> encoded)
    {
        var variables = new VariableMap(encoded);
        foreach (string name in variables.Names.Order(StringComparer.Ordinal))
        {
            yield return (name, kind, variables.TryGetWhole(name, out ReadOnlyMemory<byte> json) ? json.ToArray() : []);
        }
    }
}
