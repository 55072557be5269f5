using System.Globalization;

namespace FuelSessions.Benchmarks.Load.Stores;

/// <summary>What a store's server has carried out, by the name of the command.</summary>
internal sealed class CommandCount(IReadOnlyDictionary<string, long> byName)
{
    // What clients send for their connections' sake, and what is asked here.
    private static readonly string[] Upkeep = ["auth", "client", "cluster", "command", "config", "echo", "flushdb", "hello", "info", "ping", "select", "sentinel", "subscribe", "unsubscribe", "script"];

    // Carried out inside of scripts, which are one command each to those who send them.
    private static readonly string[] InScripts = ["getrange", "set", "setrange", "pexpire"];

    internal static CommandCount OfRedis(string commandStats)
    {
        Dictionary<string, long> calls = [];
        foreach (string line in commandStats.Split("\r\n").Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal)))
        {
            // cmdstat_get:calls=12,usec=…
            string[] parts = line["cmdstat_".Length..].Split(":calls=");
            calls[parts[0]] = long.Parse(parts[1].Split(',')[0], CultureInfo.InvariantCulture);
        }

        return new CommandCount(calls);
    }

    internal static CommandCount OfMemcached((long Gets, long Sets, long Touches, long Deletes) counts) =>
        new(new Dictionary<string, long> { ["requests"] = counts.Gets + counts.Sets + counts.Touches + counts.Deletes });

    /// <summary>How many commands came in since then.</summary>
    internal long Since(CommandCount before)
    {
        Dictionary<string, long> calls = byName.ToDictionary(command => command.Key, command => command.Value - before.Calls(command.Key));
        bool scripts = calls.GetValueOrDefault("evalsha") + calls.GetValueOrDefault("eval") > 0;
        return calls
            .Where(command => !Upkeep.Contains(command.Key.Split('|')[0]) && !(scripts && InScripts.Contains(command.Key)))
            .Sum(command => command.Value);
    }

    private long Calls(string name) => byName.GetValueOrDefault(name);
}
