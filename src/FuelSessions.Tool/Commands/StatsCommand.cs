using System.CommandLine;
using System.Globalization;
using FuelSessions.Tool.Stores;
using Spectre.Console;

namespace FuelSessions.Tool.Commands;

/// <summary>How many sessions there are, how old, how large.</summary>
internal sealed class StatsCommand(StoreOptions store, OutputOptions output, IAnsiConsole console)
    : StoreCommand("stats", "Counts sessions, by age and by size.", store, output, console)
{
    private static readonly (string Label, double Below)[] Ages =
        [("below 5 min", 300), ("below 1 h", 3600), ("below 4 h", 14400), ("below 1 day", 86400), ("below 7 days", 604800), ("older", double.PositiveInfinity)];

    private static readonly (string Label, double Below)[] Sizes =
        [("below 256 B", 256), ("below 1 KB", 1024), ("below 4 KB", 4096), ("below 16 KB", 16384), ("below 64 KB", 65536), ("larger", double.PositiveInfinity)];

    private protected override async Task<int> RunAsync(IStoredSessions sessions, ParseResult parsed, CancellationToken cancellationToken)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        long live = 0, over = 0, unreadable = 0, signedIn = 0, bytes = 0;
        long[] ages = new long[Ages.Length];
        long[] sizes = new long[Sizes.Length];
        await WatchedAsync(parsed, "Reading", async progress =>
        {
            await foreach (StoredEntry entry in sessions.ReadAsync(cancellationToken))
            {
                bytes += entry.Size;
                if (entry.Record is not { } record)
                {
                    unreadable++;
                }
                else if (!entry.IsLive(now))
                {
                    over++;
                }
                else
                {
                    live++;
                    signedIn += record.Principal is null ? 0 : 1;
                    ages[Place(Ages, (now - record.Created).TotalSeconds)]++;
                    sizes[Place(Sizes, entry.Size)]++;
                }

                progress(live + over + unreadable);
            }

            return 0;
        });

        if (Output.IsJson(parsed))
        {
            OutputOptions.Write(Screen, new { live, signedIn, over, unreadable, bytes, ages = Named(Ages, ages), sizes = Named(Sizes, sizes) });
            return ExitCode.Done;
        }

        var table = new Table().AddColumns("sessions", "count");
        foreach ((string what, long count) in ((string, long)[])[("live", live), ("of them signed in", signedIn), ("over, not removed yet", over), ("unreadable", unreadable), ("bytes stored", bytes)])
        {
            table.AddRow(what, count.ToString("n0", CultureInfo.InvariantCulture));
        }

        Screen.Write(table);
        Screen.Write(Chart("Age of live sessions", Ages, ages));
        Screen.Write(Chart("Size of live sessions", Sizes, sizes));
        return ExitCode.Done;
    }

    private static int Place((string Label, double Below)[] classes, double value) => Array.FindIndex(classes, one => value < one.Below);

    private static Dictionary<string, long> Named((string Label, double Below)[] classes, long[] counts) =>
        classes.Zip(counts).ToDictionary(pair => pair.First.Label, pair => pair.Second);

    private static BarChart Chart(string label, (string Label, double Below)[] classes, long[] counts)
    {
        BarChart chart = new BarChart().Width(60).Label(label);
        foreach (((string name, _), long count) in classes.Zip(counts))
        {
            chart.AddItem(name, count, Color.Blue);
        }

        return chart;
    }
}
