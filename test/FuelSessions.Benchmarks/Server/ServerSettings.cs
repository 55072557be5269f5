namespace FuelSessions.Benchmarks.Server;

/// <summary>What one server process is to be.</summary>
/// <param name="Variant">none, floor, builtin, unbound, ours or watched.</param>
/// <param name="Store">memory, file, redis, memcached, sqlite, postgres, mysql or cookie.</param>
/// <param name="Connection">How the store is reached, in its client's own words, or the folder of the files; null for a store in the process or the client.</param>
/// <param name="Keys">The folder of the Data Protection keys: processes that share it read each other's cookies.</param>
/// <param name="CollectEvery">How often ours removes expired rows; null: never, so that it is no part of a measurement.</param>
/// <param name="CountsStatements">Whether statements of a database are counted, which costs a little.</param>
/// <param name="KeepsTimeline">Whether the number of requests is written down every tenth of a second.</param>
/// <param name="App">What kind of an app it is.</param>
internal sealed record ServerSettings(
    string Variant,
    string Store,
    string? Connection,
    string Keys,
    TimeSpan? CollectEvery = null,
    bool CountsStatements = false,
    bool KeepsTimeline = false,
    AppKind App = AppKind.Usual)
{
    internal static ServerSettings Parse(Arguments arguments)
    {
        int collect = arguments.Number("--collect-every", 0, 0, 3600);
        var settings = new ServerSettings(
            arguments.Required("--variant"),
            arguments.Text("--store") ?? "memory",
            arguments.Text("--connection"),
            arguments.Required("--keys"),
            collect == 0 ? null : TimeSpan.FromSeconds(collect),
            arguments.Has("--count-statements"),
            arguments.Has("--timeline"),
            Enum.Parse<AppKind>(arguments.Text("--app") ?? nameof(AppKind.Usual)));
        arguments.ThrowIfUnknown();
        return settings;
    }

    internal IEnumerable<string> ToArguments()
    {
        List<string> words = ["--variant", Variant, "--store", Store, "--keys", Keys];
        if (Connection is not null)
        {
            words.AddRange("--connection", Connection);
        }

        if (CollectEvery is { } every)
        {
            words.AddRange("--collect-every", $"{(int)every.TotalSeconds}");
        }

        if (CountsStatements)
        {
            words.Add("--count-statements");
        }

        if (KeepsTimeline)
        {
            words.Add("--timeline");
        }

        if (App != AppKind.Usual)
        {
            words.AddRange("--app", $"{App}");
        }

        return words;
    }
}
